"""Search, the map, and why a row is asked, as clients call them."""

import json
import time

import numpy as np
import pyarrow as pa
import pytest
from projects import ROWS, rows_table

from motherlode.web import _search

RARE = [row for row in range(ROWS) if row % 12 == 0]


def label(client, **labels):
    answers = [{"row": int(row[1:]), "label": said} for row, said in labels.items()]
    assert client.post("/api/labels", json={"labels": answers}).status_code == 200


def until(call, is_right):
    end = time.monotonic() + 30
    while not is_right(found := call()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def test_search_by_words_and_condition(client):
    found = client.get("/api/search", params={"words": "ulm", "condition": "depth > 2"}).json()
    depth = np.asarray(rows_table()["depth"])
    expected = [row for row in range(0, ROWS, 3) if depth[row] > 2]
    assert [row["row"] for row in found["rows"]] == expected
    assert found["total"] == len(expected)
    beyond = client.get("/api/search", params={"words": "ulm", "start": 38, "n": 5}).json()
    assert (beyond["total"], [row["row"] for row in beyond["rows"]]) == (40, [114, 117])
    assert client.get("/api/search").status_code == 422
    assert "no column" in client.get("/api/search", params={"condition": "x > 1"}).json()["detail"]


def test_a_search_in_parts_finds_the_same_rows(client, monkeypatch):
    asked = [{"words": "ulm"}, {"condition": "depth > 2"}, {"words": "ulm", "condition": "depth>2"}]
    before = [client.get("/api/search", params=one).json() for one in asked]
    monkeypatch.setattr(_search, "_ROWS_AT_A_TIME", 7)
    assert [client.get("/api/search", params=one).json() for one in asked] == before
    assert all(found["total"] for found in before)


def test_a_search_that_takes_long_is_ended(client, monkeypatch):
    monkeypatch.setattr(_search, "_ROWS_AT_A_TIME", 1)
    monkeypatch.setattr(_search, "_TIMEOUT", 0.0)
    ended = client.get("/api/search", params={"words": "ulm"})
    assert (ended.status_code, "took more than" in ended.json()["detail"]) == (422, True)
    many = client.get("/api/search", params={"words": "a " * 51})
    assert "more than 50 words" in many.json()["detail"]


@pytest.mark.parametrize("condition", ["((town))", "1 == 1", "not " * 110 + "depth > 1"])
def test_conditions_that_are_none_get_a_sentence(client, condition):
    refused = client.get("/api/search", params={"condition": condition})
    assert (refused.status_code, refused.json()["detail"][:9]) == (422, "The condi")


def test_a_row_found_by_search_says_so(client):
    answer = {"row": 12, "label": "gold", "channel": "search"}
    client.post("/api/labels", json={"labels": [answer]})
    (line,) = client.get("/api/export", params={"format": "jsonl"}).text.splitlines()
    assert json.loads(line)["channel"] == "search"
    found = client.get("/api/search", params={"like_row": 0, "n": 100}).json()["rows"]
    assert [a["label"] for row in found if row["row"] == 12 for a in row["answers"]] == ["gold"]


def test_more_like_this(client):
    found = client.get("/api/search", params={"like_row": 0, "n": 5}).json()["rows"]
    assert 0 not in [row["row"] for row in found]
    assert sum(row["row"] in RARE for row in found) >= 4


def test_why_names_columns_and_the_nearest_rows(client):
    label(client, r0="gold", r12="gold", r24="gold", r1="dry", r2="dry", r3="dry", r5="dry")
    why = until(lambda: client.get("/api/rows/36/why").json(), lambda w: w["score"] is not None)
    assert why["towards"] == "gold"
    assert why["score"] > 0.5
    assert why["pushes"][0][0] == "depth"
    assert why["pushes"][0][1] > 0
    assert {near["label"] for near in why["nearest"][:2]} == {"gold"}


def test_the_map_places_rows_and_knows_labels(client):
    label(client, r0="gold", r1="dry")
    answer = until(lambda: client.get("/api/map/places"), lambda a: a.status_code == 200)
    places = np.frombuffer(answer.content, "<u2").reshape(-1, 2)
    assert places.shape == (ROWS, 2)
    known = np.frombuffer(client.get("/api/map/known?wait=true").content, np.uint8).reshape(-1, 2)
    assert known[[0, 1, 2], 0].tolist() == [2, 1, 0]
    assert known[RARE, 1].mean() > np.delete(known[:, 1], RARE).mean()


@pytest.mark.parametrize("n", [252, 253, 3_000])
def test_each_of_many_classes_has_a_number_of_its_own_on_the_map(make, serve, n):
    classes = tuple(f"c{i}" for i in range(n))
    client = serve(make(classes=classes, minority=None))
    client.headers["Authorization"] = f"Bearer {client.app.state.service.access.token}"
    label(client, r0="c0", r1="c251", r2=classes[-1], r3=classes[-2])
    client.post("/api/labels", json={"labels": [{"row": 4, "kind": "skip"}]})
    client.post("/api/labels", json={"labels": [{"row": 5, "kind": "unsure"}]})
    content = client.get("/api/map/known").content
    kind = np.dtype("u1" if n == 252 else "<u2")
    known = np.frombuffer(content, kind).reshape(-1, 2)
    most = np.iinfo(kind).max
    assert known[:7, 0].tolist() == [1, 252, n, n - 1, most - 2, most - 1, 0]


def test_rows_picked_on_the_map_are_asked_first_and_count_as_found(client):
    label(client, r7="dry")
    picked = client.post("/api/map/first", json={"rows": [7, 9, 8, 9]}).json()["rows"]
    assert picked == [9, 8]
    rows = client.get("/api/next", params={"n": 3}).json()["rows"]
    assert [row["row"] for row in rows[:2]] == [9, 8]
    assert rows[0]["channel"] == "search"
    other = client.post(
        "/api/map/first", json={"rows": [8, 10]}, headers={"X-Annotator": "ben"}
    ).json()
    assert other["rows"] == [10]
    assert client.post("/api/map/first", json={"rows": [ROWS]}).status_code == 422


def test_the_dashboard_draws_what_was_found(client):
    label(client, r0="gold", r1="dry", r2="dry")
    page = client.get("/dashboard").text
    assert 'aria-label="After 3 labels 1 rows of gold are found."' in page
    assert 'aria-label="Labels of each class: dry 2, gold 1."' in page
    assert page.count("<svg") == 2
    assert "<html" not in client.get("/dashboard/now").text


def test_a_text_in_several_columns_is_explained_as_one_and_several_classes_are_positive(
    make, serve
):
    kinds = ["gold ore", "silver ore", "mud"]
    rows = {
        "id": [f"r{i}" for i in range(60)],
        "title": [f"Letter {i} 𝄞" if i % 5 else None for i in range(60)],
        "body": [f"we found {kinds[i % 3]} here" for i in range(60)],
    }
    table = pa.table(rows)
    several = {"classes": ("mud", "silver", "gold"), "minority": ("gold", "silver")}
    texts = {"kind": "text", "columns": ("title", "body"), "shown": ("title", "body")}
    client = serve(make(table, **several, **texts))
    client.headers["Authorization"] = f"Bearer {client.app.state.service.access.token}"
    label(client, r0="gold", r3="gold", r6="gold", r1="silver", r4="silver", r2="mud", r5="mud")
    assert client.get("/api/project").json()["minority"] == ["gold", "silver"]
    status = client.get("/api/status").json()
    assert (status["minority"], status["found"]) == (["gold", "silver"], 5)
    why = until(lambda: client.get("/api/rows/7/why").json(), lambda w: w["score"] is not None)
    assert why["towards"] == "gold or silver"
    joined = f"{rows['title'][7]}\n\n{rows['body'][7]}"
    units = joined.encode("utf-16-le")
    words = {units[2 * a : 2 * b].decode("utf-16-le"): weight for a, b, weight in why["spans"]}
    assert words["ore"] > 0
    for page in ("/", "/dashboard"):
        assert "gold or silver" in until(lambda p=page: client.get(p).text, lambda t: "found" in t)
