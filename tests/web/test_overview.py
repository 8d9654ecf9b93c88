"""Status, its live feed, exports and pages."""

import io
import json
import re
import threading
import time
from importlib.resources import files

import httpx2 as httpx
import pytest
import uvicorn
from pyarrow import parquet

from motherlode.errors import InputError
from motherlode.project._insight import quality
from motherlode.project._log.fold import State
from motherlode.project._serving.live import Live
from motherlode.project._training.trainer_lock import write_problem
from motherlode.web._access import Access
from motherlode.web._app import make_app


@pytest.fixture
def labelled(client):
    body = {"labels": [{"row": i, "label": "gold" if i == 0 else "dry"} for i in range(5)]}
    assert client.post("/api/labels", json=body).status_code == 200
    return client


def test_the_outlook_says_why_there_is_no_number_and_counts_what_was_drawn(client):
    body = {"labels": [{"row": i, "label": "dry"} for i in range(3)]}
    assert client.post("/api/labels", json=body).status_code == 200
    found = client.get("/api/forecast").json()
    assert (found["labels"], found["found"], found["at_random"]) == (3, 0, 0)
    assert "none of the rows was drawn at random" in found["estimates"]["recall"]["reason"]
    assert {"stop", "why", "promises", "assumes"} <= found["advice"][0].keys()


def test_the_description_says_what_status_and_outlook_hold(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    status, forecast = client.get("/api/status").json(), client.get("/api/forecast").json()
    assert status.keys() == schemas["StatusOut"]["properties"].keys()
    assert forecast.keys() == schemas["ForecastOut"]["properties"].keys()
    assert status["ranking"] is None
    assert forecast["estimates"]["recall"].keys() == {"name", "reason"}
    assert forecast["estimates"].keys() == schemas["EstimatesOut"]["properties"].keys()


def test_a_label_is_in_the_next_status_and_the_dashboard_waits_for_no_outlook(client, monkeypatch):
    held = threading.Event()
    explanations = client.app.state.service.explanations
    monkeypatch.setattr(explanations._forecast, "_make", lambda state: held.wait(30) and {})
    for labels in range(1, 4):
        body = {"labels": [{"row": labels, "label": "dry"}]}
        assert client.post("/api/labels", json=body).status_code == 200
        assert client.get("/api/status").json()["labelled"] == labels
        page = client.get("/dashboard/now").text
        assert "Being worked out" in page
        assert "data-pending" in page
    held.set()


def test_what_was_worked_out_is_not_worked_out_again_until_something_is_new(client):
    explanations = client.app.state.service.explanations
    made, make = [], explanations._forecast._make
    explanations._forecast._make = lambda state: made.append(state.last) or make(state)
    for _ in range(3):
        assert client.get("/api/forecast").json()["labels"] == 0
    client.post("/api/labels", json={"labels": [{"row": 1, "label": "dry"}]})
    explanations._forecast._rests_until = 0.0
    for _ in range(3):
        assert client.get("/api/forecast").json()["labels"] == 1
    assert made == [0, 1]


def test_a_drawing_looks_at_all_labels_once_a_state_at_most(labelled, monkeypatch):
    while "data-pending" in labelled.get("/dashboard/now").text:
        time.sleep(0.05)
    looked = []
    monkeypatch.setattr(State, "table", lambda state: looked.append("table"))
    monkeypatch.setattr(State, "labelled", lambda state: looked.append("labelled"))
    for path in 3 * ("/dashboard/now", "/api/status", "/api/forecast", "/api/next"):
        assert labelled.get(path).status_code == 200
    assert looked == []


def test_a_status_waits_for_no_look_at_all_labels_where_no_class_is_named(make, serve):
    client = serve(make(minority=None))
    service, held = client.app.state.service, threading.Event()
    client.headers["Authorization"] = f"Bearer {service.access.token}"
    before = client.get("/api/status").json()["positive_class"]
    service.explanations._guess._make = lambda state: held.wait(30)
    service.explanations._guess._rests_until = 0.0
    client.post("/api/labels", json={"labels": [{"row": 1, "label": "gold"}]})
    status = client.get("/api/status").json()
    held.set()
    assert (status["labelled"], status["positive_class"]) == (1, before)


def test_many_labels_make_no_dashboard_read_the_pool(labelled, monkeypatch):
    explanations = labelled.app.state.service.explanations
    monkeypatch.setattr(quality, "MOST", 4)
    monkeypatch.setattr(explanations, "pool", lambda timeout: pytest.fail("read the pool"))
    assert explanations.quality(10.0) is quality.TOO_MANY


@pytest.mark.parametrize("path", ["/", "/dashboard"])
def test_a_page_of_a_fresh_server_says_how_far_the_labels_are_read(client, monkeypatch, path):
    live = client.app.state.service.live
    with monkeypatch.context() as patch:
        patch.setattr(live, "now", lambda: pytest.fail("waited for the labels"))
        patch.setattr(live, "progress", lambda timeout: 0.4)
        text = client.get(path).text
    assert "Reading the labels: 40 %" in text
    assert 'http-equiv="refresh"' in text
    assert "Reading the labels" not in client.get(path).text


def test_exports(labelled):
    found = labelled.get("/api/export", params={"format": "csv"})
    assert found.headers["content-disposition"] == 'attachment; filename="labels.csv"'
    assert len(found.text.splitlines()) == 6
    lines = labelled.get("/api/export", params={"format": "jsonl"}).text.splitlines()
    read = [json.loads(line) for line in lines]
    assert [line["label"] for line in read] == ["gold", "dry", "dry", "dry", "dry"]
    table = labelled.get("/api/export", params={"format": "parquet"}).content
    assert parquet.read_table(io.BytesIO(table)).to_pylist() == read
    log = labelled.get("/api/export", params={"format": "jsonl", "events": True})
    assert log.headers["content-disposition"] == 'attachment; filename="log.jsonl"'
    assert json.loads(log.text.splitlines()[0])["kind"] == "label"
    assert labelled.get("/api/export", params={"format": "docx"}).status_code == 422
    for format, ending in (("label-studio", "json"), ("doccano", "jsonl"), ("hugging-face", "zip")):
        found = labelled.get("/api/export", params={"format": format})
        name = f'attachment; filename="labels-{format}.{ending}"'
        assert (found.status_code, found.headers["content-disposition"]) == (200, name)
        assert f"format={format}" in labelled.get("/dashboard").text
    refused = labelled.get("/api/export", params={"format": "ris", "events": True})
    assert refused.status_code == 422
    assert "not the log" in refused.json()["detail"]


def test_pages_hold_no_script_or_style_of_their_own_and_no_outside_link(labelled):
    for path in ("/", "/docs", "/search", "/map", "/dashboard"):
        text = labelled.get(path).text
        assert re.search(r"<script(?! [^>]*src=\"/static/)", text) is None
        assert re.search(r"<style| style=| on[a-z]+=", text) is None
        assert "http://" not in text
        assert "https://" not in text


def test_script_and_style_are_small():
    static = files("motherlode.web") / "static"
    assert sum(len(one.read_bytes()) for one in static.iterdir()) < 180_000


def test_the_policy_lets_only_our_own_script_and_style_run(client):
    policy = client.get("/").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy


def test_the_description_names_every_endpoint_of_the_contract(client):
    paths = client.get("/openapi.json").json()["paths"]
    contract = {("/api/next", "get"), ("/api/labels", "post"), ("/api/undo", "post"),
                ("/api/status", "get"), ("/api/events", "get"), ("/api/export", "get")}  # fmt: skip
    assert contract <= {(path, method) for path in paths for method in paths[path]}
    page = client.get("/docs").text
    assert all(path in page for path in paths)


def test_status_is_sent_when_it_changes(project):
    live = Live(project)
    access = Access(project.database)
    app = make_app(project, live, access, only_own_names=True)
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    with (
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {access.token}"},
            timeout=20,
        ) as client,
        client.stream("GET", "/api/events") as stream,
    ):
        lines = stream.iter_lines()
        assert _next_status(lines)["labelled"] == 0
        client.post("/api/labels", json={"labels": [{"row": 1, "label": "gold"}]})
        assert _next_status(lines)["labelled"] == 1
    server.should_exit = True
    thread.join()
    live.close()


