"""Kinds of data, and images that stay inside their folder."""

import io
import json
import zipfile
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from motherlode._files.class_names import ClassNames
from motherlode.embedding import minilm
from motherlode.errors import InputError
from motherlode.project._data.encoders import get_encoder
from motherlode.project._data.folder import create_project, open_project
from motherlode.project._data.images import encode_image, encode_images, find_media_type, read_image
from motherlode.project._data.planning import decode_dictionaries, plan_rows
from motherlode.project._data.rows import VECTORS
from motherlode.project._data.settings import Recipe

TEXTS = [f"some words about the number {i}" for i in range(12)]


def picture(colour, kind="PNG"):
    content = io.BytesIO()
    Image.new("RGB", (20, 10), colour).save(content, kind)
    return content.getvalue()


def settings(planned, **more):
    from projects import rows_table, settings_for

    return settings_for(
        rows_table(), kind=planned.kind, columns=planned.columns, shown=planned.shown,
        id=planned.id, **more,
    )  # fmt: skip


def test_columns_that_nobody_named():
    assert plan_rows(pa.table({"t": TEXTS})).kind == "text"
    found = plan_rows(pa.table({"t": TEXTS, "x": range(12), "empty": pa.nulls(12)}))
    assert (found.kind, found.columns) == ("table", ("t", "x"))
    assert found.left_out == {"empty": "holds no value"}
    assert found.shown == ("t", "x", "empty")


@pytest.mark.parametrize(
    ("title", "abstract"),
    [("title", "abstract"), ("Article Title", "Abstract"), ("paper_title", "abstract_note")],
)
def test_references_are_read_by_title_and_abstract(title, abstract):
    table = pa.table(
        {
            "year": [1990 + i for i in range(12)],
            title: TEXTS,
            "journal": ["Nature", "Cell"] * 6,
            abstract: TEXTS[::-1],
        }
    )
    found = plan_rows(table)
    assert (found.kind, found.columns) == ("text", (title, abstract))
    assert found.shown == ("year", title, "journal", abstract)
    assert found.left_out.keys() == {"year", "journal"}
    assert "--features" in found.left_out["year"]
    assert plan_rows(table, features=[title, "year"]).columns == (title, "year")
    assert plan_rows(table.drop_columns([abstract])).kind == "table"


def test_named_columns():
    table = pa.table({"t": TEXTS, "x": range(12), "v": [[1.0, float(i)] for i in range(12)]})
    assert plan_rows(table, text="t").columns == ("t",)
    assert plan_rows(table, text="t").shown == ("t", "x")
    found = plan_rows(table, text="t", features=["v"])
    assert (found.kind, found.columns, found.shown) == ("vectors", ("v",), ("t",))
    assert plan_rows(table, features=["x"]).columns == ("x",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"text": "x"}, "holds int64 values, not text"),
        ({"text": "tt"}, "did you mean 't'"),
        ({"features": ["x", "v"]}, "mix vectors"),
        ({"features": ["w"]}, "not all of one length"),
        ({"id": "same"}, "holds the id 1 more than once"),
        ({"id": "gaps"}, "1 gap, the first in row 0"),
        ({"id": "blank"}, "1 gap, the first in row 11"),
        ({"id": "nan"}, "1 gap, the first in row 2"),
        ({"id": "words"}, "1 gap, the first in row 11"),
        ({"id": "v"}, "ids are words or numbers"),
        ({"text": "t", "image": "t"}, "name one of them"),
        ({"text": "none"}, "null values"),
    ],
)
def test_wrong_columns(options, said):
    table = pa.table(
        {
            "t": TEXTS, "x": range(12), "v": [[1.0, float(i)] for i in range(12)],
            "w": [[1.0] * (1 + i % 2) for i in range(12)], "same": [1] * 12,
            "gaps": [None, *range(11)], "none": pa.nulls(12), "blank": [*"abcdefghijk", " "],
            "nan": [0.5, 1.5, float("nan"), *range(9)],
            "words": pa.array([*"abcdefghijk", " "]).dictionary_encode(),
        }
    )  # fmt: skip
    with pytest.raises(InputError, match=said):
        plan_rows(table, **options)


def test_names_of_images_are_no_texts():
    names = [f"photos/{i % 3}.JPG" for i in range(11)] + [None]
    found = plan_rows(pa.table({"file": names, "x": range(12)}))
    assert found.doubts == {
        "file": "holds names of images: --image shows them and lets models see them"
    }
    assert plan_rows(pa.table({"file": names, "x": range(12)}), image="file").doubts == {}
    with pytest.raises(InputError, match="'file' holds names of images; give it as --image"):
        plan_rows(pa.table({"file": names}), text="file")


def test_vectors_become_the_pool(tmp_path):
    table = pa.table({"t": TEXTS, "v": [[1.0, float(i)] for i in range(12)]})
    planned = plan_rows(table, features=["v"])
    project = create_project(tmp_path / "p", settings(planned), table, None)
    assert project.rows.pool().features.tolist()[3] == [1.0, 3.0]
    assert project.rows.content(3) == {"t": TEXTS[3]}
    project.close()


