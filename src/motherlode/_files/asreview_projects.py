"""Project files of ASReview: a zip of ``project.json`` and SQLite files with records and labels.

A file of somebody else may be made to do harm. So nothing is unpacked under a name of its own, only
plain tables are read, and what comes out is counted.
"""

import json
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyarrow as pa

from ..errors import InputError
from .choices import Choices, Found
from .formats import READERS, reader_of
from .typed_values import make_table
from .unpacking import check_unpacked, check_zip, packing_of

_LABELS = {1: "relevant", 0: "irrelevant"}
_TEXTS = ("title", "abstract")
_LISTS = ("authors", "keywords")
_OTHERS = ("year", "doi", "url")
_ABOUT, _RECORDS = "project.json", "record"
_LARGEST_ABOUT = 10**7  # bytes
_LONGEST_CELL = 10**7  # bytes
_PART, _CELL = 2**20, 50  # bytes read at a time; bytes that a cell takes beside its text


def read_asreview(path: Path, choices: Choices) -> Found:
    """Read the records of a project, with its labels as ``label``: relevant or irrelevant.

    Files of all releases since 1.0 are read: since 2.0 the records are in a database, before they
    are in a file of their own. A record that is a duplicate has the label of its original.
    """
    check_zip(path)
    try:
        with ZipFile(path) as parts, tempfile.TemporaryDirectory(prefix="motherlode-") as folder:
            return _read(_Project(path, parts, Path(folder)), choices)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        if isinstance(problem, RecursionError):
            raise _refuse(path) from None
        raise InputError(f"{path} is no zip file, or is damaged ({problem}).") from None
    except (sqlite3.Error, OverflowError) as problem:
        raise InputError(f"{path} holds a database that can't be read: {problem}.") from None


def _refuse(path: Path) -> InputError:
    return InputError(
        f"{path} is no project of ASReview 1.0 or later; open it in ASReview and export it again."
    )


class _Project:
    """An open project file."""

    def __init__(self, path: Path, parts: ZipFile, folder: Path) -> None:
        self.path, self._parts, self._folder = path, parts, folder
        self._names = set(parts.namelist())
        self._unpacked = 0
        self.about = self._read_about()

    def _read_about(self) -> dict[str, Any]:
        if _ABOUT not in self._names or self._parts.getinfo(_ABOUT).file_size > _LARGEST_ABOUT:
            raise _refuse(self.path)
        try:
            found = json.loads(self._parts.read(_ABOUT))
        except ValueError:
            raise _refuse(self.path) from None
        if not isinstance(found, dict):
            raise _refuse(self.path)
        return found

    def has(self, name: str) -> bool:
        """Tell whether the zip has a part of this name."""
        return name in self._names

    def unpack(self, name: str, to: str) -> Path:
        """Unpack a part under a name that we choose, as far as it is not too large."""
        if name not in self._names:
            raise _refuse(self.path)
        made = self._folder / to
        with self._parts.open(name) as part, made.open("wb") as file:
            while content := part.read(_PART):
                self._count(len(content))
                file.write(content)
        return made

    def _count(self, size: int) -> None:
        self._unpacked += size
        check_unpacked(self.path, self._unpacked)

    def select(self, connection: sqlite3.Connection, table: str, names: Sequence[str]) -> Any:
        """Give columns of a plain table, row by row, as long as they are not too much.

        Pages that stand in each other many times would give rows without end.
        """
        kind = "select rootpage from sqlite_master where type = 'table' and name = ?"
        found = connection.execute(kind, (table,)).fetchone()
        held = dict(connection.execute("select name, hidden from pragma_table_xinfo(?)", (table,)))
        if found is None or not found[0] or any(held.get(name) != 0 for name in names):
            raise _refuse(self.path)  # a view or a virtual table can compute without end
        listed = ", ".join(f'"{name}"' for name in names)
        # The names are ours.
        for row in connection.execute(f'select {listed} from "{table}"'):  # nosec B608
            self._count(sum(_CELL + len(cell) if _is_long(cell) else _CELL for cell in row))
            yield row


def _is_long(cell: Any) -> bool:
    return isinstance(cell, str | bytes)


