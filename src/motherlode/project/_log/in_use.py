"""Whether some process has a project's database open: a server, a trainer, a terminal.

Each connection holds a lock that any number can hold together, and that ends with its process,
however that ends. Who gets the lock for himself alone knows that there is no other.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

# Any number that others do not use; with it goes the schema, as one database may hold several.
_LOCK = "(723645708, hashtext(coalesce(current_schema(), '')))"


def show_use(connection: Any, _record: Any) -> None:
    """Hold the common lock of a PostgreSQL database, for as long as a new connection lasts."""
    connection.autocommit = True
    connection.execute(f"SELECT pg_advisory_lock_shared{_LOCK}")  # no input  # nosec B608
    connection.autocommit = False


def is_postgres_in_use(connection: Connection) -> bool:
    """Say whether there is any connection to a PostgreSQL database but this one."""
    got = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock{_LOCK}").scalar()  # nosec B608
    if got:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock{_LOCK}")  # nosec B608
    return not got


def is_sqlite_in_use(path: Path) -> bool:
    """Say whether any process has the file of a SQLite database open, this one included."""
    with closing(sqlite3.connect(path, timeout=0.0)) as alone:
        alone.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            alone.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as problem:  # of others than this one opening the project tells
            return "locked" in str(problem)
    return False
