"""The files of a SQLite database: changed under those who use it, or copied in part."""

import shutil

import pytest
from projects import rows_table, settings_for

from motherlode.errors import InputError
from motherlode.project._data.folder import create_project, open_project
from motherlode.project._log import log
from motherlode.project._log.database import Unavailable
from motherlode.project._log.events import Event
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live


@pytest.fixture
def folder(tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    return tmp_path / "p"


@pytest.fixture
def live(folder):
    with open_project(folder) as project:
        live = Live(project)
        yield live
        live.close()


def answer(live, *rows):
    return live.answer("ann", [Answer(row, label="dry", key=f"k{row}") for row in rows])


def recorded(folder):
    with open_project(folder) as project:
        return recorded_by(project)


def recorded_by(project):
    with project.database.reading() as connection:
        return [event.row for event in log.read_after(connection, 0)]


def move(folder):
    (folder / "labels.sqlite").rename(folder / "elsewhere")


def move_the_folder(folder):
    folder.rename(folder.parent / "elsewhere")


def delete(folder):
    for path in folder.glob("labels.sqlite*"):
        path.unlink()


def delete_the_last_changes(folder):
    (folder / "labels.sqlite-wal").unlink()


def replace(folder):
    shutil.copy(folder / "old", folder / "new")
    (folder / "new").rename(folder / "labels.sqlite")


CHANGES = [move, move_the_folder, delete, delete_the_last_changes, replace]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("checkpoint", [False, True])
def test_no_answer_is_acknowledged_once_the_file_was_changed(folder, live, change, checkpoint):
    answer(live, 0)
    live.project.database.checkpoint()
    shutil.copy(folder / "labels.sqlite", folder / "old")
    answer(live, 1)
    if checkpoint:
        live.project.database.checkpoint()
    change(folder)
    refuses(live)


def test_an_old_copy_over_the_file_is_noticed(folder, live):
    answer(live, 0)
    live.project.database.checkpoint()
    shutil.copy(folder / "labels.sqlite", folder / "old")
    answer(live, 1)
    live.project.database.checkpoint()
    shutil.copy(folder / "old", folder / "labels.sqlite")
    refuses(live)


def test_an_old_copy_over_the_file_is_noticed_before_anybody_has_answered(folder):
    shutil.copy(folder / "labels.sqlite", folder / "old")
    with open_project(folder) as project, project.database.writing() as connection:
        log.append(connection, [Event(1, "skip", "ann", 0.0)])
    with open_project(folder) as project:
        shutil.copy(folder / "old", folder / "labels.sqlite")
        with pytest.raises(Unavailable, match="moved, deleted or replaced"):
            recorded_by(project)


def refuses(live):
    for _ in range(2):
        with pytest.raises(Unavailable, match="moved, deleted or replaced"):
            answer(live, 2)
        with pytest.raises(Unavailable, match="moved, deleted or replaced"):
            live.now()


def test_a_change_while_an_answer_is_recorded_is_noticed_before_it_is_acknowledged(folder, live):
    def change_meanwhile(connection, _):
        log.append(connection, [Event(1, "skip", "ann", 0.0)])
        move(folder)

    answer(live, 0)
    with pytest.raises(Unavailable, match="moved, deleted or replaced"):
        live.run(change_meanwhile)


def test_once_the_file_is_back_labelling_goes_on(folder, live):
    answer(live, 0)
    move(folder)
    with pytest.raises(Unavailable):
        answer(live, 1)
    (folder / "elsewhere").rename(folder / "labels.sqlite")
    assert answer(live, 1) == [2]
    live.close()
    live.project.close()
    assert recorded(folder) == [0, 1]


def test_what_other_processes_record_is_no_change_of_the_file(folder, live):
    answer(live, 0)
    for row in (1, 2):
        with open_project(folder) as other:
            second = Live(other)
            answer(second, row)
            other.database.checkpoint()
            second.close()
        answer(live, 10 + row)
    assert [e.row for e in live.now().history("ann")] == [12, 2, 11, 1, 0]


def test_the_last_changes_are_in_the_database_after_an_orderly_stop(folder, live):
    answer(live, *range(50))
    wal = folder / "labels.sqlite-wal"
    assert wal.stat().st_size > 0
    live.close()
    live.project.close()
    assert not wal.exists() or wal.stat().st_size == 0


def test_the_file_of_the_last_changes_stays_small(folder, live):
    wal = folder / "labels.sqlite-wal"
    largest = 0
    for row in range(120):
        live.answer("ann", [Answer(row, label="dry", note="n" * 9_000)])
        live.answer("bea", [Answer(row, label="dry", note="n" * 9_000)])
        largest = max(largest, wal.stat().st_size)
    assert largest < 1_300_000


def test_a_pause_makes_the_database_whole(folder, live, monkeypatch):
    import time

    monkeypatch.setattr("motherlode.project._serving.live._PAUSE_SECONDS", 0.01)
    answer(live, *range(50))
    answer(live, 50)
    deadline = time.monotonic() + 10
    while True:
        copy = folder.parent / "copy"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
        try:
            assert len(recorded(copy)) == 51
            return
        except InputError:
            assert time.monotonic() < deadline
            shutil.rmtree(copy)
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (["labels.sqlite-wal"], "holds 0 of 50 acknowledged events"),
        (["labels.sqlite-wal", "labels.count"], "labels.count is missing"),
    ],
)
def test_a_copy_without_the_last_changes_is_refused(folder, live, left_out, said):
    answer(live, *range(50))
    copy = folder.parent / "copy"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*-shm", *left_out))
    with pytest.raises(InputError, match=said) as raised:
        open_project(copy)
    assert "motherlode backup" in str(raised.value)
    assert len(recorded(folder)) == 50


def test_an_old_copy_of_the_labels_is_refused_until_its_owner_agrees(folder, live):
    answer(live, *range(5))
    live.project.database.checkpoint()
    shutil.copy(folder / "labels.sqlite", folder / "old")
    answer(live, 5)
    live.close()
    live.project.close()
    shutil.copy(folder / "old", folder / "labels.sqlite")
    with pytest.raises(InputError, match=r"holds 5 of 6 .* write 5 into labels.count"):
        open_project(folder)
    (folder / "labels.count").write_text("5")
    assert recorded(folder) == [0, 1, 2, 3, 4]


def test_a_copy_of_the_whole_folder_while_it_is_used_is_whole(folder, live):
    answer(live, *range(50))
    shutil.copytree(folder, folder.parent / "copy")
    assert len(recorded(folder.parent / "copy")) == 50


def test_events_that_are_missing_in_the_middle_are_noticed(folder):
    with open_project(folder) as project:
        with project.database.writing() as connection:
            log.append(connection, [Event(row, "skip", "ann", 0.0) for row in range(9)])
        with project.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM event WHERE id = 4")
    with pytest.raises(InputError, match=r"holds 8 of 9 .* by `motherlode backup`.$"):
        open_project(folder)


def test_a_project_that_was_made_before_events_were_counted_opens(folder):
    about = (folder / "project.json").read_text()
    (folder / "project.json").write_text(about.replace(',\n  "counted": true', ""))
    (folder / "labels.count").unlink()
    assert recorded(folder) == []


def test_a_damaged_count_is_refused(folder):
    (folder / "labels.count").write_text("many")
    with pytest.raises(InputError, match="missing or damaged"):
        open_project(folder)
