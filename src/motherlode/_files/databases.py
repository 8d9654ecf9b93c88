"""Tables and queries of databases, by SQLAlchemy: read only, a block of rows at a time."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa

from ..errors import InputError
from .choices import Choices, Found, check_names
from .disk_copies import Spool, write_copy
from .typed_values import make_table

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

_ROWS = 2**13  # rows in memory as Python's values at a time
_QUERY = re.compile(r"\s*(select|with|values)\b", re.IGNORECASE)
_EXAMPLE = "postgresql://user@host/name#table"


def read_database(address: str, choices: Choices) -> Found:
    """Read a table, or what a query selects: ``address#table`` or ``address#select ...``."""
    spool, reasons = _read(address, choices)
    return Found(pa.concat_tables(list(spool.tables())), reasons=reasons)


def copy_database(address: str, choices: Choices) -> pa.Table | Path:
    """Read a table, or write it to a temporary Arrow file if it has many rows."""
    spool, _ = _read(address, choices)
    if not spool.is_on_disk:
        return pa.concat_tables(list(spool.tables()))
    return write_copy(spool.schema, spool.tables(), "rows")


def _read(address: str, choices: Choices) -> tuple[Spool, dict[str, str]]:
    url, shown = _parse(address)
    spool, reasons = Spool(), dict[str, str]()
    with _explain_errors(url, shown), _connect(url, shown) as connection:
        names, blocks = _select(connection, choices.part, shown)
        check_names(shown, names)
        for block in blocks:
            columns = dict(zip(names, zip(*block, strict=True), strict=True))
            table, some = make_table(columns, choices, "none")
            spool.add(table)
            reasons |= some
    if not spool.rows:
        raise InputError(f"{shown} gives no rows of {choices.part!r}.")
    return spool, reasons


def _parse(address: str) -> tuple["URL", str]:
    """Read an address; return it with the form that messages show, without its password."""
    if find_spec("sqlalchemy") is None:
        raise InputError('Reading databases needs SQLAlchemy: pip install "motherlode[app]".')
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise InputError(f"The database is not given as {_EXAMPLE}.") from None
    # What an address asks for may hold a password too.
    shown = url.set(query={}).render_as_string(hide_password=True)
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    return url, shown


@contextmanager
def _connect(url: "URL", shown: str) -> "Iterator[Connection]":
    engine = _make_engine(url, shown)
    try:
        with engine.connect() as connection:
            options: dict[str, Any] = {"stream_results": True, "max_row_buffer": _ROWS}
            if engine.dialect.name == "postgresql":
                options["postgresql_readonly"] = True
            yield connection.execution_options(**options)
    finally:
        engine.dispose()


def _make_engine(url: "URL", shown: str) -> "Engine":
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            raise InputError(f"There is no file {path}.")
        target = f"file:{quote(str(path.resolve()))}?mode=ro"
        return create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(target, uri=True), poolclass=NullPool
        )
    try:
        return create_engine(url, poolclass=NullPool)
    except (ImportError, NoSuchModuleError):
        extra = 'pip install "motherlode[postgres]"' if "postgres" in shown else "install it"
        raise InputError(f"The driver of {url.drivername} is not installed; {extra}.") from None


def _select(
    connection: "Connection", part: str | None, shown: str
) -> tuple[list[str], Iterator[Any]]:
    import sqlalchemy as sql

    if part is not None and _QUERY.match(part):
        # A colon begins no parameter here.
        result = connection.execute(sql.text(part.replace(":", "\\:")))
    else:
        schema, name = _find_table(connection, part, shown)
        table = sql.table(name, schema=schema)
        result = connection.execute(sql.select(sql.text("*")).select_from(table))
    return list(result.keys()), result.partitions(_ROWS)


def _find_table(connection: "Connection", part: str | None, shown: str) -> tuple[str | None, str]:
    import sqlalchemy as sql

    inspected = sql.inspect(connection)
    names = [*inspected.get_table_names(), *inspected.get_view_names()]
    if part is None and len(names) == 1:
        return None, names[0]
    if part in names:
        return None, str(part)
    schema, _, name = (part or "").rpartition(".")
    if schema and name in (
        *inspected.get_table_names(schema=schema), *inspected.get_view_names(schema=schema)
    ):  # fmt: skip
        return schema, name
    there = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    wanted = "needs a table" if part is None else f"has no table {part!r}"
    raise InputError(
        f"{shown} {wanted}; it has {there or 'none'}: add #table or #select … to the address."
    )


@contextmanager
def _explain_errors(url: "URL", shown: str) -> Iterator[None]:
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except SQLAlchemyError as problem:
        cause = problem.orig if isinstance(problem, DBAPIError) else problem
        said = " ".join(str(cause).split("\n", 1)[0].split())[:200].rstrip(".")
        if url.password:
            said = said.replace(str(url.password), "***")
        raise InputError(f"{shown} can't be read: {said}.") from None
    except (ValueError, TypeError, LookupError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError(f"{shown} can't be read: it holds a value of no known type.") from None
