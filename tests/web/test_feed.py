"""The live feed ends with the session that asked for it, on a real server."""

import threading
import time
from contextlib import ExitStack

import httpx2 as httpx
import pytest
import uvicorn
from fastapi import HTTPException

from motherlode.project._accounts import put_account, remove_account
from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._app import make_app
from motherlode.web._shares import Shares

PASSWORD = "a long enough password"


@pytest.fixture
def listening(project):
    live, access = Live(project), Access(project.database)
    app = make_app(project, live, access, only_own_names=True)
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        client.service = app.state.service
        yield client, access
    server.should_exit = True
    thread.join()
    live.close()


def log_out(client, project, ann):
    assert client.post("/api/logout", headers=ann).status_code == 204


def log_out_everywhere(client, project, ann):
    token = client.post("/api/login", json={"name": "ann", "password": PASSWORD}).json()["token"]
    client.cookies.clear()
    here = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/logout/everywhere", headers=here).status_code == 204


def remove(client, project, ann):
    remove_account(project.database, "ann")


def change_password(client, project, ann):
    put_account(project.database, "ann", "annotator", PASSWORD + "!")


@pytest.mark.parametrize("end", [log_out, log_out_everywhere, remove, change_password])
def test_a_feed_ends_with_its_session_before_the_next_label(listening, project, end):
    client, _ = listening
    for name in ("ann", "boss"):
        put_account(project.database, name, "admin", PASSWORD)
    ann, boss = (logged_in(client, name) for name in ("ann", "boss"))
    with client.stream("GET", "/api/events", headers=ann) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("data: "))
        end(client, project, ann)
        body = {"labels": [{"row": 1, "label": "gold"}]}
        assert client.post("/api/labels", json=body, headers=boss).status_code == 200
        assert [line for line in lines if line.startswith("data: ")] == []


def test_a_feed_of_the_token_ends_with_the_first_account(listening, project):
    client, access = listening
    with client.stream(
        "GET", "/api/events", headers={"Authorization": f"Bearer {access.token}"}
    ) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("data: "))
        put_account(project.database, "boss", "admin", PASSWORD)
        assert [line for line in lines if line.startswith("data: ")] == []


def test_a_person_has_few_feeds_at_once_and_others_have_theirs(listening, project, monkeypatch):
    client, _ = listening
    monkeypatch.setattr(client.service.feeds, "_of_person", 2)
    for name in ("ann", "boss"):
        put_account(project.database, name, "admin", PASSWORD)
    ann, boss = (logged_in(client, name) for name in ("ann", "boss"))
    with ExitStack() as stack:
        read = []  # what is read no more ends
        for who in (ann, ann, boss):
            feed = stack.enter_context(client.stream("GET", "/api/events", headers=who))
            read.append(feed.iter_lines())
            assert next(line for line in read[-1] if line.startswith("data: "))
        refused = client.get("/api/events", headers=ann)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert refused.json()["detail"] == (
            "2 live feeds run for you already; end one, or wait until one ends."
        )
    wait_for(lambda: not client.service.feeds._running)
    with client.stream("GET", "/api/events", headers=ann) as feed:
        assert feed.status_code == 200


def test_a_person_has_few_exports_at_once_also_if_they_are_read_slowly(
    listening, project, monkeypatch
):
    client, access = listening
    token = {"Authorization": f"Bearer {access.token}"}
    part, go_on = b"x" * 1_000_000, threading.Event()

    def parts(self, format):
        for _ in range(200):
            yield part
        go_on.wait(20)

    monkeypatch.setattr("motherlode.web._overview.Export.parts", parts)
    with client.stream("GET", "/api/export", headers=token) as one:
        with client.stream("GET", "/api/export", headers=token) as other:
            assert (one.status_code, other.status_code) == (200, 200)
            refused = client.get("/api/export", headers=token)
            assert refused.status_code == 429
            assert "2 exports run for you already" in refused.json()["detail"]
        wait_for(lambda: sum(client.service.exports._running.values()) == 1)
        go_on.set()
        assert len(client.get("/api/export", headers=token).content) == 200 * len(part)
    wait_for(lambda: not client.service.exports._running)


def test_a_network_has_a_share_too_and_a_proxy_of_this_machine_none():
    shares = Shares("live feeds", 9, 2)
    with shares.hold("ann", "2001:db8::1"), shares.hold("ben", "2001:db8::2"):
        third = shares.hold("cy", "2001:db8::3")
        with pytest.raises(HTTPException, match="2 live feeds run for your network already"):
            third.__enter__()
        with shares.hold("cy", "2001:db8:0:1::1"), shares.hold("dan", "192.0.2.7"):
            pass
    with ExitStack() as stack:
        for i in range(9):
            stack.enter_context(shares.hold(f"person {i}", "127.0.0.1"))
    assert not shares._running


def wait_for(is_right):
    end = time.monotonic() + 20
    while not is_right():
        assert time.monotonic() < end
        time.sleep(0.02)


def logged_in(client, name):
    done = client.post("/api/login", json={"name": name, "password": PASSWORD})
    client.cookies.clear()
    return {"Authorization": f"Bearer {done.json()['token']}"}
