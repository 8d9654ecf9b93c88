"""The list of answers, and what a colleague said, as clients with different rights get them."""

import json
from urllib.parse import urlencode

import pytest
from projects import ROWS

from motherlode.project._accounts import ADMIN, ANNOTATOR, put_account
from motherlode.project._serving.answers import Answer

PASSWORD = "a long enough password"
DAY = 86_400.0


@pytest.fixture
def live(client):
    """The rows of a project, with answers given on three days."""
    live = client.app.state.service.live
    clock, at = live.clock, [0.0]
    live.clock = lambda: at[0]
    live.answer("ann", [Answer(0, label="gold", note="In Ulm, NEAR the river", tags=("far", "b"))])
    live.answer("ann", [Answer(1, label="dry"), Answer(2, kind="unsure"), Answer(3, kind="skip")])
    at[0] = DAY + 10
    live.answer("ben", [Answer(0, label="dry"), Answer(4, label="gold", note="50 % sure")])
    at[0] = 3 * DAY - 1
    live.answer("ann", [Answer(1, label="gold", note="seen again")])
    live.clock = clock
    return live


def listed(client, status=200, **asked):
    asked = {name.rstrip("_"): value for name, value in asked.items()}
    found = client.get(f"/api/answers?{urlencode(asked, doseq=True)}")
    assert found.status_code == status, found.text
    return found.json()


def rows(client, **asked):
    found = listed(client, **asked)
    said = [(one["row"], one["answer"]["annotator"]) for one in found["answers"]]
    assert found["total"] == len(said)
    return said


ALL = [(1, "ann"), (4, "ben"), (0, "ben"), (3, "ann"), (2, "ann"), (0, "ann")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"annotator": "ben"}, [1, 2]),
        ({"annotator": "nobody"}, []),
        ({"class_": "gold"}, [0, 1, 5]),
        ({"class_": ["gold", "dry"]}, [0, 1, 2, 5]),
        ({"class_": "dry", "unsure": True}, [2, 4]),
        ({"unsure": True, "skipped": True}, [3, 4]),
        ({"disputed": True}, [2, 5]),
        ({"disputed": True, "class_": "gold"}, [5]),
        ({"note": "near THE"}, [5]),
        ({"note": "50 %"}, [1]),
        ({"tag": "FAR"}, [5]),
        ({"tag": "fa"}, []),
        ({"words": "ulm"}, [2, 3, 5]),
        ({"words": "ulm", "annotator": "ben"}, [2]),
        ({"from_": "1970-01-02"}, [0, 1, 2]),
        ({"until": "1970-01-02"}, [1, 2, 3, 4, 5]),
        ({"from_": "1970-01-02", "until": "1970-01-02"}, [1, 2]),
        ({"until": "1970-01-02T00:00:10Z"}, [3, 4, 5]),
        ({"from_": "1970-01-02T02:00:10+02:00", "until": "1970-01-03T00:00"}, [1, 2]),
    ],
)
def test_each_filter_finds_its_answers_the_last_first(client, live, asked, found):
    assert rows(client, **asked) == [ALL[place] for place in found]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"class_": "silver"}, "not among the classes"),
        ({"from_": "last week"}, "cannot be read"),
        ({"until": "2026-13-01"}, "write it like 2026-11-30"),
        ({"until": "9999-12-31"}, "cannot be read"),
        ({"words": "a " * 51}, "more than 50 words"),
        ({"n": 101}, "n"),
        ({"start": -1}, "start"),
    ],
)
def test_what_cannot_be_asked_is_said(client, live, asked, said):
    assert said in listed(client, 422, **asked)["detail"]


def test_pages_hold_all_answers_once(client, live):
    live.answer("cy", [Answer(row, label="dry") for row in range(20, ROWS)])
    whole = [one["answer"]["event"] for one in listed(client, n=100)["answers"]]
    total, parts = listed(client)["total"], []
    for start in range(0, total, 17):
        parts += listed(client, n=17, start=start)["answers"]
    events = [one["answer"]["event"] for one in parts]
    assert (events[:100], events) == (whole, sorted(events, reverse=True))
    assert len(set(events)) == total == len(ALL) + 100
    assert listed(client, start=total)["answers"] == []


def test_an_answer_comes_with_its_row_and_what_others_said(client, live):
    one = listed(client, tag="far")["answers"][0]
    assert (one["id"], one["content"]["town"], one["disputed"]) == ("r0", "ulm", True)
    assert one["answer"]["note"] == "In Ulm, NEAR the river"
    assert [(other["by"], other["label"]) for other in one["others"]] == [
        ("ann", "gold"),
        ("ben", "dry"),
    ]
    assert one["answers"] == []  # the caller has said nothing
    live.answer("eve", [Answer(0, label="gold", channel="settle")])
    assert rows(client, disputed=True) == []
    (settled,) = [a for a in listed(client)["answers"] if a["answer"]["annotator"] == "eve"]
    assert settled["answer"]["settles"]


def test_names_of_classes_are_those_of_now_and_earlier_ones_are_understood(client, live):
    client.post("/api/settings/classes", json={"rename": {"gold": "ore"}})
    assert rows(client, class_="ore") == rows(client, class_="gold") == [ALL[0], ALL[1], ALL[5]]