def _next_status(lines):
    data = next(line for line in lines if line.startswith("data: "))
    return json.loads(data.removeprefix("data: "))


@pytest.mark.parametrize("minority", ["gold", None])
def test_the_dashboard_asks_for_the_positive_class_where_none_is_named(make, serve, minority):
    client = serve(make(minority=minority))
    client.headers["Authorization"] = f"Bearer {client.app.state.service.access.token}"
    text = client.get("/dashboard").text
    assert ("Until then it is gold, taken to be rare" in text) == (minority is None)
    assert ("Name the class that you look for" in text) == (minority is None)
    assert "--minority" not in text


def test_why_there_is_no_new_ranking_is_on_the_dashboard_and_in_the_status(client, project):
    write_problem(project.database, "<b>No memory</b>; give it more.")
    assert client.get("/api/status").json()["ranking"] == {
        "problem": "<b>No memory</b>; give it more."
    }
    shown = client.get("/dashboard").text
    assert 'role="alert"' in shown
    assert "&lt;b&gt;No memory&lt;/b&gt;; give it more. Meanwhile rows come from chance" in shown


def test_figures_are_ready_before_somebody_asks(labelled):
    explanations = labelled.app.state.service.explanations
    explanations.warm_up()
    until = time.monotonic() + 60
    while min(explanations._forecast.last, explanations._quality.last) < 0:
        assert time.monotonic() < until
        time.sleep(0.05)
    page = labelled.get("/dashboard/now").text
    assert "data-pending" not in page
    assert 'id="verdict"' in page


def test_the_dashboard_opens_where_no_model_can_read_the_rows(labelled, monkeypatch):
    def refuse(timeout: float = 0.0) -> None:
        raise InputError("The texts hold no word that can be used.")

    explanations = labelled.app.state.service.explanations
    monkeypatch.setattr(explanations, "quality", refuse)
    explanations.forecast(60)
    assert 'id="verdict"' in labelled.get("/dashboard/now").text


def test_class_names_stand_in_the_verdict(labelled):
    explanations = labelled.app.state.service.explanations
    explanations.forecast(60)
    page = labelled.get("/dashboard/now").text
    top = page[: page.index("Numbers and rules behind this")]
    assert "1 row of gold is found" in top
    assert "positive" not in page.lower()
    assert "row of gold" in page[len(top) :]
