"""What is sought over REST: who may state it, what it did, and the reason in plain words."""

import pyarrow as pa
import pytest

from motherlode.project._accounts import put_account
from motherlode.project._data.settings import Recipe
from motherlode.project._log.fold import State
from motherlode.project._training.training import rank_queue

SOUGHT = (17, 44)
ENDS = [f"{'abcdefgh'[row % 8] * 3} {'stuvwxyz'[row // 8] * 3}" for row in range(60)]
TEXTS = [("a broken hip " if row in SOUGHT else "a house ") + end for row, end in enumerate(ENDS)]


@pytest.fixture
def project(make):
    table = pa.table({"text": TEXTS, "score": [float(row in SOUGHT) for row in range(60)]})
    recipe = Recipe("auto", None, "find")
    return make(table, kind="text", columns=("text",), shown=("text",), recipe=recipe)


def test_what_is_sought_is_stated_changed_and_taken_back(client, project):
    nothing = {"stated": None, "said": None, "by": None, "at": None, "did": []}
    assert client.get("/api/prior").json() == nothing
    found = client.post("/api/prior", json={"sentence": " a broken hip "}).json()
    assert found["stated"] == {"prior": "sentence", "text": "a broken hip"}
    assert found["said"] == '"a broken hip"'
    assert found["by"]
    assert found["at"].endswith("+00:00")
    assert found["did"] == ["No ranking goes by it yet."]

    assert rank_queue(project, project.rows.pool(), State())
    first = client.get("/api/next").json()["rows"][0]
    assert first["row"] in SOUGHT
    assert first["reason"] == "Matches what you are looking for"
    assert first["measure"].startswith("ByPrior: among the first ")
    assert "first rows" in client.get("/api/prior").json()["did"][0]

    assert client.post("/api/prior", json={"column": "score"}).json()["said"] == (
        'the column "score"'
    )
    listed = {one["name"]: one for one in client.get("/api/settings").json()["settings"]}
    assert listed["prior"]["value"] == {"prior": "column", "name": "score"}
    found = client.post("/api/prior", json={}).json()
    assert (found["stated"], found["did"]) == (None, [])
    changes = client.get("/api/settings").json()["changes"]
    assert client.get("/settings").status_code == 200
    assert [one["said"] for one in changes] == [
        'prior: the column "score" → nothing',
        'prior: "a broken hip" → the column "score"',
        'prior: nothing → "a broken hip"',
    ]
    client.post("/api/settings/undo", json={})
    assert client.get("/api/prior").json()["said"] == 'the column "score"'


@pytest.mark.parametrize(
    "body",
    [
        {"column": "text"}, {"column": "none"}, {"judge": "nobody"}, {"pickle": "x"},
        {"sentence": "hip", "column": "score"}, {"sentence": "x" * 5_001}, {"keywords": [""]},
    ],
)  # fmt: skip
def test_what_cannot_be_stated_is_refused(client, body):
    assert client.post("/api/prior", json=body).status_code == 422
    assert client.get("/api/prior").json()["stated"] is None


def test_annotators_see_what_is_sought_and_admins_change_it(client, project):
    client.post("/api/prior", json={"sentence": "a broken hip"})
    put_account(project.database, "ann", "annotator", "a long password")
    put_account(project.database, "eve", "admin", "a long password")
    for name in ("ann", "eve"):
        sent = {"name": name, "password": "a long password"}
        token = client.post("/api/login", json=sent).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        found = client.get("/api/prior").json()
        assert found["said"] == '"a broken hip"'
        may = name == "eve"
        assert bool(found["did"]) == may
        assert client.post("/api/prior", json={}).status_code == (200 if may else 403)