@pytest.fixture
def team(make, serve):
    """A function that serves a team, and gives what logs in each of it."""

    def start(double):
        project = make(double=double)
        for name, role in (("boss", ADMIN), ("ann", ANNOTATOR), ("ben", ANNOTATOR)):
            put_account(project.database, name, role, PASSWORD)
        client = serve(project, only_own_names=False)

        def enter(name):
            login = client.post("/api/login", json={"name": name, "password": PASSWORD})
            client.cookies.clear()
            return {"Authorization": f"Bearer {login.json()['token']}"}

        return client, *(enter(name) for name in ("boss", "ann", "ben"))

    return start


def said_by(client, headers, row):
    """What a client is told of the labels of a row, by all that tells of it."""
    found = client.get("/api/search", params={"words": "ulm", "n": 100}, headers=headers).json()
    (by_search,) = [one for one in found["rows"] if one["row"] == row]
    alone = client.get(f"/api/rows/{row}", headers=headers).json()
    assert by_search["others"] == alone["others"]
    return [(one["by"], one["label"]) for one in alone["others"]]


def send(client, headers, status=200, **answer):
    sent = client.post("/api/labels", json={"labels": [answer]}, headers=headers)
    assert sent.status_code == status, sent.text
    return sent.json()


def test_a_colleagues_label_is_told_and_a_second_one_is_given_on_purpose(team):
    client, boss, ann, ben = team(0.0)
    send(client, ann, row=3, label="gold", note="mine alone", channel="search")
    assert said_by(client, ben, 3) == [("ann", "gold")]
    assert said_by(client, ann, 3) == []
    refused = send(client, ben, 422, row=3, label="dry", channel="search")["detail"]
    assert "Row 3 is labelled (ann: gold); nothing was recorded." in refused
    assert client.get("/api/status", headers=boss).json()["disputed"] == 0
    send(client, ann, row=3, label="dry", channel="search")  # her own she may change
    send(client, ben, row=3, label="dry", channel="search", second=True, key="k")
    send(client, ben, row=3, label="dry", channel="search", second=True, key="k")
    send(client, ben, row=3, label="gold", channel="search")
    assert "mine alone" not in client.get("/api/answers", headers=ben).text


def test_a_row_that_a_colleague_passed_over_is_free_to_label(team):
    client, _, ann, ben = team(0.0)
    send(client, ann, row=3, kind="skip")
    assert said_by(client, ben, 3) == [("ann", None)]
    send(client, ben, row=3, label="dry", channel="search")


def test_a_blind_second_opinion_stays_blind(team):
    client, boss, ann, ben = team(1.0)
    (row,) = [r["row"] for r in client.get("/api/next", headers=ann).json()["rows"]]
    while row % 3:  # until it is one of Ulm
        send(client, ann, row=row, kind="skip")
        (row,) = [r["row"] for r in client.get("/api/next", headers=ann).json()["rows"]]
    send(client, ann, row=row, label="gold")
    assert said_by(client, ben, row) == []
    assert said_by(client, boss, row) == [("ann", "gold")]
    assert client.get("/api/answers", headers=ben).json()["total"] == 0
    send(client, ben, row=row, label="dry", channel="search")  # and is not refused
    assert said_by(client, ben, row) == [("ann", "gold")]  # both have answered


def test_annotators_list_their_own_answers_alone(team):
    client, boss, ann, ben = team(0.0)
    send(client, ann, row=3, label="gold", note="secret")
    send(client, ben, row=4, label="dry")

    def get(headers, **asked):
        return client.get("/api/answers", params=asked, headers=headers)

    assert [one["row"] for one in get(ann).json()["answers"]] == [3]
    assert [one["row"] for one in get(ann, annotator="ann").json()["answers"]] == [3]
    assert [one["row"] for one in get(boss).json()["answers"]] == [4, 3]
    assert [one["row"] for one in get(boss, annotator="ann").json()["answers"]] == [3]
    assert get(ben, annotator="ann").status_code == 403
    assert get({}).status_code == 401
    for asked in ({"note": "secret"}, {"disputed": True}, {"class": "gold"}):
        assert get(ben, **asked).json() == {"total": 0, "answers": []}
    assert "Given by" in client.get("/answers", headers=boss).text
    assert "Given by" not in client.get("/answers", headers=ben).text


def test_a_settlement_is_taken_back(client, live):
    headers = {"X-Annotator": "ann"}
    sent = client.post(
        "/api/labels",
        json={"labels": [{"row": 0, "label": "dry", "channel": "settle"}]},
        headers=headers,
    ).json()
    assert client.get("/api/disagreements").json()["rows"] == []
    assert client.get("/api/status").json()["classes"] == {"dry": 1, "gold": 2}
    undone = client.post("/api/undo", json={"event": sent["events"][0]}, headers=headers).json()
    assert (undone["label"], undone["settles"]) == ("dry", True)
    (row,) = client.get("/api/disagreements").json()["rows"]
    assert [(a["annotator"], a["label"]) for a in row["answers"]] == [
        ("ann", "gold"),
        ("ben", "dry"),
    ]
    assert "settle" not in json.dumps(client.get("/api/next", params={"n": 5}).json())
