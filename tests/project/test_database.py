"""Migrations, the order of writers, and sentences for what databases say."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from motherlode.errors import InputError
from motherlode.project._data.folder import open_project
from motherlode.project._log import log
from motherlode.project._log.database import Database
from motherlode.project._log.events import Event
from motherlode.project._log.schema import lease, metadata


def test_the_migrations_make_the_tables_that_the_code_declares(project):
    with project.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_newer_database_is_refused_in_one_sentence(project):
    with project.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="written by a newer motherlode"):
        open_project(project.folder)


def without_changes(connection):
    """Make the log one of a release that knew no changes of settings, and accounts of before."""
    connection.execute(text("DROP TABLE chosen"))
    for column in ("disabled_at", "seen_at"):
        connection.execute(text(f"ALTER TABLE account DROP COLUMN {column}"))
    connection.execute(text("DROP INDEX event_setting"))
    for column in ("setting", "before", "after"):
        connection.execute(text(f'ALTER TABLE event DROP COLUMN "{column}"'))


def test_a_project_of_the_first_tables_is_brought_up_to_these(project):
    with project.database.writing() as connection:
        log.append(connection, [Event(3, "label", "ann", 1.0, label="gold")])
        how = ("asked_at", "drawn_from", "asked_after", "arm")
        where = ("started_at", "address", "browser")
        without_changes(connection)
        for table, columns in (("event", how), ("lease", how), ("session", where)):
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    again = open_project(project.folder)
    try:
        with again.database.reading() as connection:
            (event,) = log.read_after(connection, 0)
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
    finally:
        again.close()
    assert (event.row, event.label, event.how.asked_at) == (3, "gold", None)


def test_leases_of_an_earlier_release_are_kept_and_then_each_annotator_has_their_own(project):
    how = {"channel": "control", "strategy": "random", "probability": 0.25, "drawn_from": 4}
    held = {"row": 3, "annotator": "ann", "granted_at": 1.0, "expires_at": 2.0, "urgency": 0,
            "place": 0} | how  # fmt: skip
    with project.database.writing() as connection:
        columns = ", ".join(f'"{column.name}" {column.type.compile(connection.dialect)}'
                            for column in lease.columns)  # fmt: skip
        connection.execute(text("DROP TABLE lease"))
        connection.execute(text(f"CREATE TABLE lease ({columns}, PRIMARY KEY (row))"))
        connection.execute(text("CREATE INDEX lease_expires_at ON lease (expires_at)"))
        connection.execute(insert(lease).values(held))
        without_changes(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    again = open_project(project.folder)
    try:
        with again.database.writing() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
            connection.execute(insert(lease).values(held | {"annotator": "ben"}))
            found = connection.execute(select(lease).order_by(lease.c.annotator)).all()
        assert [(row.row, row.annotator, row.probability) for row in found] == [
            (3, "ann", 0.25), (3, "ben", 0.25),
        ]  # fmt: skip
        with pytest.raises(IntegrityError), again.database.writing() as connection:
            connection.execute(insert(lease).values(held))
    finally:
        again.close()


def test_ids_follow_the_order_of_commits(project):
    barrier, seen = threading.Barrier(4), []

    def write(who):
        barrier.wait()
        for row in range(10):
            with project.database.writing() as connection:
                log.append(connection, [Event(row, "skip", who, 0.0)])
            with project.database.reading() as connection:
                seen.append([event.id for event in log.read_after(connection, 0)])

    threads = [threading.Thread(target=write, args=(f"a{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    full = max(seen, key=len)
    assert len(full) == 40
    # Whoever read up to an id had missed nothing before it.
    assert all(ids == full[: len(ids)] for ids in seen)


def test_a_failed_transaction_leaves_nothing(project):
    def fail():
        with project.database.writing() as connection:
            log.append(connection, [Event(1, "skip", "ann", 0.0)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with project.database.reading() as connection:
        assert list(log.read_after(connection, 0)) == []


def test_messages_never_hold_what_was_labelled(project):
    def repeat():
        with project.database.writing() as connection:
            log.append(connection, [Event(1, "skip", "ann", 0.0, note="secret", key="k")] * 2)

    with pytest.raises(IntegrityError) as raised:
        repeat()
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("address", ["mysql://x/y", "no address", "sqlite3://"])
def test_other_addresses_are_refused(address):
    with pytest.raises(InputError, match="postgresql://"):
        Database(address, "p")


def test_settings_of_a_later_release_keep_what_we_know(project):
    from motherlode.project._data.settings import Settings
    from motherlode.project._log.schema import project as table

    with project.database.writing() as connection:
        text_ = project.settings.to_json().replace('"seed"', '"colour": 1, "seed"')
        connection.execute(update(table).values(settings=text_))
    assert Settings.from_json(text_) == project.settings
    open_project(project.folder).close()
