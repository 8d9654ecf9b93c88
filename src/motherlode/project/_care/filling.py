"""Fill a database with the labels of a project, a file or one of PostgreSQL."""

import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Table

from ...errors import InputError
from .._data.folder import Project, address_of, connect
from .._data.own_files import LABELS
from .._log.copying import Content, copy_tables
from .._log.database import Database, Progress
from .._log.in_use import is_postgres_in_use, is_sqlite_in_use

_TRIES, _PAUSE = 20, 0.1  # PostgreSQL notices a moment later that a program has ended


def fill_file(
    source: Connection,
    path: Path,
    project: Project,
    tell: Progress,
    *,
    name: str,
    without: Sequence[Table] = (),
) -> Content:
    """Make a file of what a connection reads of a project's labels; messages call it `name`."""
    return _fill(source, Database(address_of(path), name), project, without, tell)


def fill_database(source: Connection, url: str, project: Project, tell: Progress) -> Content:
    """Fill a PostgreSQL database with what a connection reads of a project's labels."""
    return _fill(source, Database(url, "The database that you named"), project, (), tell)


def _fill(
    source: Connection,
    target: Database,
    project: Project,
    without: Sequence[Table],
    tell: Progress,
) -> Content:
    data = project.in_force.beginning.digest
    try:
        with target.writing() as connection:
            return copy_tables(source, connection, data, target.name, without=without, tell=tell)
    finally:
        target.close()


def refuse_if_in_use(folder: Path, url: str | None) -> None:
    """Refuse a database that any program has open."""
    if any(_is_free(folder, url) for _ in range(_TRIES)):
        return
    where = f"The file {folder / LABELS}" if url is None else "The database"
    raise InputError(
        f"{where} is in use, by a server, a terminal or another command; end them and try again."
    )


def _is_free(folder: Path, url: str | None) -> bool:
    if url is None:
        is_free = not (folder / LABELS).exists() or not is_sqlite_in_use(folder / LABELS)
    else:
        database = connect(folder, url)
        try:
            with database.reading() as connection:
                is_free = not is_postgres_in_use(connection)
        finally:
            database.close()
    if not is_free:
        time.sleep(_PAUSE)
    return is_free
