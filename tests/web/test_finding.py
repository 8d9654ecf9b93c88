"""Search, the map, and why a row is asked, as clients call them."""

import csv
import json
import time

import numpy as np
import pyarrow as pa
import pytest
from projects import ROWS, rows_table

from motherlode.web import _map, _search

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
    assert 'aria-label="After 3 labels 1 row of gold is found."' in page
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


PAYMENTS = {
    "payment_id": ["P001", "P002", "P003", "P0030"],
    "amount": ["12.50", "$5,438.75", "", "7.10"],
    "memo": [
        "a gift 🎁 for you",
        "rent",
        "Gift\N{VARIATION SELECTOR-16}, it never  came",
        "𝄞 never",
    ],
    "is_new": ["true", "false", "true", ""],
    "booked": ["2026-08-01", "2026-08-02", "", "2026-09-01"],
}


@pytest.fixture
def payments(tmp_path, serve):
    """A project of payments, made of a file as people make one."""
    from typer.testing import CliRunner

    from motherlode.cli._app import app
    from motherlode.project._data.folder import open_project

    path = tmp_path / "payments.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(PAYMENTS)
        writer.writerows(zip(*PAYMENTS.values(), strict=True))
    folder = tmp_path / "made"
    asked = ["init", str(folder), "--data", str(path), "--id", "payment_id", "--classes", "ok,bad"]
    made = CliRunner().invoke(app, asked)
    assert made.exit_code == 0, made.output
    client = serve(open_project(folder))
    client.headers["Authorization"] = f"Bearer {client.app.state.service.access.token}"
    return client


def find_ids(client, **asked):
    answer = client.get("/api/search", params=asked)
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["rows"]]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("P0030", ["P0030"]),
        ("P003", ["P003", "P0030"]),
        ("12.50", ["P001"]),
        ("$5,438.75", ["P002"]),
        ("5438.75", ["P002"]),
        ("gift 🎁", ["P001"]),
        ("gif*", ["P001", "P003"]),
        ('"never came"', ["P003"]),
        ("“never came”", ["P003"]),
        ("rent true", []),
        ("2026-09-01", ["P0030"]),
    ],
)
def test_words_are_looked_for_in_ids_and_in_cells_as_the_file_has_them(payments, words, ids):
    assert find_ids(payments, words=words) == ids


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("payment_id == 'P002'", ["P002"]),
        ("amount is null", ["P003"]),
        ("amount == '$5,438.75'", ["P002"]),
        ("amount == 12.5", ["P001"]),
        ("booked > 2026-08-01", ["P002", "P0030"]),
        ("is_new == 'true'", ["P001", "P003"]),
        ("is_new is null", ["P0030"]),
    ],
)
def test_conditions_speak_of_ids_dates_and_missing_values(payments, condition, ids):
    assert find_ids(payments, condition=condition) == ids


def test_a_row_whose_id_is_the_words_comes_first(payments):
    assert find_ids(payments, words="P003")[0] == "P003"
    assert find_ids(payments, words='"P0030"') == ["P0030"]
    assert find_ids(payments, words="P003", condition="amount is not null") == ["P0030"]


def test_the_places_of_the_words_are_told_in_units_of_browsers(payments):
    (row,) = payments.get("/api/search", params={"words": "𝄞 never"}).json()["rows"]
    memo = row["content"]["memo"].encode("utf-16-le")
    assert [memo[2 * a : 2 * b].decode("utf-16-le") for a, b in row["spans"]["memo"]] == [
        "𝄞", "never",
    ]  # fmt: skip
    assert set(row["spans"]) == {"memo"}


def test_rows_like_one_are_found_by_its_id(payments):
    found = until(
        lambda: payments.get("/api/search", params={"like": "P001"}), lambda a: a.is_success
    ).json()
    assert (found["like"], found["total"]) == ("P001", 3)
    refused = payments.get("/api/search", params={"like": "P9"})
    assert (refused.status_code, "no row 'P9'" in refused.json()["detail"]) == (422, True)


def test_ranks_tell_rows_apart_whose_probabilities_are_small_and_alike():
    alike = np.linspace(0.270, 0.272, 1_000)
    levels = _map._rank(alike)
    share = 1_000 ** ((1 - levels) / 254)
    assert (levels.min(), levels.max()) == (1, 255)
    assert abs((share <= 0.0101).sum() - 10) <= 1
    assert (np.diff(levels) >= 0).all()
    assert set(_map._rank(np.full(50, 0.5))) == {1}
    assert _map._rank(np.array([0.3])).tolist() == [255]


def test_chosen_rows_are_counted_and_cancelled(client):
    rows = list(range(20, 80))
    assert client.post("/api/map/first", json={"rows": rows}).json()["rows"] == rows
    label(client, r20="dry", r21="gold")
    found = client.get("/api/map/first").json()
    assert found == {"chosen": 60, "answered": 2, "to_come": 58}
    other = client.get("/api/map/first", headers={"X-Annotator": "ben"}).json()
    assert other == {"chosen": 0, "answered": 0, "to_come": 0}
    assert client.delete("/api/map/first").json() == other
    assert client.get("/api/next").json()["rows"][0]["row"] not in rows
