"""Real images, written by pillow."""

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageDraw
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from motherlode import ActiveLearner, Pool
from motherlode.embedding import Embedding, Hog, Pixels, Sketch, image_files
from motherlode.embedding import _images as images
from motherlode.errors import InputError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twelve images of a disc and four of a cross, of several sizes, shades and formats."""
    root = tmp_path_factory.mktemp("parts")
    (root / "more").mkdir()
    rng = np.random.default_rng(0)
    for i in range(16):
        side, shade = int(rng.integers(30, 60)), int(rng.integers(120, 255))
        picture = Image.new("RGB", (side, side), "black")
        draw = ImageDraw.Draw(picture)
        if i % 4:
            draw.ellipse([side // 5, side // 5, side - side // 5, side - side // 5], (shade,) * 3)
        else:
            draw.line([0, 0, side, side], (shade,) * 3, width=5)
            draw.line([0, side, side, 0], (shade,) * 3, width=5)
        kind = ("png", "jpg", "BMP")[i % 3]
        picture.save(root / ("more" if i > 9 else "") / f"{i:02}.{kind}")
    (root / "notes.txt").write_text("no image")
    (root / ".hidden.png").write_bytes(b"")
    return root


@pytest.fixture
def paths(folder):
    return image_files(folder)


def crosses(paths):
    return np.array([int(path.stem) % 4 == 0 for path in paths])


def test_images_are_found_in_the_order_of_their_names(folder, paths):
    names = [path.relative_to(folder).as_posix() for path in paths]
    assert names == sorted(names)
    assert (len(names), names[0], names[-1]) == (16, "00.png", "more/15.png")


def test_folders_without_images_are_named(tmp_path):
    with pytest.raises(InputError, match=r"no folder .*nowhere"):
        image_files(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no image"):
        image_files(tmp_path)


def test_what_hidden_folders_hold_is_no_image_of_the_folder(tmp_path):
    for name in ("seen.png", ".ipynb_checkpoints/seen-checkpoint.png", ".cut/a/b.png", ".x.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (3, 3)).save(path)
    assert image_files(tmp_path) == [tmp_path / "seen.png"]


def test_a_pool_of_a_folder_is_a_pool_of_its_images(tmp_path):
    for shade in range(5):
        Image.new("RGB", (8, 8), (50 * shade, 0, 0)).save(tmp_path / f"{shade}.png")
    pool = Pool(str(tmp_path), features=Pixels(4))
    assert pool.data == image_files(tmp_path)
    pa_table = pa.table({"a": [1.0, 2.0]})
    pq.write_table(pa_table, tmp_path / "rows.parquet")
    assert len(Pool(tmp_path)) == 2  # a folder with tables is read as tables, as before


def test_pixels_are_those_of_the_image():
    picture = Image.new("RGB", (2, 2), (255, 0, 0))
    picture.putpixel((1, 0), (0, 0, 255))
    colour = Pixels(2, colour=True).encode([picture])
    assert colour.tolist() == [[1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0]]
    # The eye's weights of red and blue, after ITU-R 601.
    assert np.allclose(Pixels(2).encode([picture]), [[0.299, 0.114, 0.299, 0.299]], atol=0.004)


def test_hog_sees_directions_and_not_brightness():
    across, bright = (Image.new("L", (64, 64), shade) for shade in (0, 50))
    across.paste(100, (0, 32, 64, 64))
    bright.paste(150, (0, 32, 64, 64))
    down = across.rotate(90)
    one, other, turned = Hog().encode([image.convert("RGB") for image in (across, bright, down)])
    assert one.shape == (7 * 7 * 2 * 2 * 9,)
    assert np.allclose(one, other)
    assert np.abs(one - turned).max() > 0.3
    with pytest.raises(InputError, match="side 8"):
        Hog(8).encode([down.convert("RGB")])


@pytest.mark.parametrize(
    "features",
    [None, Pixels(), Hog(32), Sketch(), make_pipeline(Pixels(), PCA(5, random_state=0))],
    ids=["default", "pixels", "hog", "sketch", "pixels and PCA"],
)
def test_a_pool_of_images_learns_and_the_model_takes_paths(paths, features):
    pool = Pool(paths, features=features)
    assert pool[np.array([3])] == [paths[3]]
    learner = ActiveLearner(pool, ["disc", "cross"], minority="cross", seed=0)
    truth = np.where(crosses(paths), "cross", "disc")
    learner.teach(range(8), truth[:8])
    model = learner.final_model(presume=False)
    assert (model.predict(paths) == truth).mean() > 0.8


def test_a_network_of_ones_own_is_handed_images(paths):
    seen = []

    def network(batch):
        seen.extend(image.mode for image in batch)
        return [[*image.size, *image.resize((1, 1)).getpixel((0, 0))] for image in batch]

    found = Embedding(network, batch_size=5).transform(paths)
    assert seen == ["RGB"] * 16
    with Image.open(paths[0]) as first:
        assert tuple(found[0, :2]) == first.size


def test_broken_and_missing_images_are_named_with_their_row(tmp_path, paths):
    broken = tmp_path / "broken.png"
    broken.write_bytes(paths[0].read_bytes()[:60])
    with pytest.raises(InputError, match=r"broken.png \(row 1\): it is no image that can be read;"):
        Pool([paths[0], broken])
    with pytest.raises(InputError, match=r"no image .*gone.jpg \(row 2\)"):
        Pool([*paths[:2], tmp_path / "gone.jpg"])
    for cache in (None, tmp_path / "cache"):
        with pytest.raises(InputError, match=r"image .*parts.* can't be read|no image"):
            Pool([*paths[:2], paths[0].parent], cache=cache)


@pytest.mark.parametrize(("package", "features"), [("PIL", None), ("skimage", Hog())])
def test_a_missing_extra_is_one_sentence_with_the_command(monkeypatch, paths, package, features):
    monkeypatch.setattr(images, "find_spec", lambda name: None if name == package else name)
    with pytest.raises(InputError, match=r'needs? .*: pip install "motherlode\[images\]"'):
        Pool(paths, features=features)


@pytest.mark.parametrize("side", [8_100, 13_000, 20_000])
@pytest.mark.parametrize("ending", ["PNG", "GIF", "TIFF"])
def test_a_small_file_of_a_huge_picture_is_refused_before_it_is_unpacked(side, ending):
    content = io.BytesIO()
    Image.new("L", (side, 1)).save(content, ending, **LOSSLESS.get(ending, {}))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="more than 64 million pixels"):
            images.decode_image(HEIGHT[ending](content.getvalue(), side))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def _png(content, side):
    header = content[12:16] + struct.pack(">II", side, side) + content[24:29]
    return content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]


def _gif(content, side):
    at = content.index(b",", 10) + 5  # the size of the picture stands in its descriptor too
    size = struct.pack("<HH", side, side)
    return content[:6] + size + content[10:at] + size + content[at + 4 :]


def _tiff(content, side):
    entry = struct.pack("<HHI", 257, 4, 1)
    at = content.index(struct.pack("<H", 257)) + len(entry)
    return content[: at - len(entry)] + entry + struct.pack("<I", side) + content[at + 4 :]


HEIGHT = {"PNG": _png, "GIF": _gif, "TIFF": _tiff}
LOSSLESS = {"TIFF": {"compression": "tiff_lzw"}}


@pytest.mark.parametrize(
    "content", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"P1 1 1 0"]
)
def test_formats_that_start_a_program_or_that_browsers_do_not_show_are_no_images(content):
    with pytest.raises(InputError, match="no image that can be read"):
        images.decode_image(content)


def encoded(image, ending="PNG", **more):
    content = io.BytesIO()
    image.save(content, ending, **more)
    return images.decode_image(content.getvalue())


def test_a_photograph_is_turned_as_its_camera_was_held():
    picture = Image.new("RGB", (20, 10), "black")
    picture.paste("white", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: to be turned clockwise
    shown = encoded(picture, "JPEG", exif=exif)
    assert shown.size == (10, 20)
    grey = np.asarray(shown.convert("L"))
    assert grey[:8].min() > 200 > 50 > grey[12:].max()


def test_exif_that_is_damaged_spoils_no_image():
    picture = Image.new("RGB", (20, 10), "white")
    shown = encoded(picture, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01\x12")
    assert shown.size == (20, 10)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_what_is_clear_is_white(mode):
    picture = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 5, 10))
    picture = picture.quantize(4) if mode == "P" else picture.convert(mode)
    shown = encoded(picture, "TIFF" if mode == "PA" else "PNG")
    assert np.asarray(shown.convert("L"))[0].tolist() == [0] * 5 + [255] * 5


@pytest.mark.parametrize("ending", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_stay_grey(ending):
    wide = np.linspace(0, 65_535, 256).astype(np.uint16).reshape(16, 16)
    shown = encoded(Image.fromarray(wide), ending)
    assert np.abs(np.asarray(shown)[..., 0].ravel().astype(int) - np.arange(256)).max() <= 1
