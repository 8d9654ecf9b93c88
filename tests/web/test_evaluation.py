"""A model is evaluated on the page: its scores go up, rows are asked, intervals shown."""

import numpy as np
import pytest

from motherlode.project._data.own_files import EVALUATION
from motherlode.project._log.events import EVALUATION as CHANNEL


@pytest.fixture
def scores():
    rng = np.random.default_rng(2)
    gold = np.arange(120) % 12 == 0
    said = rng.normal(size=120) + 3 * gold
    return "id,score\n" + "".join(f"r{i},{score:.4f}\n" for i, score in enumerate(said))


def send(client, scores, **asked):
    asked = {"name": "scores.csv", "threshold": 2.0, "width": 0.1, **asked}
    return client.post("/api/evaluation", params=asked, content=scores.encode())


def answer(client, n):
    for _ in range(n):
        rows = client.get("/api/next", params={"n": 1}).json()["rows"]
        if not rows:
            return
        gold = rows[0]["row"] % 12 == 0
        client.post(
            "/api/labels",
            json={"labels": [{"row": rows[0]["row"], "label": "gold" if gold else "dry"}]},
        )


def test_rows_of_the_evaluation_are_asked_until_its_intervals_are_narrow(client, scores):
    assert client.get("/api/evaluation").json()["name"] is None
    assert "No model is evaluated" in client.get("/evaluation").text
    begun = send(client, scores).json()
    assert (begun["name"], begun["labels"], begun["done"]) == ("scores.csv", 0, False)
    row = client.get("/api/next", params={"n": 1}).json()["rows"][0]
    assert (row["channel"], row["reason"]) == (
        CHANNEL,
        "Drawn at random, to see how good a model is",
    )
    answer(client, 120)
    found = client.get("/api/evaluation").json()
    assert found["done"]
    assert found["labels"] > 40
    widths = [look["half_widths"]["f1"] for look in found["looks"]]
    assert widths[-1] < widths[0]
    assert found["estimates"]["f1"]["low"] <= found["estimates"]["f1"]["value"]
    page = client.get("/evaluation/now").text
    assert "<svg" in page
    assert "scores.csv" in page
    assert "style=" not in page  # which the policy of the page forbids


def test_rows_with_a_label_are_not_asked_again_and_an_end_keeps_labels(client, scores):
    answer(client, 30)
    before = client.get("/api/status").json()["labelled"]
    assert send(client, scores).json()["labels"] > 0
    ended = client.delete("/api/evaluation").json()
    assert ended["name"] is None
    assert client.get("/api/status").json()["labelled"] == before
    assert client.get("/api/next", params={"n": 1}).json()["rows"][0]["channel"] != CHANNEL


@pytest.mark.parametrize(
    ("content", "asked", "said"),
    [
        ("id,score\nr0,1\n", {}, "119 rows of the project have no score"),
        ("id,score\nr0,1\nx,2\n", {}, "1 row of the scores is not in the project"),
        (None, {"threshold": ""}, "threshold"),
        (None, {"measures": "accuracy"}, "A measure is 'accuracy'"),
        (None, {"name": "scores"}, "no ending"),
        ("", {"name": "best.csv"}, "best.csv"),
        ("id,left,right\nr0,1,2\n", {}, "Call it score"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client, project, scores, content, asked, said):
    answered = send(client, scores if content is None else content, **asked)
    assert answered.status_code == 422
    assert said in answered.json()["detail"]
    assert "motherlode-" not in answered.json()["detail"]
    assert not (project.folder / EVALUATION).exists()


def test_scores_that_no_threshold_parts_need_one(client, scores):
    asked = {"name": "scores.csv", "width": 0.1}
    answered = client.post("/api/evaluation", params=asked, content=scores.encode())
    assert "give a threshold" in answered.json()["detail"]
