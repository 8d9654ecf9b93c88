"""One database, SQLite or PostgreSQL, that one writer at a time appends to.

Writers wait for each other (``BEGIN IMMEDIATE`` on SQLite, an advisory lock on PostgreSQL). So ids
of events follow the order of their commits, and a reader up to an id has missed nothing before it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ...errors import InputError

_WRITER = 7_236_457_081  # names the advisory lock; any number that others do not use
_WAIT_SECONDS = 10
_CLOSING_SECONDS = 5.0

# What SQLite says, and what to tell the user.
_MESSAGES = {
    "database or disk is full": "the disk is full; free some space and try again",
    "disk i/o error": "the disk is full or fails; free some space and try again",
    "readonly": "it can't be written; check its permissions",
    "unable to open": "its database can't be opened; check its permissions",
    "not a database": "its database is damaged or copied in part; copy the folder again",
    "malformed": "its database is damaged or copied in part; copy the folder again",
    "no such table": "its database is damaged or copied in part; copy the folder again",
    "locked": "another program keeps its database locked; close that or try again",
}


class Unavailable(InputError):
    """The database cannot answer now; nothing was recorded, and trying again may help."""


class Database:
    """Connections to a project's database; messages call the project `name`.

    The address is ``sqlite:////path/to/labels.sqlite`` or ``postgresql://user@host/name``.
    Passwords that the user saved, in ``~/.pgpass`` or the environment, go to it if
    `saved_passwords` says so.
    """

    def __init__(self, url: str, name: str, *, saved_passwords: bool = True) -> None:
        self.name = name
        self.engine = _make_engine(url, saved_passwords)
        self._changed, self._in_use, self._is_closed = Condition(), 0, False

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file in the project's folder."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that sees one moment of the database."""
        with self._explain_errors(), self._connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """Begin a transaction that no other writer overlaps.

        If it is `durable`, it is on the disk when the block ends. If not, it outlives this
        process, but a power cut may undo it. The database stays whole either way.
        """
        with self._explain_errors(), self._connect() as connection:
            connection = connection.execution_options(writing=True, durable=durable)
            with connection.begin():
                if not self.is_sqlite:
                    _lock_for_writing(connection, durable)
                yield connection

    def check(self) -> None:
        """Refuse a database that holds no project, or one of a newer release; change nothing."""
        found = self._find_revision()
        if found is None:
            raise InputError(
                f"The database of {self.name} holds no project: it was copied in part or replaced."
            )
        if found not in {step.revision for step in _scripts().walk_revisions()}:
            raise InputError(
                f"{self.name} was written by a newer motherlode; upgrade this one to open it."
            )

    def upgrade(self) -> None:
        """Make the tables, or bring them to this release's."""
        found = self._find_revision()
        if found == _scripts().get_current_head():
            return
        if found is not None:
            self.check()
        with self.writing() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Close all connections, those that other threads use when they are done."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._in_use, _CLOSING_SECONDS)
        self.engine.dispose()

    def _find_revision(self) -> str | None:
        with self.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._changed:
            if self._is_closed:
                raise Unavailable(f"{self.name} is closed.")
            self._in_use += 1
        try:
            with self.engine.connect() as connection:
                yield connection
        finally:
            with self._changed:
                self._in_use -= 1
                self._changed.notify_all()

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout:
            raise Unavailable(f"{self.name} is too busy to answer; try again.") from None
        except DBAPIError as problem:
            raise self._explain(problem) from None

    def _explain(self, problem: DBAPIError) -> Exception:
        text = str(problem.orig).lower()
        if self.is_sqlite:
            message = next((m for words, m in _MESSAGES.items() if words in text), None)
            return problem if message is None else Unavailable(f"{self.name}: {message}.")
        if "no space left" in text:
            return Unavailable(f"{self.name}: the disk of its database is full; free some space.")
        if not problem.connection_invalidated and type(problem).__name__ != "OperationalError":
            return problem
        return Unavailable(f"{self.name}: its database does not answer; try again in a moment.")


def _make_engine(url: str, saved_passwords: bool) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,
                pool_size=10,
                connect_args={"connect_timeout": _WAIT_SECONDS}
                | ({} if saved_passwords else _no_saved_passwords(parsed)),
            )
        if parsed.get_backend_name() != "sqlite":
            raise ArgumentError
    except ModuleNotFoundError:
        raise InputError('PostgreSQL needs psycopg: pip install "motherlode[postgres]".') from None
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise InputError(
            "The database is not given as postgresql://user:password@host/name."
        ) from None
    engine = create_engine(
        parsed, hide_parameters=True, connect_args={"timeout": _WAIT_SECONDS}, pool_size=10
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _no_saved_passwords(url: URL) -> dict[str, str]:
    """Keep the driver from reading files and variables for a password that the address lacks."""
    # An empty password is none, yet stops the driver from reading PGPASSWORD and pg_service.conf.
    return {"passfile": os.devnull, "password": str(url.password or "")}


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    # Else the driver begins transactions itself, and too late.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    # The file may come from somebody else: its views and triggers call nothing that does harm.
    connection.execute("PRAGMA trusted_schema=OFF")


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writing"):
        connection.exec_driver_sql("BEGIN")
        return
    level = "FULL" if options.get("durable", True) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lock_for_writing(connection: Connection, durable: bool) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
    if not durable:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "motherlode.project._log:migrations")
    config.set_main_option("path_separator", "os")
    return config