def test_texts_are_encoded_once_when_the_project_is_made(tmp_path):
    table = pa.table({"t": [*TEXTS, None]})
    recipe = Recipe("margin", encoder="minilm")
    project = create_project(
        tmp_path / "p", settings(plan_rows(table, text="t"), recipe=recipe), table, None
    )
    pool = project.rows.pool()
    assert np.array_equal(pool.features, minilm().encode([*TEXTS, ""]))
    (tmp_path / "p" / VECTORS).write_bytes(b"")
    with pytest.raises(InputError, match=r"texts.npy is missing or damaged"):
        project.rows.pool()
    project.close()


@pytest.mark.parametrize(("encoder", "width"), [(None, 750), ("pixels", 256), ("hog", 1764)])
def test_images_are_encoded_as_asked(tmp_path, encoder, width):
    table = pa.table({"photo": [picture((i * 80, 0, 0)) for i in range(3)]})
    planned = settings(plan_rows(table, image="photo"), recipe=Recipe(encoder=encoder))
    project = create_project(tmp_path / "p", planned, table, None)
    assert project.rows.pool().features.shape == (3, width)
    project.close()


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("text", "hog", "no encoder of text named 'hog'; there are minilm"),
        (
            "image",
            "minilm",
            "named 'minilm'; there are sketched_net, efficientnet, sketch, pixels, hog",
        ),
        ("table", "minilm", "rows are table"),
    ],
)
def test_an_encoder_that_does_not_fit_is_named(kind, name, said):
    with pytest.raises(InputError, match=said):
        get_encoder(name, kind)


def test_dictionary_columns_are_plain_strings():
    table = pa.table({"c": pa.array(["a", "b", "a"]).dictionary_encode()})
    assert decode_dictionaries(table).column("c").type == pa.string()


def test_cells_are_shown_with_all_their_digits(tmp_path):
    table = pa.table(
        {
            "case": pa.array([2**63 + i for i in range(12)], pa.uint64()),
            "t": TEXTS,
            "price": [1234567.891] * 12,
            "big": [2**53 + 1] * 11 + [None],
            "done": [True] * 12,
        }
    )
    planned = settings(plan_rows(table, id="case", text="t"))
    project = create_project(tmp_path / "p", planned, table, None)
    assert project.rows.content(3) == {
        "t": TEXTS[3], "price": "1234567.891", "big": "9007199254740993", "done": "true",
    }  # fmt: skip
    assert project.rows.content(11)["big"] is None
    assert project.rows.name(3) == "9223372036854775811"
    assert project.rows.numbers["9223372036854775811"] == 3
    assert project.rows.kinds == {
        "t": "text", "price": "number", "big": "number", "done": "boolean",
    }  # fmt: skip
    project.close()


def test_images_by_path_are_read_once_and_noticed_when_changed(tmp_path):
    for i in range(3):
        (tmp_path / f"{i}.png").write_bytes(picture((i * 80, 0, 0)))
    table = pa.table({"photo": [f"{i}.png" for i in range(3)]})
    planned = plan_rows(table, image="photo")
    project = create_project(
        tmp_path / "p", settings(planned, image_root=str(tmp_path)), table, None
    )
    assert project.rows.pool().features.shape[0] == 3
    assert project.rows.image(1) == picture((80, 0, 0))
    (tmp_path / "1.png").write_bytes(picture((1, 1, 1)))
    with pytest.raises(InputError, match="row 1 has changed"):
        project.rows.image(1)
    project.close()


def test_images_as_bytes(tmp_path):
    table = pa.table({"photo": [picture((i * 80, 0, 0), "JPEG") for i in range(3)]})
    planned = plan_rows(table, image="photo")
    project = create_project(tmp_path / "p", settings(planned), table, None)
    assert find_media_type(project.rows.image(2)) == "image/jpeg"
    project.close()


def test_no_image_is_served_from_outside_of_its_folder(tmp_path):
    root = tmp_path / "images"
    root.mkdir()
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture("red"))
    (root / "link.png").symlink_to(secret)
    (root / "folder").mkdir()
    for path in ("../secret.png", str(secret), "link.png", "folder/../../secret.png"):
        with pytest.raises(InputError, match="lies outside"):
            read_image(path, root)
    for path in ("gone.png", "folder", "", "a\0b"):
        with pytest.raises(InputError, match="no image"):
            read_image(path, root)


def test_media_types_are_told_by_content():
    assert find_media_type(picture("red")) == "image/png"
    assert find_media_type(b"<svg onload='x'>") is None
    assert find_media_type(b"<html>") is None


def test_features_tell_images_apart_and_bad_ones_are_refused():
    red, blue = encode_image(picture("red")), encode_image(picture("blue"))
    assert red.shape == blue.shape
    assert red.dtype == np.float32
    assert np.isfinite(red).all()
    assert np.abs(red - blue).max() > 0.5
    with pytest.raises(InputError, match="no image"):
        encode_image(b"text")


