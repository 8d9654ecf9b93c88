"""Projects that change their database keep every event, and what it adds up to."""

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import rows_table, settings_for
from sqlalchemy import insert, select, text

from motherlode.errors import InputError
from motherlode.project._care.backup import back_up, restore
from motherlode.project._care.checking import check, say_nothing
from motherlode.project._care.moving import move
from motherlode.project._data.folder import create_project, open_project, read_address
from motherlode.project._log import log, schema
from motherlode.project._log.copying import SESSIONS, digest_state, read_content
from motherlode.project._log.database import Unavailable
from motherlode.project._log.events import CHANGED, NO_ROW, SETTLE, Event
from motherlode.project._log.fold import fold
from motherlode.project._log.provenance import Provenance
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.session import CONTROL

PEOPLE, ROWS = ("ann", "ben", "cy"), 6
NOTES = st.none() | st.sampled_from(["", "wet", "'; DROP TABLE event", "金 é 🪙", "a\nb", "\\N"])
NUMBERS = st.floats(0, 1e9)


@st.composite
def logs(draw):
    """Labels, second opinions, settlements, undo, and classes that change their name."""
    events, names, id = [], ["dry", "gold"], 0
    for _ in range(draw(st.integers(0, 20))):
        id += draw(st.sampled_from([1, 1, 1, 3]))  # PostgreSQL leaves ids out
        row, who = draw(st.integers(0, ROWS - 1)), draw(st.sampled_from(PEOPLE))
        kind = draw(st.sampled_from(["label"] * 4 + ["skip", "unsure", "retract", CHANGED]))
        event = Event(row, kind, who, draw(st.floats(1e9, 2e9)), id=id, key=f"k{id}")
        if kind == "label":
            channel = draw(st.sampled_from(["query", "given", "double", CONTROL, SETTLE]))
            how = Provenance(channel, "margin", draw(NUMBERS), utility=draw(st.none() | NUMBERS))
            event = replace(
                event, label=draw(st.sampled_from(names)), how=how,
                seconds=draw(st.none() | NUMBERS), note=draw(NOTES), tags=draw(NOTES),
            )  # fmt: skip
        elif kind == "retract":
            event = replace(event, retracts=draw(st.integers(0, id)))
        elif kind == CHANGED:
            before, names = names, [*names[:1], f"gold {id}", *names[2:]]
            event = replace(
                event, row=NO_ROW, setting="classes", before=json.dumps(before),
                after=json.dumps(names),
            )  # fmt: skip
        events.append(event)
    return events


def fill(folder, events):
    """Record events with their own ids, and some of each other table."""
    with open_project(folder) as project, project.database.writing() as connection:
        for event in events:
            line = log._values(event) | {"id": event.id}
            connection.execute(insert(schema.event), line)
        connection.execute(text("INSERT INTO account (name, role, password) "
                                "VALUES ('ann', 'admin', 'hash')"))  # fmt: skip
        connection.execute(text("INSERT INTO session (digest, account, expires_at) "
                                "VALUES ('d', 'ann', 1e12)"))  # fmt: skip
        connection.execute(
            insert(schema.ranking),
            {"id": 7, "purpose": "queue", "at": 1.0, "last_event": 0, "strategy": "margin",
             "payload": b"\x00\xff", "digest": "d"},
        )  # fmt: skip
        connection.execute(
            insert(schema.lease),
            {"row": 1, "annotator": "ann", "granted_at": 1.5, "expires_at": 2.5,
             "urgency": 0, "place": 0, "channel": "query"},
        )  # fmt: skip
        skipped = events[-1].id - len(events) if events else 0
        if project.database.is_sqlite:  # as a move from PostgreSQL leaves it
            connection.exec_driver_sql(f"PRAGMA user_version = {skipped}")


def content(folder, without=()):
    with open_project(folder) as project, project.database.snapshot() as connection:
        return read_content(connection, without, say_nothing)


def recorded(folder):
    with open_project(folder) as project, project.database.reading() as connection:
        return list(log.read_after(connection, 0))


@pytest.fixture
def folder(tmp_path, url):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, url).close()
    return tmp_path / "p"


@settings(max_examples=8)
@given(logs())
def test_there_and_back_again(postgres, events):
    table = rows_table()
    with tempfile.TemporaryDirectory() as aside:
        folder, other = Path(aside) / "p", postgres.database()
        create_project(folder, settings_for(table), table, None).close()
        fill(folder, events)
        before = content(folder)
        assert move(folder, other, say_nothing).events == len(events)
        assert content(folder) == before
        assert recorded(folder) == events
        assert move(folder, None, say_nothing).events == len(events)
        assert content(folder) == before
        assert digest_state(fold(recorded(folder))) == digest_state(fold(events))
        move(folder, other, say_nothing)  # which holds the earlier state, and no more
        assert content(folder) == before


