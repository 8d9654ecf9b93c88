"""Moves, backups and restores that are killed, or whose disk or database is away."""

import importlib
import os
import resource
import signal

import psycopg
import pytest
from forked import call_apart, run_command
from projects import rows_table, settings_for

from motherlode.errors import InputError
from motherlode.project._care import moving
from motherlode.project._care.backup import back_up, restore
from motherlode.project._care.checking import check, say_nothing
from motherlode.project._data.folder import create_project, open_project, read_address
from motherlode.project._log import copying, log
from motherlode.project._log.copying import read_content
from motherlode.project._log.events import Event

EVENTS = 3_000


def be_killed(module, name, when, *arguments):
    """Run a command, and kill the process just before or after it calls a function of a module."""
    found = importlib.import_module(f"motherlode.project.{module}")
    real = getattr(found, name)

    def end(*args, **more):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*args, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(found, name, end)
    run_command(*arguments)


@pytest.fixture
def folder(tmp_path, url):
    table = rows_table()
    with create_project(tmp_path / "p", settings_for(table), table, url) as project:
        fill(project)
    return tmp_path / "p"


def fill(project):
    said = [Event(i % 120, "label", "ann", 1.0 + i, label="dry") for i in range(EVENTS)]
    with project.database.writing() as connection:
        log.append_many(connection, said)


def content(folder):
    with open_project(folder) as project, project.database.snapshot() as connection:
        return read_content(connection, (), say_nothing)


def other_place(url, postgres):
    return "sqlite" if url is not None else postgres.database()


def die(module, name, when, *arguments):
    done = call_apart(be_killed, module, name, when, *arguments)
    assert done.returncode == -9, done


MOMENTS = [
    ("_log.copying", "upgrade_tables", "after"),
    ("_log.copying", "_copy_events", "after"),
    ("_care.moving", "point_to", "before"),
    ("_care.moving", "point_to", "after"),
    ("_care.moving", "_close_old", "after"),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=["made", "copied", "compared", "switched", "done"])
def test_a_move_that_is_killed_leaves_the_old_or_the_new_whole(folder, url, postgres, moment):
    before, to = content(folder), other_place(url, postgres)
    die(*moment, "move", folder, "--database", to)
    assert content(folder) == before
    assert check(folder, lambda _: say_nothing).faults == []
    new = None if to == "sqlite" else to
    is_switched = moment[1:] in (("point_to", "after"), ("_close_old", "after"))
    assert read_address(folder) == (new if is_switched else url)
    if not is_switched:  # and it can be called again
        moving.move(folder, new, say_nothing)
        assert content(folder) == before


@pytest.mark.parametrize(
    ("module", "name"), [("_care.backup", "_check_copy"), ("_care.backup", "_write_manifest")]
)
def test_a_backup_that_is_killed_is_not_there(folder, tmp_path, module, name):
    before = content(folder)
    die(module, name, "before", "backup", folder, "--to", tmp_path / "b")
    assert not (tmp_path / "b").exists()
    assert content(folder) == before


@pytest.mark.parametrize("name", ["_check_copy", "_put_into", "point_to"])
def test_a_restore_that_is_killed_can_be_called_again(folder, postgres, tmp_path, name):
    with open_project(folder) as project:
        back_up(project, tmp_path / "b", say_nothing)
    to = postgres.database()
    die("_care.backup", name, "before", "restore", tmp_path / "b", tmp_path / "a",
        "--database", to)  # fmt: skip
    assert not (tmp_path / "a").exists()
    assert restore(tmp_path / "b", tmp_path / "a", to, say_nothing) == EVENTS
    assert content(tmp_path / "a") == content(folder)


def test_a_full_disk_leaves_everything_as_it_was(folder, url, postgres, tmp_path):
    if url is None:
        to, room = tmp_path / "b", 200_000
        command = ["backup", folder, "--to", to]
    else:
        command, room = ["move", folder, "--database", "sqlite"], 200_000
    before, names = content(folder), sorted(os.listdir(folder))
    done = call_apart(run_with_room, room, *command)
    assert (done.returncode, done.stdout) == (2, ""), done
    *progress, said = done.stderr.splitlines()
    assert all(line.endswith(" %") for line in progress)
    assert "disk" in said
    assert str(tmp_path / "b" if url is None else folder) + "/." not in done.stderr
    assert content(folder) == before
    assert sorted(os.listdir(folder)) == names
    assert not (tmp_path / "b").exists()


def run_with_room(room, *command):
    """Run a command whose files can grow no larger than the room, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    run_command(*command)


def away(url):
    """End all connections to a PostgreSQL server, as a restart of it does."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )


def test_a_database_that_goes_away_in_the_middle(folder, url, postgres, tmp_path, monkeypatch):
    before, target = content(folder), None if url is not None else postgres.database()
    copy = copying._copy_events

    def copy_until_away(*args):
        copy(*args)
        away(url or target)

    monkeypatch.setattr(copying, "_copy_events", copy_until_away)
    with pytest.raises(InputError, match="does not answer"):
        moving.move(folder, target, say_nothing)
    if url is not None:
        with open_project(folder) as project, pytest.raises(InputError, match="does not answer"):
            back_up(project, tmp_path / "b", say_nothing)
        assert not (tmp_path / "b").exists()
    monkeypatch.undo()
    assert read_address(folder) == url
    assert content(folder) == before
    moving.move(folder, target, say_nothing)
    assert content(folder) == before
