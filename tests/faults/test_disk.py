"""Full disks, folders that cannot be written, damaged rankings: one sentence, nothing lost."""

import ctypes
import resource
import subprocess
import sys

import pytest
from projects import rows_table, settings_for
from sqlalchemy import update

from motherlode.project._data.folder import create_project, open_project
from motherlode.project._log import log
from motherlode.project._log.schema import ranking as ranking_table

from .server import Server

_DROP_CAPABILITY, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2


@pytest.fixture
def folder(tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    return tmp_path / "p"


def recorded(folder):
    with open_project(folder) as project, project.database.reading() as connection:
        return {event.key: event.id for event in log.read_after(connection, 0)}


def test_a_full_disk_refuses_labels_and_keeps_those_it_acknowledged(folder):
    # No file may grow past this: what a full disk does to a database, wherever tests may run.
    most = 600_000
    server = Server(folder, trainer=False, limits={resource.RLIMIT_FSIZE: (most, most)}).start()
    acknowledged, refused = {}, None
    with server.client("ann") as client:
        for i in range(400):
            key = f"k{i}"
            answer = {"row": i % 120, "label": "dry", "note": "n" * 9_000, "key": key}
            done = client.post("/api/labels", json={"labels": [answer]})
            if done.status_code != 200:
                refused = done
                break
            acknowledged[key] = done.json()["events"][0]
        assert refused is not None
        assert refused.status_code == 503
        assert "disk" in refused.json()["detail"]
        assert refused.json()["detail"].count(". ") == 0
        assert client.get("/docs").status_code == 200
    server.stop()
    assert len(acknowledged) > 5
    assert recorded(folder) == acknowledged


def test_a_server_goes_on_when_the_disk_has_room_again(folder):
    small = (300_000, resource.RLIM_INFINITY)
    server = Server(folder, trainer=False, limits={resource.RLIMIT_FSIZE: small}).start()
    body = {"labels": [{"row": 1, "label": "dry", "note": "n" * 9_000}]}
    with server.client("ann") as client:
        while client.post("/api/labels", json=body).status_code == 200:
            pass
        room = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, room)
        assert client.post("/api/labels", json=body).status_code == 200
        assert client.get("/api/next").status_code == 200
    server.stop()


def bound_by_permissions():
    """Take from root, whom tests may run as, the right to write what may not be written."""
    libc = ctypes.CDLL(None)
    for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
        libc.prctl(_DROP_CAPABILITY, capability, 0, 0, 0)


def test_a_folder_that_cannot_be_written_gets_one_sentence(folder, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("row,label\n1,dry\n")
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for command in (["teach", folder, labels, "--as", "ann"], ["serve", folder, "--port", "0"]):
        # A new program: what a process may do is taken from it when it begins to run one.
        done = subprocess.run(
            [sys.executable, "-c", "from motherlode.cli import main; main()", *map(str, command)],
            capture_output=True, text=True, timeout=120, check=False,
            preexec_fn=bound_by_permissions,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, ""), done
        assert done.stderr.count("\n") == 1
        assert "permission" in done.stderr
    folder.chmod(0o755)


def test_a_damaged_ranking_is_replaced(folder):
    from motherlode.project._log.fold import State
    from motherlode.project._serving import ranking
    from motherlode.project._serving.live import Live
    from motherlode.project._training.training import rank_queue

    with open_project(folder) as project:
        pool = project.rows.pool()
        assert rank_queue(project, pool, State())
        assert not rank_queue(project, pool, State())
        with project.database.writing() as connection:
            connection.execute(update(ranking_table).values(payload=b"half"))
        live = Live(project)
        assert live.next("ann")[0].offer.how.strategy == "chance"
        live.close()
        with project.database.writing() as connection:
            assert ranking.drop_damaged(connection) == 1
        assert rank_queue(project, pool, State())