@settings(max_examples=5)
@given(logs(), st.booleans(), st.booleans())
def test_a_backup_and_what_is_made_of_it(postgres, events, is_team, becomes_team):
    table = rows_table()
    with tempfile.TemporaryDirectory() as aside:
        folder, backup, again = (Path(aside) / name for name in ("p", "b", "a"))
        url = postgres.database() if is_team else None
        create_project(folder, settings_for(table), table, url).close()
        fill(folder, events)
        with open_project(folder) as project:
            last = events[-1].id if events else 0
            assert back_up(project, backup, say_nothing) == last
        restore(backup, again, postgres.database() if becomes_team else None, say_nothing)
        assert content(folder, SESSIONS) == content(again, SESSIONS)
        assert recorded(again) == events


def other_place(url, postgres):
    return postgres.database() if url is None else None


def test_ids_go_on_behind_the_last_one(folder, url, postgres):
    fill(folder, [Event(r, "skip", "ann", 1.0, id=i) for r, i in ((0, 1), (1, 5))])
    move(folder, other_place(url, postgres), say_nothing)
    with open_project(folder) as project:
        live = Live(project)
        assert live.answer("ann", [Answer(2, label="dry")]) == [6]
        live.close()
    assert check(folder, lambda _: say_nothing).faults == []
    with open_project(folder) as project, project.database.writing() as connection:
        new = insert(schema.ranking).values(
            purpose="queue", at=1.0, last_event=0, strategy="s", payload=b"", digest=""
        )
        assert connection.execute(new.returning(schema.ranking.c.id)).scalar() == 8


def test_a_project_at_work_is_not_moved(folder, url, postgres):
    with open_project(folder) as project:
        Live(project).close()
        with pytest.raises(InputError, match="is in use, by a server"):
            move(folder, other_place(url, postgres), say_nothing)
    assert read_address(folder) == url


