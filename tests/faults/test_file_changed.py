"""The database of a running server is moved, and comes back; copies of it are whole or refused."""

import time

import pytest
from projects import rows_table, settings_for

from motherlode.project._data.folder import create_project, open_project
from motherlode.project._log import log

from .server import Server


@pytest.fixture
def folder(tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    return tmp_path / "p"


@pytest.fixture
def server(folder):
    server = Server(folder, trainer=False).start()
    yield server
    server.stop()


def follow(client):
    """Give the names of the events that the dashboard gets."""
    with client.stream("GET", "/api/events") as events:
        yield from (line for line in events.iter_lines() if line.startswith("event:"))


def test_a_database_that_is_moved_and_comes_back(folder, server):
    acknowledged = {}
    with server.client("ann") as client:

        def answer(row):
            body = {"labels": [{"row": row, "label": "dry", "key": f"k{row}"}]}
            done = client.post("/api/labels", json=body)
            if done.status_code == 200:
                acknowledged[f"k{row}"] = done.json()["events"][0]
            return done

        assert answer(1).status_code == 200
        feed = follow(client)
        assert next(feed) == "event: status"
        (folder / "labels.sqlite").rename(folder.parent / "elsewhere")
        away = answer(2)
        assert away.status_code == 503
        assert "moved, deleted or replaced" in away.json()["detail"]
        assert away.json()["detail"].count(". ") == 0
        assert client.get("/api/status").status_code == 503
        page = client.get("/dashboard", headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "moved, deleted or replaced" in page.text
        assert next(feed) == "event: problem"
        (folder.parent / "elsewhere").rename(folder / "labels.sqlite")
        deadline = time.monotonic() + 30
        while answer(2).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert client.get("/dashboard").status_code == 200
        while next(feed) != "event: status":
            assert time.monotonic() < deadline
        feed.close()
    server.stop()
    assert not (folder / "labels.sqlite-wal").exists()
    with open_project(folder) as project, project.database.reading() as connection:
        assert {event.key: event.id for event in log.read_after(connection, 0)} == acknowledged
