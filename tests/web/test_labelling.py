"""Next, labels, undo and looking back, as clients call them."""

import pyarrow as pa
import pytest


def label(client, *answers, status=200, **headers):
    done = client.post("/api/labels", json={"labels": list(answers)}, headers=headers)
    assert done.status_code == status, done.text
    return done.json()


def test_label_and_advance(client):
    (first,) = client.get("/api/next").json()["rows"]
    assert list(first["content"]) == ["depth", "width", "town"]
    assert first["id"] == f"r{first['row']}"
    assert first["reason"].startswith("Drawn at random")
    assert first["measure"].startswith("no ranking is ready")
    label(client, {"row": first["row"], "label": "gold", "seconds": 1.5})
    (second,) = client.get("/api/next").json()["rows"]
    assert second["row"] != first["row"]
    status = client.get("/api/status").json()
    assert (status["labelled"], status["found"]) == (1, 1)


def test_values_come_as_texts_with_all_their_digits(make, serve):
    table = pa.table(
        {
            "id": [2**53 + 1 + i for i in range(20)],
            "amount": [98765432.1 + i for i in range(20)],
            "year": [2003] * 20,
            "gap": [None, *[0.5] * 19],
        }
    )
    client = serve(make(table, columns=("amount",), shown=("amount", "year", "gap")))
    client.headers["Authorization"] = f"Bearer {client.app.state.service.access.token}"
    first = client.get("/api/rows/0").json()
    assert first["id"] == "9007199254740993"
    assert first["content"] == {"amount": "98765432.1", "year": "2003", "gap": None}
    assert client.get("/api/project").json()["kinds"] == dict.fromkeys(first["content"], "number")


def test_two_annotators_hold_different_rows(client):
    def rows(name):
        found = client.get("/api/next", params={"n": 5}, headers={"X-Annotator": name})
        return {row["row"] for row in found.json()["rows"]}

    assert rows("ann").isdisjoint(rows("ben"))
    assert rows("ann") == rows("ann")
    assert rows("J%C3%BCrgen").isdisjoint(rows("ann") | rows("ben"))


def test_undo_gives_the_row_back_and_history_tells_what_stands(client):
    label(client, {"row": 3, "label": "dry"}, {"row": 4, "kind": "unsure"})
    undone = client.post("/api/undo").json()
    assert (undone["row"], undone["kind"]) == (4, "unsure")
    history = client.get("/api/history").json()["answers"]
    assert [answer["row"] for answer in history] == [3]
    assert client.post("/api/undo", json={"event": history[0]["event"]}).json()["row"] == 3
    assert client.post("/api/undo").status_code == 422


def test_an_answer_sent_again_is_recorded_once(client):
    answer = {"row": 3, "label": "gold", "key": "k"}
    assert label(client, answer) == label(client, answer)
    assert client.get("/api/status").json()["last_event"] == 1


def test_a_key_of_other_content_is_a_conflict_that_shows_nothing(client):
    hers = {"row": 3, "label": "gold", "note": "hers", "key": "k"}
    label(client, hers, **{"X-Annotator": "ann"})
    ben = {"X-Annotator": "ben"}
    refused = [
        label(client, {**hers, "row": 4}, status=409, **{"X-Annotator": "ann"}),
        label(client, hers, status=409, **ben),
        label(client, *({"row": r, "kind": "skip", "key": "j"} for r in (5, 6)), status=409, **ben),
        client.post("/api/undo", json={"key": "k"}, headers=ben),
    ]  # fmt: skip
    assert refused[-1].status_code == 409
    assert refused[0]["detail"].startswith("The key 'k' was sent before with other content;")
    assert "hers" not in f"{refused} {refused[-1].text}"
    label(client, {"row": 7, "kind": "skip", "key": "own"}, **ben)
    assert client.post("/api/undo", json={"key": "own"}, headers=ben).status_code == 409
    assert client.post("/api/undo", json={"key": "a\0b"}, headers=ben).status_code == 422
    assert client.get("/api/status").json()["last_event"] == 2