@contextmanager
def _connect(path: Path) -> Iterator[sqlite3.Connection]:
    target = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(target, uri=True)) as connection:
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)
        connection.execute("pragma trusted_schema = off")
        connection.execute("pragma cell_size_check = on")
        yield connection


def _read(project: _Project, choices: Choices) -> Found:
    if project.has("results.db"):
        return _read_records(project, "results.db", "results.db", choices)
    review = _first_review(project)
    if project.has("data_store.db"):
        labels = f"reviews/{review}/results.db"
        return _read_records(project, "data_store.db", labels, choices)
    return _read_data_file(project, f"reviews/{review}/results.sql", choices)


def _first_review(project: _Project) -> str:
    reviews = project.about.get("reviews")
    first = reviews[0] if isinstance(reviews, list) and reviews else {}
    return str(first.get("id")) if isinstance(first, dict) else ""


def _read_records(project: _Project, records: str, labels: str, choices: Choices) -> Found:
    """Read the records of a database, as releases since 2.0 write it."""
    names = ("record_id", "duplicate_of", *_TEXTS, *_LISTS, *_OTHERS)
    held = project.unpack(records, "records.db")
    with _connect(held) as connection:
        rows = sorted(project.select(connection, _RECORDS, names), key=lambda row: _number(row[0]))
    given: dict[Any, str] = {}
    if project.has(labels):
        path = held if labels == records else project.unpack(labels, "labels.db")
        given = _read_labels(project, path)
    values: dict[str, list[Any]] = {"id": [row[0] for row in rows]}
    for place, name in enumerate(names[2:], 2):
        column = [row[place] for row in rows]
        if name in _LISTS:
            column = [_join(cell) for cell in column]
        elif name in _TEXTS or any(isinstance(cell, str | bytes) for cell in column):
            column = [_text(cell) for cell in column]
        if name in _TEXTS or any(cell not in (None, "") for cell in column):
            values[name] = column
    values["label"] = [given.get(row[0] if row[1] is None else row[1]) for row in rows]
    table, reasons = make_table(values, choices, "none")
    return Found(table, _say(project, len(given)), reasons)


def _read_data_file(project: _Project, labels: str, choices: Choices) -> Found:
    """Read the file of records that releases 1.x keep as it was given."""
    name = str(project.about.get("dataset_path"))
    if not project.has(f"data/{name}"):
        raise _refuse(project.path)
    kind, read = reader_of(Path(name))
    ending = "".join(Path(name).suffixes[-2:]) if packing_of(Path(name)) else Path(name).suffix
    if kind not in READERS.own or kind == "asreview":
        raise _refuse(project.path)
    found: Found = read(project.unpack(f"data/{name}", f"data{ending}"), choices)
    given: dict[Any, str] = {}
    if project.has(labels):
        given = _read_labels(project, project.unpack(labels, "labels.db"))
    table = found.table
    named = "label" if "label" not in table.column_names else "label_in_asreview"
    values = pa.array([given.get(row) for row in range(table.num_rows)], pa.string())
    table = table.append_column(named, pa.chunked_array([values]))
    notes = (*found.notes, *_say(project, len(given)))
    return Found(table, notes, found.reasons, found.written)


def _read_labels(project: _Project, path: Path) -> dict[Any, str]:
    with _connect(path) as connection:
        rows = list(project.select(connection, "results", ("record_id", "label")))
    return {record: _LABELS[label] for record, label in rows if label in _LABELS}


def _say(project: _Project, labels: int) -> tuple[str, ...]:
    version = " ".join(str(project.about.get("version")).split())[:20]
    return (
        f"It is read as a project of ASReview {version}; {labels:,} records have a label, "
        "relevant or irrelevant.",
    )


def _number(cell: Any) -> float:
    return cell if isinstance(cell, int | float) else -1


def _text(cell: Any) -> str | None:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return None if cell is None else str(cell)


def _join(cell: Any) -> str:
    """Write a list that is kept as JSON as one text."""
    text = _text(cell) or ""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return text
    return "; ".join(map(str, found)) if isinstance(found, list) else text
