"""The model at work over REST."""

import base64
import io
import json
from dataclasses import replace

import pytest

from motherlode._files import disk_copies
from motherlode.project._accounts import put_account

ROW = {"depth": 4.5, "width": 0.1, "town": "ulm"}


@pytest.fixture
def labelled(client):
    body = [{"row": i, "label": "gold" if i % 12 == 0 else "dry"} for i in range(40)]
    assert client.post("/api/labels", json={"labels": body}).status_code == 200
    return client


def test_rows_are_scored(labelled):
    other = {"id": 7, "depth": 0, "width": None, "town": "rome", "beside": "x"}
    found = labelled.post("/api/predict", json={"rows": [ROW, other]}).json()
    one, two = found["rows"]
    assert (one["decision"], two["decision"]) == ("gold", "dry")
    assert one["probability"] == one["probabilities"]["gold"] > two["probability"]
    assert one["reasons"][0] == "depth high"
    assert (one["id"], two["id"]) == (None, "7")
    assert "'rome' (1 row)" in found["notes"][0]
    assert found["model"] == {
        "saved": False, "threshold": None, "positive": ["gold"], "last_event": 40,
        "events_since": 0, "note": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"depth": 1, "width": 2}], "Row 0 (counted from 0) has no 'town'"),
        ([{**ROW, "depth": "deep"}], "'depth' of the request holds text, and numbers"),
        ([{**ROW, "depth": [1, 2]}], "'depth' of the request holds"),
        ([], "'rows' should be a list of"),
        ([ROW] * 1001, "'rows' should be a list of"),
    ],
)
def test_what_is_wrong_with_rows_is_said(labelled, rows, said):
    refused = labelled.post("/api/predict", json={"rows": rows})
    assert refused.status_code == 422
    assert said in refused.json()["detail"]


def test_without_labels_there_is_no_model(client):
    refused = client.post("/api/predict", json={"rows": [ROW]})
    assert refused.status_code == 422
    assert "label" in refused.json()["detail"]


CSV = b"id,depth,width,town\n007,4.50,0.1,ulm\n008,0,0.2,bonn\n"


def test_a_file_is_scored_and_nothing_of_it_stays(labelled, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    found = labelled.post("/api/score?name=my.new.csv", content=CSV)
    assert found.status_code == 200
    assert found.headers["content-disposition"] == 'attachment; filename="scored.csv"'
    lines = found.text.splitlines()
    assert lines[1].startswith("007,4.50,0.1,ulm,gold,")
    found = labelled.post("/api/score?name=x.csv&format=jsonl", content=CSV)
    assert json.loads(found.text.splitlines()[1])["decision"] == "dry"
    assert not list(tmp_path.glob("motherlode-*/rows.*"))


def test_a_large_file_is_scored_from_the_disk(labelled, monkeypatch, tmp_path):
    monkeypatch.setattr("motherlode._files.opening.HELD", 1000)
    copies = tmp_path / "copies"
    copies.mkdir()
    written = []
    monkeypatch.setattr(disk_copies, "_folder", lambda: written.append(1) or copies)
    lines = b"id,depth,width,town\n" + b"".join(b"%03d,4.5,0.1,ulm\n" % i for i in range(500))
    found = labelled.post("/api/score?name=x.csv", content=lines)
    assert len(found.text.splitlines()) == 501
    assert written
    assert not list(copies.rglob("*.arrow"))


def test_a_file_that_can_not_be_scored_is_refused(labelled, monkeypatch):
    for name, content, said in (
        ("x.csv", b"id,depth\n1,2\n", "The file has no column 'width'"),
        ("x", CSV, "no ending"),
        ("x.docx", CSV, "which tell its format"),
        ("x.parquet", CSV, "x.parquet is not a Parquet file"),
        ("my rows.csv", b"\x00\x01\x02", "my rows.csv is not CSV"),
    ):
        refused = labelled.post(f"/api/score?name={name}", content=content)
        assert refused.status_code == 422, refused.text
        assert said in refused.json()["detail"]
        assert "/" not in refused.json()["detail"]
    assert labelled.post("/api/score?name=x.csv", content=CSV + b" " * 1_100_000).status_code != 413
    assert labelled.post("/api/predict", content=b" " * 1_100_000).status_code == 413


def test_the_rest_comes_likeliest_first(labelled):
    found = labelled.get("/api/rank?format=jsonl")
    rows = [json.loads(line) for line in found.text.splitlines()]
    assert len(rows) == 80
    assert {row["id"] for row in rows[:6]} == {"r48", "r60", "r72", "r84", "r96", "r108"}
    assert len(labelled.get("/api/rank?n=3").text.splitlines()) == 4


def test_a_model_of_another_scikit_learn_is_said(labelled, monkeypatch):
    models = labelled.app.state.service.models
    assert "X-Motherlode-Note" not in labelled.get("/api/rank").headers
    at_hand = models.get(labelled.app.state.service.live.now())
    other = at_hand._replace(found=replace(at_hand.found, other_version="1.4.7"))
    monkeypatch.setattr(models, "get", lambda state: other)
    said = labelled.post("/api/predict", json={"rows": [ROW]}).json()["model"]["note"]
    assert said.startswith("The model was written with scikit-learn 1.4.7, and this is ")
    assert labelled.get("/api/rank").headers["X-Motherlode-Note"] == said
    scored = labelled.post("/api/score?name=x.csv", content=CSV)
    assert scored.headers["X-Motherlode-Note"] == said


def test_annotators_may_not_see_what_the_model_says(labelled):
    service = labelled.app.state.service
    put_account(service.project.database, "ann", "annotator", "a long password")
    del labelled.headers["Authorization"]
    done = labelled.post("/api/login", json={"name": "ann", "password": "a long password"})
    labelled.cookies.clear()
    labelled.headers["Authorization"] = f"Bearer {done.json()['token']}"
    assert labelled.post("/api/predict", json={"rows": [ROW]}).status_code == 403
    assert labelled.post("/api/score?name=x.csv", content=CSV).status_code == 403
    assert labelled.get("/api/rank").status_code == 403
    page = labelled.get("/dashboard").text
    assert "Score a file" not in page
    del labelled.headers["Authorization"]
    assert labelled.post("/api/predict", json={"rows": [ROW]}).status_code == 401


def test_images_are_scored_by_their_content(make, serve, tmp_path):
    import pyarrow as pa
    from PIL import Image

    def png(level):
        out = io.BytesIO()
        Image.new("RGB", (16, 16), (level, level, level)).save(out, "PNG")
        return out.getvalue()

    pictures = [png(i * 20) for i in range(12)]
    table = pa.table({"id": [f"p{i}" for i in range(12)], "picture": pictures, "place": ["a"] * 12})
    project = make(
        table, kind="image", columns=("picture",), shown=("place",), image_root=str(tmp_path)
    )
    client = serve(project)
    client.headers["Authorization"] = f"Bearer {client.app.state.service.access.token}"
    body = [{"row": i, "label": "gold" if i > 5 else "dry"} for i in range(12)]
    assert client.post("/api/labels", json={"labels": body}).status_code == 200
    sent = [{"picture": base64.b64encode(png(level)).decode()} for level in (10, 230)]
    found = client.post("/api/predict", json={"rows": sent})
    assert [row["decision"] for row in found.json()["rows"]] == ["dry", "gold"]
    refused = client.post("/api/predict", json={"rows": [{"picture": "../secret.png"}]})
    assert (refused.status_code, "base64" in refused.json()["detail"]) == (422, True)