def test_all_images_that_cannot_be_used_are_named_at_once(tmp_path):
    (tmp_path / "good.png").write_bytes(picture("red"))
    (tmp_path / "notes.png").write_text("no image")
    values = ["good.png", "notes.png", None, picture("blue"), b"junk", *["gone.png"] * 5]
    done = []
    with pytest.raises(InputError) as refused:
        encode_images(values, tmp_path, progress=done.append, first=100)
    said = str(refused.value)
    assert said.startswith("8 images can't be used; replace or leave out: 'notes.png' (it is no ")
    assert "row 102 counted from 0 (The row has no image), row 104 counted from 0 (it is" in said
    assert said.endswith(", ….")
    assert done == [*range(1, len(values) + 1)]
    with pytest.raises(InputError, match=r"1 image can.t be used; .* .good.png. .*no image"):
        encode_images(["good.png"], None)


@pytest.fixture(params=["texts.npy", "images.npz"])
def encoded(request, tmp_path):
    """A project with a file of vectors, and the name of that file."""
    if request.param == "texts.npy":
        table, how = pa.table({"t": TEXTS}), {"text": "t"}
        recipe = Recipe("margin", encoder="minilm")
    else:
        table = pa.table({"photo": [picture((i * 20, 0, 0)) for i in range(12)]})
        how, recipe = {"image": "photo"}, Recipe("margin", encoder="pixels")
    planned = settings(plan_rows(table, **how), recipe=recipe)
    create_project(tmp_path / "p", planned, table, None).close()
    return tmp_path / "p", request.param


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 64
    path.write_bytes(content)


def shorten(path):
    path.write_bytes(path.read_bytes()[:-100])


def put_other_rows(path):
    one = np.zeros((1, 3))
    np.savez(path, features=one, digests=np.array(["x"])) if path.suffix == ".npz" else np.save(
        path, one
    )


def lie_about_the_size(path):
    header = io.BytesIO()
    about = {"descr": "<f8", "fortran_order": False, "shape": (10**12, 10)}
    np.lib.format.write_array_header_1_0(header, about)
    if path.suffix == ".npy":
        path.write_bytes(header.getvalue())
        return
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("features.npy", "digests.npy"):
            packed.writestr(name, header.getvalue())


def pack_much(path):
    if path.suffix == ".npy":
        path.write_bytes(b"\x93NUMPY")
    else:
        np.savez_compressed(path, features=np.zeros((12, 10**6)), digests=np.array(["x"] * 12))


CHANGES = [shorten, put_other_rows, lie_about_the_size, pack_much]


@pytest.mark.parametrize(
    ("change", "with_digest"),
    [(flip_a_bit, True), *product(CHANGES, (True, False))],
)
def test_a_damaged_file_of_vectors_is_named(encoded, change, with_digest):
    folder, name = encoded
    if not with_digest:  # a folder of an earlier release, or one that somebody wrote by hand
        about = json.loads((folder / "project.json").read_text())
        (folder / "project.json").write_text(json.dumps(about | {"digests": {}}))
    change(folder / name)
    with open_project(folder) as project:
        reads = [project.rows.pool]
        if name == "images.npz":
            reads.append(lambda: project.rows.image(1))
        for read in reads:
            with pytest.raises(InputError, match=f"{name} is missing or damaged"):
                read()


FLAGS = {"a": [0, 1] * 6, "b": [1, 0, 0] * 4, "x": [float(i % 5) for i in range(12)]}


def split(columns, classes="01", **named):
    found = plan_rows(pa.table(columns), classes=ClassNames(list(classes)), **named)
    return found.columns, set(found.left_out), set(found.doubts)


def test_flags_are_read_unless_they_may_be_the_labels():
    yes_no = {n: ["yes" if v else "no" for v in FLAGS[n]] for n in "ab"}
    gaps = [0, 1, None] * 4
    assert split(FLAGS) == (("a", "b", "x"), set(), {"a", "b"})
    assert split({**FLAGS, **yes_no}, ["no", "yes"]) == (("a", "b", "x"), set(), {"a", "b"})
    for name in ("y", "Label", "is_relevant", "isRelevant", "Class", "final-outcome", "target 2"):
        assert split({**FLAGS, name: FLAGS["b"]}) == (("a", "b", "x"), {name}, {"a", "b"})
    for name in ("yard", "classic", "labelling_cost"):
        assert split({**FLAGS, name: FLAGS["b"]})[1] == set()
    # One with gaps is partly labelled, one alone may well be the labels, and so may be words.
    assert split({**FLAGS, "c": gaps}) == (("a", "b", "x"), {"c"}, {"a", "b"})
    assert split({"a": FLAGS["a"], "x": FLAGS["x"]}) == (("x",), {"a"}, set())
    words = {n: ["good" if v else "bad" for v in FLAGS[n]] for n in "ab"}
    assert split({**FLAGS, **words}, ["good", "bad"]) == (("x",), {"a", "b"}, set())


def test_flags_beside_labels_that_are_named_are_features():
    one = {"a": FLAGS["a"], "c": [0, 1, None] * 4, "x": FLAGS["x"]}
    assert split(one, labels="c") == (("a", "x"), set(), set())
    assert split({**one, "label": FLAGS["b"]}, labels="c") == (("a", "x"), {"label"}, set())
    assert split(FLAGS, features=["a"])[0] == ("a",)
