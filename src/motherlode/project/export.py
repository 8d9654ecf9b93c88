"""Labels with where they came from, written to a file or sent as they are read."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..pool.files import writer_of
from . import log
from .events import Event
from .fold import Present, State
from .folder import Project
from .status import moment

_AT_A_TIME = 1_000

_LABEL_FIELDS = [
    pa.field("row", pa.int64()),
    pa.field("label", pa.string()),
    pa.field("state", pa.string()),
    pa.field("annotators", pa.string()),
    pa.field("labelled_at", pa.string()),
    pa.field("channel", pa.string()),
    pa.field("query", pa.int64()),
    pa.field("strategy", pa.string()),
    pa.field("utility", pa.float64()),
    pa.field("probability", pa.float64()),
    pa.field("model_version", pa.int64()),
    pa.field("seconds", pa.float64()),
    pa.field("note", pa.string()),
    pa.field("tags", pa.string()),
    pa.field("event", pa.int64()),
]
_EVENT_FIELDS = [
    pa.field("id", pa.int64()),
    pa.field("at", pa.string()),
    *(
        pa.field(name, kind)
        for name, kind in (
            ("row", pa.int64()), ("kind", pa.string()), ("label", pa.string()),
            ("annotator", pa.string()), ("channel", pa.string()), ("query", pa.int64()),
            ("strategy", pa.string()), ("utility", pa.float64()),
            ("probability", pa.float64()), ("model_version", pa.int64()),
            ("seconds", pa.float64()), ("note", pa.string()), ("tags", pa.string()),
            ("retracts", pa.int64()), ("key", pa.string()),
        )
    ),
]  # fmt: skip


class Export:
    """What a project knows of its rows, in batches.

    Parameters
    ----------
    project : Project
    events : bool
        The whole log, an event a line, instead of the present state, a row a line.

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
        theirs = [pa.field(self._renamed[n], _kept(table.schema.field(n).type)) for n in data]
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
            with tempfile.NamedTemporaryFile(
                dir=path.parent, prefix=f".{path.name}-", delete=False
            ) as file:
                made = Path(file.name)
                try:
                    file.writelines(writer(self.schema, self.batches()))
                    file.flush()
                    os.fsync(file.fileno())
                    os.replace(made, path)
                finally:
                    made.unlink(missing_ok=True)
        except OSError as problem:
            raise InputError(f"{path} can't be written: {problem.strerror}.") from None
        path.chmod(0o644)
        return self.lines

    def _label_lines(self) -> Iterator[dict[str, Any]]:
        with self._project.database.reading() as connection:
            state: State = log.present(connection)
        for row in sorted(state.present):
            yield _line(row, state.present[row])

    def _event_lines(self) -> Iterator[dict[str, Any]]:
        with self._project.database.reading() as connection:
            for event in log.after(connection, 0):
                yield asdict(event) | {"at": moment(event.at)}

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
    return {
        "row": row,
        "label": known.label,
        "state": known.kind,
        "annotators": "; ".join(f"{o.annotator}: {o.label or o.kind}" for o in known.opinions),
        "labelled_at": moment(speaks.at),
        "event": speaks.id,
        **{
            name: getattr(speaks, name)
            for name in (
                "channel", "query", "strategy", "utility", "probability", "model_version",
                "seconds", "note", "tags",
            )
        },
    }  # fmt: skip


def _kept(kind: pa.DataType) -> pa.DataType:
    """Bytes and vectors are left to the data file; the export says how large they are."""
    nested = pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return pa.string() if nested else kind


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return f"{len(value):,} values" if isinstance(value, list | dict) else value
