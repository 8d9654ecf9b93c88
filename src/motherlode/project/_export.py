"""Labels with their provenance, written to a file or sent as they are read."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from .._files.choices import Choices
from .._files.formats import ALIASES, writer_of
from .._files.reading import read_table
from .._files.writers import AS_IS, unquote
from .._rows.whole_file import write_whole
from ..errors import InputError
from ._data.folder import Project
from ._insight.status import format_time
from ._log import log
from ._log.events import FIELDS, Event, event_from_dict, event_to_dict
from ._log.fold import RowState
from ._log.provenance import HOW, provenance_to_dict

_AT_A_TIME = 1_000

_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _fields(kinds: Mapping[str, type]) -> list[pa.Field]:
    # Labels are compared with the declared classes, so they stay as they are in CSV files too.
    return [
        pa.field(name, _TYPES[kind], metadata=AS_IS if name == "label" else None)
        for name, kind in kinds.items()
    ]


_OF_EVENT = {"seconds": float, "note": str, "tags": str}
_OF_ROW = {"row": int, "label": str, "state": str, "annotators": str, "labelled_at": str}
_LABEL_FIELDS = _fields({**_OF_ROW, **HOW, "asked_at": str, **_OF_EVENT, "event": int})
_EVENT_FIELDS = _fields({"id": int, **FIELDS})


class Export:
    """What a project knows of its rows, in batches.

    Parameters
    ----------
    project : Project
        The project to export.
    events : bool
        Whether to give the whole log, an event a line, instead of the present state, a row a line.
        It holds all that the log does, with times in seconds since 1970; see `read_events`.

    Attributes
    ----------
    schema : pyarrow.Schema
        Columns of the data that annotators see, then those of provenance; a data column that
        has the name of one of these begins with ``data_``.
    lines : int
        How many lines were given out.
    """

    lines: int = 0

    def __init__(self, project: Project, *, events: bool = False) -> None:
        self._project, self._events = project, events
        settings = project.settings
        ours = _EVENT_FIELDS if events else _LABEL_FIELDS
        names = {field.name for field in ours}
        named = [] if settings.id is None else [settings.id]
        data = named if events else [*named, *settings.shown]
        self._renamed = {name: f"data_{name}" if name in names else name for name in data}
        table = project.rows.table
        theirs = [
            pa.field(
                self._renamed[name],
                _exported_type(table.schema.field(name).type),
                metadata=AS_IS if name in named else None,
            )
            for name in data
        ]
        self.schema = pa.schema([*theirs, *ours])

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """Give the lines, a thousand at a time."""
        self.lines = 0
        lines = self._event_lines() if self._events else self._label_lines()
        while batch := list(islice(lines, _AT_A_TIME)):
            self.lines += len(batch)
            yield self._with_data(batch)

    def parts(self, format: str) -> Iterator[bytes]:
        """Give the parts of a file, one after the other.

        Parameters
        ----------
        format : str
            The ending of the file, without the dot.
        """
        return writer_of(Path(f"labels.{format}"))(self.schema, self.batches())

    def write(self, path: Path) -> int:
        """Write a file, as a whole or not at all, and return how many lines it has.

        Parameters
        ----------
        path : Path
            Its ending says its format.

        Raises
        ------
        InputError
            If no writer has the ending or the file cannot be written.
        """
        writer = writer_of(path)
        try:
            with write_whole(path) as made, made.open("wb") as file:
                file.writelines(writer(self.schema, self.batches()))
        except OSError as problem:
            raise InputError(f"{path} can't be written: {problem.strerror}.") from None
        return self.lines

    def _label_lines(self) -> Iterator[dict[str, Any]]:
        with self._project.database.reading() as connection:
            state = log.read_state(connection)
        for row in sorted(state.rows):
            yield _label_line(row, state.rows[row])

    def _event_lines(self) -> Iterator[dict[str, Any]]:
        with self._project.database.reading() as connection:
            for event in log.read_after(connection, 0):
                yield event_to_dict(event)

    def _with_data(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not self._renamed:
            return batch
        table = self._project.rows.table.select(list(self._renamed))
        rows = table.take([line["row"] for line in batch]).to_pylist()
        return [
            {self._renamed[name]: _exported_value(value) for name, value in row.items()} | line
            for row, line in zip(rows, batch, strict=True)
        ]


def _label_line(row: int, known: RowState) -> dict[str, Any]:
    event = next(o for o in known.opinions if o.id == known.since)
    how = known.how
    return {
        "row": row,
        "label": known.label,
        "state": known.kind,
        "annotators": "; ".join(f"{o.annotator}: {o.label or o.kind}" for o in known.opinions),
        "labelled_at": format_time(event.at),
        **provenance_to_dict(how),
        "asked_at": None if how.asked_at is None else format_time(how.asked_at),
        **{name: getattr(event, name) for name in _OF_EVENT},
        "event": event.id,
    }


def read_events(path: Path) -> list[Event]:
    """Read the log that an export of events holds; a project can be built anew from it.

    Parameters
    ----------
    path : Path
        A file that `Export.write` wrote, with ``events=True``.

    Raises
    ------
    InputError
        If the file cannot be read, or is no export of events.
    """
    texts = [name for name, kind in FIELDS.items() if kind is str]
    table = read_table(path, Choices(texts=frozenset(texts)))
    missing = [name for name in FIELDS if name not in table.column_names]
    if missing:
        raise InputError(f"{path} has no column {missing[0]}, so it is no export of events.")
    lines = table.select(list(FIELDS)).to_pylist()
    # CSV files hold an empty word for a missing one, and a sign before what looks like a formula.
    for name in texts if ALIASES.get(path.suffix[1:], path.suffix[1:]) == "csv" else ():
        for line in lines:
            value = line[name] or None
            line[name] = value if value is None or name == "label" else unquote(value)
    return [event_from_dict(line) for line in lines]


def _exported_type(kind: pa.DataType) -> pa.DataType:
    """Give a type to export; of bytes and vectors the export says how large they are."""
    nested = pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return pa.string() if nested else kind


def _exported_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return f"{len(value):,} values" if isinstance(value, list | dict) else value