def test_another_process_at_work_is_seen_until_it_ends(folder, url, postgres):
    work = (
        "import sys, pathlib; from motherlode.project import open_project\n"
        "project = open_project(pathlib.Path(sys.argv[1])); print('open', flush=True)\n"
        "sys.stdin.read()"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", work, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with worker:
        assert worker.stdout.readline() == "open\n"
        with pytest.raises(InputError, match="is in use"):
            move(folder, other_place(url, postgres), say_nothing)
        worker.kill()
    move(folder, other_place(url, postgres), say_nothing)


def test_who_opened_the_old_one_before_records_nothing(folder, url, postgres, monkeypatch):
    monkeypatch.setattr("motherlode.project._care.moving.refuse_if_in_use", lambda *_: None)
    with open_project(folder) as late:
        move(folder, other_place(url, postgres), say_nothing)
        live = Live(late)
        with pytest.raises(Unavailable, match="was moved"):
            live.answer("ann", [Answer(2, label="dry")])
        live.close()
    assert recorded(folder) == []


def test_a_folder_of_a_colleague_says_that_the_project_was_moved(postgres, tmp_path):
    url, table = postgres.database(), rows_table()
    create_project(tmp_path / "p", settings_for(table), table, url).close()
    create_project(tmp_path / "q", settings_for(table), table, url).close()
    move(tmp_path / "p", None, say_nothing)
    with pytest.raises(InputError, match="were moved from its database to another"):
        open_project(tmp_path / "q")
    with pytest.raises(InputError, match="there already"):
        move(tmp_path / "p", None, say_nothing)


def test_labels_of_others_are_not_replaced(postgres, tmp_path):
    url, table = postgres.database(), rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    create_project(tmp_path / "q", settings_for(table), table, url).close()
    fill(tmp_path / "q", [Event(1, "skip", "ann", 1.0, id=1)])
    with pytest.raises(InputError, match="holds a project already"):
        move(tmp_path / "p", url, say_nothing)
    assert read_address(tmp_path / "p") is None
    assert len(recorded(tmp_path / "q")) == 1


def test_tables_of_other_programs_are_left_alone(postgres, tmp_path):
    import psycopg

    url, table = postgres.database(), rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE event (born date)")
    with pytest.raises(InputError, match="'event' of another program"):
        move(tmp_path / "p", url, say_nothing)


def test_what_differs_is_not_switched_to(folder, url, postgres, monkeypatch):
    fill(folder, [Event(1, "label", "ann", 1.0, label="dry", id=1)])
    from motherlode.project._log import copying

    def forget(source, target, tell):
        target.execute(insert(schema.event), next(iter(copying._read(source, schema.event))))
        target.execute(schema.event.update().values(label="gold"))

    monkeypatch.setattr(copying, "_copy_events", forget)
    target = other_place(url, postgres)
    with pytest.raises(InputError, match="did not keep the log"):
        move(folder, target, say_nothing)
    assert read_address(folder) == url
    assert recorded(folder)[0].label == "dry"


def test_a_value_that_postgresql_cannot_hold_is_said(postgres, tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    fill(tmp_path / "p", [Event(1, "skip", "ann", 1.0, note="a\0b", id=1)])
    with pytest.raises(InputError, match="can't hold a value"):
        move(tmp_path / "p", postgres.database(), say_nothing)
    assert len(recorded(tmp_path / "p")) == 1


def damage(name):
    def do(backup):
        content = bytearray((backup / name).read_bytes())
        content[len(content) // 2] ^= 1
        (backup / name).write_bytes(content)

    return do


def label_in_it(backup):
    with open_project(backup) as project:
        live = Live(project)
        live.answer("ann", [Answer(2, label="dry")])
        live.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (damage("rows.arrow"), "rows.arrow has changed since the backup"),
        (damage("labels.sqlite"), "labels.sqlite has changed since the backup"),
        (damage("guidelines.md"), "guidelines.md has changed since the backup"),
        (lambda backup: (backup / "labels.count").unlink(), "labels.count is missing"),
        (lambda backup: (backup / "backup.json").unlink(), "holds no backup.json"),
        (lambda backup: (backup / "backup.json").write_text("{"), "is damaged"),
        (
            lambda backup: (backup / "backup.json").write_text(
                '{"format": 1, "files": {"../p/project.json": ""}}'
            ),
            "is no whole backup",
        ),
        (label_in_it, "has changed since the backup"),
    ],
)
def test_a_backup_that_changed_is_not_restored(tmp_path, change, said):
    table = rows_table()
    with create_project(tmp_path / "p", settings_for(table), table, None) as project:
        (tmp_path / "p" / "guidelines.md").write_text("Gold shines.")
        back_up(project, tmp_path / "b", say_nothing)
    change(tmp_path / "b")
    with pytest.raises(InputError, match=said):
        restore(tmp_path / "b", tmp_path / "a", None, say_nothing)
    assert not (tmp_path / "a").exists()


def test_nothing_is_restored_over_what_is_there(folder, url, postgres, tmp_path):
    with open_project(folder) as project:
        back_up(project, tmp_path / "b", say_nothing)
    with pytest.raises(InputError, match="is there already"):
        restore(tmp_path / "b", folder, None, say_nothing)
    taken, table = postgres.database(), rows_table()
    create_project(tmp_path / "q", settings_for(table), table, taken).close()
    fill(tmp_path / "q", [Event(1, "skip", "ann", 1.0, id=1)])
    with pytest.raises(InputError, match="holds a project already"):
        restore(tmp_path / "b", tmp_path / "a", taken, say_nothing)
    assert not (tmp_path / "a").exists()


def test_a_backup_of_a_team_holds_one_moment(postgres, tmp_path, monkeypatch):
    """What is recorded while tables are copied is in none of them."""
    from motherlode.project._log import copying

    table = rows_table()
    with create_project(tmp_path / "p", settings_for(table), table, postgres.database()) as project:
        live = Live(project)
        live.answer("ann", [Answer(1, label="dry")])
        copy = copying._copy_events

        def meanwhile(*args):
            copy(*args)
            live.answer("ann", [Answer(2, label="gold")])

        monkeypatch.setattr(copying, "_copy_events", meanwhile)
        assert back_up(project, tmp_path / "b", say_nothing) == 1
        live.close()
    assert len(recorded(tmp_path / "b")) == 1
    assert len(recorded(tmp_path / "p")) == 2


def test_the_saved_model_is_in_the_backup(tmp_path):
    table = rows_table()
    with create_project(tmp_path / "p", settings_for(table), table, None) as project:
        for name in ("model.skops", "model.md"):
            (tmp_path / "p" / name).write_text(name)
        back_up(project, tmp_path / "b", say_nothing)
    restore(tmp_path / "b", tmp_path / "a", None, say_nothing)
    assert (tmp_path / "a" / "model.skops").read_text() == "model.skops"
    assert not (tmp_path / "a" / "backup.json").exists()


def test_a_sealed_database_can_still_be_read(postgres, tmp_path):
    import psycopg

    url, table = postgres.database(), rows_table()
    create_project(tmp_path / "p", settings_for(table), table, url).close()
    fill(tmp_path / "p", [Event(1, "skip", "ann", 1.0, id=1)])
    move(tmp_path / "p", None, say_nothing)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (1,)
    with open_project(tmp_path / "p") as project, project.database.reading() as connection:
        assert connection.execute(select(schema.account.c.name)).scalar() == "ann"