def test_a_row_with_its_answers(client):
    label(client, {"row": 3, "label": "gold", "note": "n", "tags": ["a", "b"]})
    found = client.get("/api/rows/3").json()
    (answer,) = found["answers"]
    assert (answer["label"], answer["note"], answer["tags"]) == ("gold", "n", ["a", "b"])
    assert client.get("/api/rows/120").status_code == 422
    assert client.get("/api/rows/-1").status_code == 422
    assert client.get("/api/rows/3/image").status_code == 422


def test_a_tag_of_two_lines_is_refused_as_it_would_become_two_tags(client):
    sent = {"labels": [{"row": 3, "label": "gold", "tags": ["a\nb"]}]}
    refused = client.post("/api/labels", json=sent)
    assert (refused.status_code, "line break" in refused.json()["detail"]) == (422, True)
    assert client.get("/api/history").json()["answers"] == []


def test_disagreements_are_settled(client):
    label(client, {"row": 3, "label": "gold"}, **{"X-Annotator": "ann"})
    label(client, {"row": 3, "label": "dry"}, **{"X-Annotator": "ben"})
    (row,) = client.get("/api/disagreements").json()["rows"]
    assert [answer["label"] for answer in row["answers"]] == ["gold", "dry"]
    assert client.get("/api/status").json()["disputed"] == 1
    label(client, {"row": 3, "label": "dry", "channel": "settle"}, **{"X-Annotator": "cy"})
    assert client.get("/api/disagreements").json()["rows"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([{"row": 1, "label": "gold"}, {"row": 1, "label": "dry"}], "answered twice"),
        ([{"row": 999, "label": "gold"}], "Row 999"),
        ([{"row": 10**30, "label": "gold"}], "not in the data"),
        ([{"row": 1, "label": "silver"}], "silver"),
        ([{"row": 1}], "give one of the classes: dry, gold"),
        ([{"row": 1, "label": "gold", "seconds": -1}], "seconds"),
        ([{"row": 1, "label": "gold", "note": "n" * 10_001}], "note"),
        ([{"row": 1, "label": "gold", "note": "a\0"}], "no text"),
        ([{"row": 1, "label": "gold", "colour": "red"}], "colour"),
        ([{"row": True, "label": "gold", "key": ""}], "key"),
        ([], "labels"),
    ],
)
def test_wrong_answers_are_refused_in_a_sentence(client, body, said):
    assert said in label(client, *body, status=422)["detail"]
    assert client.get("/api/status").json()["last_event"] == 0


def test_what_was_sent_is_not_sent_back(client):
    done = client.post("/api/labels", json={"labels": [{"row": "secret", "label": "gold"}]})
    assert done.status_code == 422
    assert "secret" not in done.text


def test_a_note_of_ten_megabytes_is_refused(client):
    body = {"labels": [{"row": 1, "label": "gold", "note": "n" * 10_000_000}]}
    assert client.post("/api/labels", json=body).status_code == 413

    def parts():
        for _ in range(100):
            yield b"n" * 100_000

    assert client.post("/api/labels", content=parts()).status_code == 413
    assert client.get("/api/status").json()["last_event"] == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"labels": "x"}', b"null"])
def test_bodies_that_are_no_answers(client, content):
    headers = {"Content-Type": "application/json"}
    done = client.post("/api/labels", content=content, headers=headers)
    assert done.status_code in (400, 422)


def test_a_lone_surrogate_is_no_text(client):
    content = rb'{"labels": [{"row": 1, "label": "gold", "note": "\ud800"}]}'
    headers = {"Content-Type": "application/json"}
    assert client.post("/api/labels", content=content, headers=headers).status_code == 422


def test_a_name_that_no_database_holds_is_refused(client):
    content = rb'{"name": "a\u0000b", "password": "right horse"}'
    headers = {"Content-Type": "application/json"}
    assert client.post("/api/login", content=content, headers=headers).status_code in (401, 422)
