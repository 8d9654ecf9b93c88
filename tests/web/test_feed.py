"""The live feed ends with the session that asked for it, on a real server."""

import threading
import time

import httpx2 as httpx
import pytest
import uvicorn

from motherlode.project._accounts import put_account, remove_account
from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._app import make_app

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


def logged_in(client, name):
    done = client.post("/api/login", json={"name": name, "password": PASSWORD})
    client.cookies.clear()
    return {"Authorization": f"Bearer {done.json()['token']}"}
