"""Rows that are added when a process is killed or the disk is full: all of them, or none."""

import random
import resource
import time

import pytest
from forked import Apart, run_command
from projects import rows_table, settings_for

from motherlode.project._care.checking import check_labels, check_rows, say_nothing
from motherlode.project._data.folder import create_project, open_project

from .server import Annotator, Server

FIRST, MORE = 2_000, 3_000


def check_whole(project):
    """See that a project is whole, and give the id of its last event."""
    check_rows(project)
    found = check_labels(project, say_nothing)
    assert not found.faults
    return found.last


@pytest.fixture
def folder(tmp_path):
    big = rows_table(FIRST + MORE)
    table = big.slice(0, FIRST)
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    from pyarrow import csv

    csv.write_csv(big.slice(FIRST), tmp_path / "more.csv")
    return tmp_path / "p"


def add(folder, room=None):
    return Apart(add_in, room, folder, folder.parent / "more.csv")


def add_in(room, folder, more):
    """Add rows where no file can grow past the room, if one is given, as on a full disk."""
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    run_command("add", folder, more, "--as", "ann")


def finish(process):
    """Wait for a command."""
    return process.finish().returncode


def test_rows_are_added_as_a_whole_or_not_at_all_when_the_command_is_killed(folder):
    process = add(folder)
    time.sleep(0.1)
    process.kill()
    finish(process)
    rng = random.Random(0)
    lasts = None
    for _ in range(5):
        begun = time.monotonic()
        process = add(folder)
        if lasts is None:
            assert finish(process) == 0
            lasts = time.monotonic() - begun
        else:
            time.sleep(lasts * rng.uniform(0.6, 1.0))
            process.kill()
            finish(process)
        with open_project(folder) as project:
            check_whole(project)
            assert len(project.rows.table) in (FIRST, FIRST + MORE)
        if len_of(folder) > FIRST:
            _begin_again(folder)
    assert finish(add(folder)) == 0
    assert len_of(folder) == FIRST + MORE


def len_of(folder):
    with open_project(folder) as project:
        return len(project.rows.table)


def _begin_again(folder):
    """Make the project anew, so that the same rows can be added again."""
    import shutil

    shutil.rmtree(folder)
    table = rows_table(FIRST + MORE).slice(0, FIRST)
    create_project(folder, settings_for(table), table, None).close()


@pytest.mark.parametrize("room", [20_000, 90_000])
def test_a_full_disk_adds_nothing_and_says_so(folder, room):
    done = add(folder, room).finish()
    assert done.returncode == 2, done
    assert done.stderr.count("\n") == 1
    assert len_of(folder) == FIRST
    assert [path.name for path in folder.glob(".adding-*")] == []
    assert finish(add(folder)) == 0
    assert len_of(folder) == FIRST + MORE


def test_no_answer_is_lost_when_the_server_is_killed_while_rows_come(folder):
    server = Server(folder, trainer=False).start()
    people = [
        Annotator(server, f"annotator {i}", 10**9, lambda row: row % 12 == 0) for i in range(3)
    ]
    for person in people:
        person.start()
    process = add(folder)
    time.sleep(1.0)
    server.kill()
    server.start()
    assert finish(process) == 0
    before = sum(len(person.acknowledged) for person in people)
    end = time.monotonic() + 60
    while sum(len(person.acknowledged) for person in people) < before + 50:
        assert time.monotonic() < end
        time.sleep(0.05)
    for person in people:
        person.halt.set()
    for person in people:
        person.join(60)
    server.stop()
    acknowledged = {key: id for person in people for key, id in person.acknowledged.items()}
    with open_project(folder) as project, project.database.reading() as connection:
        from motherlode.project._log import log

        recorded = {event.key: event.id for event in log.read_after(connection, 0)}
        assert check_whole(project) > len(acknowledged) - 1
    assert not any(person.failed for person in people)
    assert {key: recorded.get(key) for key in acknowledged} == acknowledged
    assert len_of(folder) == FIRST + MORE
