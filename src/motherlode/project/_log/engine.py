"""How SQLite and PostgreSQL are connected to, and how a transaction begins on each."""

import os
import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ...errors import InputError
from .in_use import show_use

_WRITER = 7_236_457_081  # names the advisory lock; any number that others do not use
_WAIT_SECONDS = 10  # for PostgreSQL to answer
# For others to write to SQLite's file. It gives no turns: of two that write without a pause on a
# busy machine, one was seen to wait for 8.6 s.
_LOCKED_SECONDS = 10
_KEPT_BYTES = 1 << 18  # of SQLite's second file when it begins anew


def make_engine(url: str, saved_passwords: bool) -> Engine:
    """Make what connects to a database; see `Database`."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,
                pool_size=10,
                connect_args={"connect_timeout": _WAIT_SECONDS}
                | ({} if saved_passwords else _no_saved_passwords(parsed)),
            )
            event.listen(engine, "connect", show_use)
            return engine
        if parsed.get_backend_name() != "sqlite":
            raise ArgumentError
    except ModuleNotFoundError:
        raise InputError('PostgreSQL needs psycopg: pip install "motherlode[postgres]".') from None
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise InputError(
            "The database is not given as postgresql://user:password@host/name."
        ) from None
    engine = create_engine(
        parsed, hide_parameters=True, connect_args={"timeout": _LOCKED_SECONDS}, pool_size=10
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
    # Only we do this, so that a file which changes otherwise is noticed.
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute(f"PRAGMA journal_size_limit={_KEPT_BYTES}")
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


def lock_for_writing(connection: Connection, durable: bool) -> None:
    """Wait for other writers of a PostgreSQL database, and keep them out."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
    if not durable:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
