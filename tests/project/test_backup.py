"""Backups while people label, and what a check finds."""

import os
import sqlite3
import threading

import numpy as np
import pyarrow as pa
import pytest
from projects import rows_table, settings_for
from sqlalchemy import text

from motherlode.errors import InputError
from motherlode.project._care.backup import back_up
from motherlode.project._care.checking import check, say_nothing
from motherlode.project._data.folder import create_project, open_project
from motherlode.project._data.settings import Recipe
from motherlode.project._log import log
from motherlode.project._log.events import Event
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live


@pytest.fixture
def folder(tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    return tmp_path / "p"


def test_a_backup_holds_all_that_was_acknowledged_before_it(folder, tmp_path):
    with open_project(folder) as project:
        live = Live(project)
        halt, acknowledged = threading.Event(), []

        def label():
            while not halt.is_set():
                row = len(acknowledged) % 120
                acknowledged.extend(live.answer("ann", [Answer(row, label="dry")]))

        person = threading.Thread(target=label)
        person.start()
        for i in range(5):
            before = list(acknowledged)
            with open_project(folder) as other:
                assert back_up(other, tmp_path / f"b{i}", say_nothing) >= len(before)
        halt.set()
        person.join()
        live.close()
    assert acknowledged
    with open_project(tmp_path / "b4") as copy, copy.database.reading() as connection:
        found = [event.id for event in log.read_after(connection, 0)]
    assert found[: len(before)] == before


def test_a_backup_is_a_project_with_settings_guidelines_and_accounts_but_no_session(
    folder, tmp_path
):
    (folder / "guidelines.md").write_text("Gold shines.")
    with open_project(folder) as project:
        with project.database.writing() as connection:
            connection.execute(
                text("INSERT INTO account (name, role, password) VALUES ('ann', 'admin', 'hash')")
            )
            connection.execute(
                text(
                    "INSERT INTO session (digest, account, expires_at) "
                    "VALUES ('digest', 'ann', 1e12)"
                )
            )
        back_up(project, tmp_path / "b", say_nothing)
        settings = project.settings
    assert sorted(os.listdir(tmp_path / "b")) == [
        "backup.json", "guidelines.md", "labels.count", "labels.sqlite", "project.json",
        "rows.arrow",
    ]  # fmt: skip
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700
    with open_project(tmp_path / "b") as copy, copy.database.reading() as connection:
        assert copy.settings == settings
        assert connection.execute(text("SELECT name FROM account")).scalar() == "ann"
        assert connection.execute(text("SELECT count(*) FROM session")).scalar() == 0


def test_a_backup_holds_the_vectors_of_an_encoder(tmp_path, monkeypatch):
    from motherlode.project._data import encoders

    class Lengths:
        name = "lengths"

        def __call__(self, texts):
            return np.array([[len(t), 1.0] for t in texts])

    monkeypatch.setattr("motherlode.project._data.encoders.get_encoder", lambda *_: Lengths())
    assert encoders.get_encoder("lengths", "text")
    table = pa.table({"text": ["gold", "mud", "sand and clay"]})
    recipe = Recipe("margin", "logistic_regression", encoder="lengths")
    settings = settings_for(table, kind="text", columns=("text",), shown=("text",), recipe=recipe)
    with create_project(tmp_path / "p", settings, table, None) as project:
        back_up(project, tmp_path / "b", say_nothing)
    vectors = (tmp_path / "b" / "texts.npy").read_bytes()
    assert vectors == (tmp_path / "p" / "texts.npy").read_bytes()


def test_a_backup_replaces_nothing(folder, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.tex").write_text("")
    with open_project(folder) as project, pytest.raises(InputError, match="is there already"):
        back_up(project, tmp_path / "b", say_nothing)


def test_a_link_is_not_followed(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    with open_project(folder) as project:
        (folder / "guidelines.md").symlink_to(tmp_path / "secret")
        with pytest.raises(InputError, match="is a link"):
            back_up(project, tmp_path / "b", say_nothing)
    assert not (tmp_path / "b").exists()


def look(folder):
    """All that a check finds in a folder."""
    return check(folder, lambda _: say_nothing)


def test_a_whole_project(project):
    with project.database.writing() as connection:
        log.append(connection, [Event(3, "label", "ann", 1.0, label="gold")])
    found = look(project.folder)
    assert (found.rows, found.events, found.faults) == (120, 1, [])


def flip_a_row(folder):
    content = bytearray((folder / "rows.arrow").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "rows.arrow").write_bytes(content)


def overwrite_a_page(folder):
    with (folder / "labels.sqlite").open("r+b") as file:
        file.seek(-4_096, os.SEEK_END)
        file.write(b"\xff" * 4_096)


def record_what_is_no_class(folder):
    with sqlite3.connect(folder / "labels.sqlite") as connection:
        connection.execute("UPDATE event SET label = 'silver'")
    connection.close()


def record_a_row_that_is_not_there(folder):
    with sqlite3.connect(folder / "labels.sqlite") as connection:
        connection.execute("UPDATE event SET row = 999")
    connection.close()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (flip_a_row, "has changed since"),
        (overwrite_a_page, "damaged"),
        (record_what_is_no_class, "the label is no class"),
        (record_a_row_that_is_not_there, "the row is none of the 120"),
    ],
)
def test_damage_is_found(folder, damage, said):
    with open_project(folder) as project, project.database.writing() as connection:
        log.append(connection, [Event(r, "label", "ann", 1.0, label="gold") for r in range(120)])
    damage(folder)
    found = look(folder)
    assert len(found.faults) == 1
    assert said in found.faults[0]


def test_a_backup_of_a_damaged_project_says_so(folder, tmp_path):
    flip_a_row(folder)
    with open_project(folder) as project, pytest.raises(InputError, match="has changed"):
        back_up(project, tmp_path / "b", say_nothing)
    assert not (tmp_path / "b").exists()
