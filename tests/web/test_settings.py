"""Settings are changed over REST by admins alone, and hold at once for all."""

import pytest

from motherlode.project._accounts import put_account
from motherlode.project._data.addresses import find_strange_receivers, remember_receiver


def log_in(client, name, password):
    found = client.post("/api/login", json={"name": name, "password": password})
    client.headers["Authorization"] = f"Bearer {found.json()['token']}"
    client.cookies.clear()


def value(client, name):
    found = client.get("/api/settings").json()["settings"]
    return next(one for one in found if one["name"] == name)


def test_a_change_holds_at_once_and_says_who_made_it(client):
    client.headers["X-Annotator"] = "eve"
    changed = client.post("/api/settings", json={"control": 0.2, "lease": 60})
    assert changed.status_code == 200, changed.text
    assert changed.json()["said"] == ["control: 0 % → 20 %", "lease: 600 s → 60 s"]
    assert len(changed.json()["events"]) == 2
    listed = value(client, "control")
    assert (listed["value"], listed["by"], listed["said"]) == (0.2, "eve", "20 %")
    assert client.post("/api/settings", json={"control": 0.2}).json()["events"] == []
    assert client.get("/api/status").json()["last_change"] == changed.json()["events"][-1]


def test_classes_are_renamed_under_the_hands_of_those_who_label(client):
    client.post("/api/labels", json={"labels": [{"row": 1, "label": "gold"}]})
    body = {"rename": {"gold": "ore"}, "add": ["pyrite"]}
    changed = client.post("/api/settings/classes", json=body).json()
    assert changed["said"] == ["classes: dry, gold → dry, ore, pyrite"]
    assert "1 row was labelled before" in changed["notes"][0]
    late = client.post("/api/labels", json={"labels": [{"row": 2, "label": "gold"}]})
    assert late.status_code == 200
    assert {a["label"] for a in client.get("/api/history").json()["answers"]} == {"ore"}
    project, status = client.get("/api/project").json(), client.get("/api/status").json()
    assert (project["classes"], project["minority"]) == (["dry", "ore", "pyrite"], "ore")
    assert status["classes"] == {"dry": 0, "ore": 2, "pyrite": 0}
    assert status["found"] == 2
    log = client.get("/api/export?format=csv&events=true").text
    assert log.count("gold") == 3  # two answers as they were given, and the value before
    merged = client.post("/api/settings/classes", json={"merge": {"ore": "dry"}}).json()
    assert "dry, which is looked for, has labels of other classes" in " ".join(merged["notes"])
    refused = client.post("/api/settings/classes", json={"merge": {"dry": "pyrite"}})
    assert refused.status_code == 422


def test_changes_are_taken_back_the_last_of_each_setting_first(client):
    first = client.post("/api/settings", json={"batch": 20}).json()["events"][0]
    client.post("/api/settings", json={"batch": 30, "goal": "find"})
    refused = client.post("/api/settings/undo", json={"event": first})
    assert refused.status_code == 422
    assert "changed again later" in refused.json()["detail"]
    found = client.get("/api/settings").json()["changes"]
    assert [one["can_be_taken_back"] for one in found] == [True, True, False]
    assert client.post("/api/settings/undo").json()["said"] == ["batch: 30 → 20"]
    assert client.post("/api/settings/undo", json={"event": first}).json()["said"] == [
        "batch: 20 → 10"
    ]
    assert value(client, "goal")["value"] == "find"
    found = client.get("/api/settings").json()["changes"]
    assert [one["taken_back"] for one in found] == [False, False, True, False, True]


def test_guidelines_are_shown_as_they_were_set(client):
    assert "None are written yet" in client.get("/guidelines").text
    client.post("/api/guidelines", json={"text": "Look *twice* <script>x</script>"})
    assert "<em>twice</em> &lt;script&gt;" in client.get("/guidelines").text
    assert "<em>twice</em>" in client.get("/").text
    client.post("/api/guidelines", json={"text": None})
    assert "None are written yet" in client.get("/guidelines").text
    assert client.post("/api/settings", json={"guidelines": "x"}).status_code == 422


def test_a_webhook_that_an_admin_names_waits_for_whoever_runs_the_server(client, tmp_path):
    address = f"http://127.0.0.1:9/{tmp_path.name}"  # the record outlives a test
    done = client.post("/api/settings", json={"webhook": [address]}).json()
    assert done["said"] == [f"webhook: none → {address}"]
    assert "motherlode trust" in done["notes"][0]
    assert "motherlode trust" in client.get("/settings").text
    assert find_strange_receivers([address]) == [address]
    remember_receiver(address)
    assert "motherlode trust" not in client.get("/settings").text
    again = client.post("/api/settings", json={"webhook": [address], "batch": 7}).json()
    assert (again["said"], again["notes"]) == (["batch: 10 → 7"], [])
    refused = client.post("/api/settings", json={"webhook": ["http://169.254.169.254/x"]})
    assert refused.status_code == 422
    assert value(client, "webhook")["value"] == [address]


@pytest.mark.parametrize(
    "body",
    [{"control": 2}, {"colour": 1}, {"strategy": "magic"}, {"minority": ["tin"]}, {"stop": ["x"]},
     {"batch": 0}, {"goal": "win"}],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_changes_nothing(client, body):
    assert client.post("/api/settings", json={"lease": 60} | body).status_code == 422
    assert client.get("/api/settings").json()["changes"] == []


def test_annotators_change_nothing_and_see_no_settings(project, serve):
    put_account(project.database, "ann", "annotator", "a long password")
    put_account(project.database, "eve", "admin", "another password")
    client = serve(project)
    log_in(client, "ann", "a long password")
    for path in ("/api/settings", "/settings/now", "/settings"):
        assert client.get(path).status_code == 403
    for path, body in (("", {"control": 1}), ("/classes", {"add": ["x"]}), ("/undo", {})):
        assert client.post(f"/api/settings{path}", json=body).status_code == 403
    assert "/settings" not in client.get("/").text
    assert client.get("/guidelines").status_code == 200
    log_in(client, "eve", "another password")
    assert client.post("/api/settings", json={"control": 0.5}).status_code == 200
    assert value(client, "control")["by"] == "eve"
    assert 'href="/settings"' in client.get("/").text
    assert "control: 0 % → 50 %" in client.get("/settings").text
