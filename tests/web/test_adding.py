"""Rows are added over REST by admins alone, and are served, found and mapped at once."""

import threading

import pytest

from motherlode.project._accounts import put_account

from .test_settings import log_in


def rows(first, n, depth=0.5):
    return [
        {"id": f"r{row}", "depth": depth, "width": 1, "town": "ulm"}
        for row in range(first, first + n)
    ]


def test_rows_are_served_found_and_exported_without_a_restart(client):
    client.get("/api/search?words=ulm")  # the page has seen the rows of before
    added = client.post("/api/rows", json={"rows": rows(120, 5), "source": "the lab"})
    assert added.status_code == 200, added.text
    assert (added.json()["added"], added.json()["first"]) == (5, 120)
    status = client.get("/api/status").json()
    assert (status["rows"], status["arrivals"][0]["source"]) == (125, "the lab")
    assert status["last_change"] == added.json()["event"]
    assert client.get("/api/rows/124").json()["id"] == "r124"
    found = client.get("/api/search", params={"condition": "depth == 0.5"}).json()
    assert [row["row"] for row in found["rows"]] == [120, 121, 122, 123, 124]
    labelled = client.post("/api/labels", json={"labels": [{"row": 124, "label": "gold"}]})
    assert labelled.status_code == 200
    assert "r124" in client.get("/api/export?format=csv").text
    settings = client.get("/api/settings").json()
    assert settings["changes"][0]["said"] == "rows: 5 added, from the lab"
    assert client.post("/api/settings/undo").status_code == 422
    assert len(client.get("/api/map/known").content) == 2 * 125


def test_rows_that_are_there_are_refused_or_updated_and_their_labels_flagged(client):
    client.post("/api/labels", json={"labels": [{"row": 3, "label": "gold"}]})
    refused = client.post("/api/rows", json={"rows": rows(2, 3)})
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("3 of the 3 rows of REST are in the project already")
    done = client.post("/api/rows", json={"rows": rows(2, 3, 7.5), "update": True}).json()
    assert (done["added"], done["updated"], done["content_changed"]) == (0, 3, [3])
    shown = client.get("/api/rows/3").json()
    assert (shown["content"]["depth"], shown["answers"][0]["label"]) == ("7.5", "gold")
    assert shown["content_changed"]
    assert client.get("/api/status").json()["content_changed"] == 1
    assert client.get("/api/answers").json()["answers"][0]["content_changed"]
    shown = client.get("/dashboard/now").text
    assert "Last came new content for 3 rows from REST, 20" in shown
    assert "1 row has other content since the answer" in shown
    client.post("/api/rows", json={"rows": rows(120, 1), "source": "<the lab>"})
    assert "Last came 1 new row from &lt;the lab&gt;, 20" in client.get("/dashboard").text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rows": [{"id": "x", "width": 1}]}, "Row 0 (counted from 0) has no 'depth'"),
        ({"rows": [{"id": "x", "depth": "deep", "width": 1, "town": "ulm"}]}, "'depth'"),
        ({"rows": []}, "rows"),
        ({"rows": rows(1, 1) * 10_001}, "rows"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(client, body, said):
    refused = client.post("/api/rows", json=body)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]
    assert client.get("/api/status").json()["rows"] == 120


def test_only_admins_add_rows(project, serve):
    put_account(project.database, "root", "admin", "a long password")
    put_account(project.database, "ann", "annotator", "a long password")
    client = serve(project)
    log_in(client, "ann", "a long password")
    assert client.post("/api/rows", json={"rows": rows(120, 1)}).status_code == 403
    log_in(client, "root", "a long password")
    assert client.post("/api/rows", json={"rows": rows(120, 1)}).status_code == 200


def test_rows_come_while_three_annotators_label(client):
    acknowledged, given, problems = {}, [], []

    def label(name):
        headers = {"X-Annotator": name}
        for _ in range(40):
            for row in client.get("/api/next?n=2", headers=headers).json()["rows"]:
                given.append(row["row"])
                body = {"labels": [{"row": row["row"], "label": "dry"}]}
                done = client.post("/api/labels", json=body, headers=headers)
                if done.status_code == 200:
                    acknowledged[row["row"]] = done.json()["events"][0]
                else:
                    problems.append(done.text)

    people = [threading.Thread(target=label, args=(f"annotator {i}",)) for i in range(3)]
    for person in people:
        person.start()
    for part in range(10):
        done = client.post("/api/rows", json={"rows": rows(120 + 20 * part, 20)})
        assert done.status_code == 200, done.text
    for person in people:
        person.join()
    state = client.app.state.service.live.now()
    assert not problems
    assert len(acknowledged) >= 200
    assert {row: known.first.id for row, known in state.rows.items()} == acknowledged
    assert len(given) == len(set(given))
    assert client.get("/api/status").json()["rows"] == 320
