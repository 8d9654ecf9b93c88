"""Labels with where they came from, written to a file or sent as they are read."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from .._rows.whole_file import write_whole
from ..errors import InputError
from ..pool._files import ALIASES, read_table, writer_of
from ..pool._writers import AS_IS, unquote
from ._data.folder import Project
from ._insight.status import moment
from ._log import log
from ._log.events import FIELDS, Event, event_of, line_of
from ._log.fold import Present, State
from ._log.provenance import HOW, told

_AT_A_TIME = 1_000

_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _fields(kinds: Mapping[str, type]) -> list[pa.Field]:
    # Labels are compared with the declared classes, so they stay as they are in CSV files too.
    return [
        pa.field(name, _TYPES[kind], metadata=AS_IS if name == "label" else None)
        for name, kind in kinds.items()
    ]


_SPOKEN = {"seconds": float, "note": str, "tags": str}
_SAID = {"row": int, "label": str, "state": str, "annotators": str, "labelled_at": str}
_LABEL_FIELDS = _fields({**_SAID, **HOW, "asked_at": str, **_SPOKEN, "event": int})
_EVENT_FIELDS = _fields({"id": int, **FIELDS})


class Export:
    """What a project knows of its rows, in batches.

    Parameters
    ----------
    project : Project
    events : bool
        The whole log, an event a line, instead of the present state, a row a line. It holds all
        that the log does, times to the last bit as seconds since 1970; see `events_in`.

    Attributes
    ----------
    schema : pyarrow.Schema
        Columns of the data that annotators see, then those of provenance; a data column that
        has the name of one of these begins with ``data_``.
    lines : int
        How many were given out.
    """

    lines: int = 0

    def __init__(self, project: Project, *, events: bool = False) -> None:
        self._project, self._events = project, events
        settings = project.settings
        ours = _EVENT_FIELDS if events else _LABEL_FIELDS
        taken = {field.name for field in ours}
        named = [] if settings.id is None else [settings.id]
        data = named if events else [*named, *settings.shown]
        self._renamed = {name: f"data_{name}" if name in taken else name for name in data}
        table = project.rows.table
        theirs = [
            pa.field(
                self._renamed[name],
                _kept(table.schema.field(name).type),
                metadata=AS_IS if name in named else None,
            )
            for name in data
        ]
        self.schema = pa.schema([*theirs, *ours])

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """The lines, a thousand at a time."""
        self.lines = 0
        lines = self._event_lines() if self._events else self._label_lines()
        batch: list[dict[str, Any]] = []
        for line in lines:
            self.lines += 1
            batch.append(line)
            if len(batch) == _AT_A_TIME:
                yield self._with_data(batch)
                batch = []
        if batch:
            yield self._with_data(batch)

    def parts(self, format: str) -> Iterator[bytes]:
        """The file of that ending, a part after the other."""
        return writer_of(Path(f"labels.{format}"))(self.schema, self.batches())

    def write(self, path: Path) -> int:
        """Write the file whose ending says its format, as a whole or not at all; lines written.

        Raises
        ------
        InputError
            If no writer has the ending or the file cannot be written.
        """
        writer = writer_of(path)
        try:
            with write_whole(path) as made, made.open("wb") as file:
                file.writelines(writer(self.schema, self.batches()))
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            raise InputError(f"{path} can't be written: {problem.strerror}.") from None
        return self.lines

    def _label_lines(self) -> Iterator[dict[str, Any]]:
        with self._project.database.reading() as connection:
            state: State = log.present(connection)
        for row in sorted(state.present):
            yield _line(row, state.present[row])

    def _event_lines(self) -> Iterator[dict[str, Any]]:
        with self._project.database.reading() as connection:
            for event in log.after(connection, 0):
                yield line_of(event)

    def _with_data(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not self._renamed:
            return batch
        table = self._project.rows.table.select(list(self._renamed))
        rows = table.take([line["row"] for line in batch]).to_pylist()
        return [
            {self._renamed[name]: _cell(value) for name, value in row.items()} | line
            for row, line in zip(rows, batch, strict=True)
        ]


def _line(row: int, known: Present) -> dict[str, Any]:
    speaks: Event = next(o for o in known.opinions if o.id == known.since)
    how = known.how
    return {
        "row": row,
        "label": known.label,
        "state": known.kind,
        "annotators": "; ".join(f"{o.annotator}: {o.label or o.kind}" for o in known.opinions),
        "labelled_at": moment(speaks.at),
        **told(how),
        "asked_at": None if how.asked_at is None else moment(how.asked_at),
        **{name: getattr(speaks, name) for name in _SPOKEN},
        "event": speaks.id,
    }


def events_in(path: Path) -> list[Event]:
    """The log that a file of events holds, as it was exported; with it a project is built anew.

    Raises
    ------
    InputError
        If the file cannot be read, or is no export of events.
    """
    texts = [name for name, kind in FIELDS.items() if kind is str]
    table = read_table(path, texts)
    missing = [name for name in FIELDS if name not in table.column_names]
    if missing:
        raise InputError(f"{path} has no column {missing[0]}, so it is no export of events.")
    lines = table.select(list(FIELDS)).to_pylist()
    # In CSV files words without a value are empty, and a sign stands before what looks like a
    # formula.
    for name in texts if ALIASES.get(path.suffix[1:], path.suffix[1:]) == "csv" else ():
        for line in lines:
            value = line[name] or None
            line[name] = value if value is None or name == "label" else unquote(value)
    return [event_of(line) for line in lines]


def _kept(kind: pa.DataType) -> pa.DataType:
    """Bytes and vectors are left to the data file; the export says how large they are."""
    nested = pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return pa.string() if nested else kind


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return f"{len(value):,} values" if isinstance(value, list | dict) else value
