"""Labels with their provenance, written to a file or sent as they are read."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from .._files.choices import Choices
from .._files.formats import is_of_texts, write_parts
from .._files.own_columns import rename_apart
from .._files.reading import read_table
from .._files.whole_files import exported, exported_type, write_lines
from .._files.writers import unquote
from .._files.writers.lines import Lines
from ..errors import InputError
from ._data.folder import Project
from ._insight.status import format_time
from ._log import log
from ._log.events import FIELDS, NO_ROW, Event, event_from_dict, event_to_dict
from ._log.fold import State
from ._log.provenance import HOW, provenance_to_dict

_AT_A_TIME = 1_000

_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _fields(kinds: Mapping[str, type]) -> list[pa.Field]:
    return [pa.field(name, _TYPES[kind]) for name, kind in kinds.items()]


_OF_EVENT = {"seconds": float, "note": str, "tags": str}
_OF_ROW = {"row": int, "label": str, "state": str, "annotators": str, "labelled_at": str}
_SINCE = {"content_changed": bool}
_LABEL_FIELDS = _fields({**_OF_ROW, **HOW, "asked_at": str, **_OF_EVENT, "event": int, **_SINCE})
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
    all_rows : bool
        Whether to give every row of the data, not only those with an answer, with the probability
        of each class by the final model, in columns ``probability_`` and the class.

    Attributes
    ----------
    schema : pyarrow.Schema
        Columns of the data that annotators see, then those of provenance; a data column that
        has the name of one of these begins with ``data_``.
    lines : int
        How many lines were given out.
    """

    lines: int = 0

    def __init__(self, project: Project, *, events: bool = False, all_rows: bool = False) -> None:
        if events and all_rows:
            raise InputError("The log has no line for each row; leave out --events or --all-rows.")
        self._project, self._events, self._all_rows = project, events, all_rows
        with project.database.reading() as connection:
            settings = project.in_force.after(log.read_changes(connection))
        self._settings = settings
        self._named = [] if settings.id is None else [settings.id]
        ours = _EVENT_FIELDS if events else [*_LABEL_FIELDS]
        if all_rows:
            ours += _fields({f"probability_{name}": float for name in settings.classes})
        self._ours = pa.schema(ours)
        data = self._named if events else [*self._named, *settings.shown]
        data = list(dict.fromkeys(data))
        self._renamed = dict(zip(data, rename_apart(data, self._ours.names), strict=True))
        schema = project.rows.table.schema
        theirs = [(self._renamed[n], exported_type(schema.field(n).type)) for n in self._renamed]
        self.schema = pa.schema([*pa.schema(theirs), *self._ours])

    @cached_property
    def model(self) -> tuple[Any, str | None]:
        """The final model of all labels; None and the reason in a sentence if there is none."""
        from ._training.whole_pool import fit_final_model

        return fit_final_model(self._project)

    def parts(self, format: str) -> Iterator[bytes]:
        """Give the parts of a file, one after the other.

        Parameters
        ----------
        format : str
            A name in `WRITERS`, in any spelling. A format that is a folder is given as a zip.
        """
        return write_parts(format, self._describe(as_written=is_of_texts(format)))

    def write(self, path: Path, format: str | None = None) -> int:
        """Write a file or folder, as a whole or not at all, and return how many lines it has.

        Parameters
        ----------
        path : Path
            Its ending says its format, unless one is named.
        format : str, optional
            As for `parts`; "hugging_face" is a folder unless the path ends in .zip.

        Raises
        ------
        InputError
            If there is no such format, or the file cannot be written.
        """
        write_lines(path, format, lambda as_texts: self._describe(as_written=as_texts))
        return self.lines

    def _describe(self, *, as_written: bool = False) -> Lines:
        """Describe the lines to a writer, with the data's cells as its file has them if told."""
        settings = self._settings
        named = tuple(self._renamed[name] for name in self._named)
        data = self._data(as_written=as_written)
        theirs = {field.name: exported_type(field.type) for field in data.schema}
        schema = pa.schema([*pa.schema(theirs), *self._ours])
        # What was read as a number or a date is no formula.
        read = {name for name, kind in theirs.items() if kind != self.schema.field(name).type}
        as_is = frozenset({*named, "label", *read})
        if self._events:
            return Lines(schema, self._tables(data), named=named, as_is=as_is)
        main = settings.columns if settings.kind in ("text", "image") else ()
        return Lines(
            schema,
            self._tables(data),
            main=tuple(self._renamed[name] for name in main),
            shown=tuple(self._renamed[name] for name in settings.shown),
            is_image=settings.kind == "image",
            named=(*named, "row"),
            label="label",
            classes=settings.classes,
            positive=settings.positive_classes,
            as_is=as_is,
        )

    def tables(self) -> Iterator[pa.Table]:
        """Give the lines, a thousand at a time."""
        return self._tables(self._data(as_written=False))

    def _data(self, *, as_written: bool) -> pa.Table:
        """Give the columns of the data, under the names that they are exported by."""
        rows, names = self._project.rows, list(self._renamed)
        table = rows.as_written(names) if as_written else rows.table.select(names)
        return table.rename_columns(list(self._renamed.values())).replace_schema_metadata()

    def _tables(self, data: pa.Table) -> Iterator[pa.Table]:
        self.lines = 0
        found = self._event_tables(data) if self._events else self._row_tables(data)
        for table in found:
            self.lines += len(table)
            yield table

    def _row_tables(self, data: pa.Table) -> Iterator[pa.Table]:
        with self._project.database.reading() as connection:
            state = log.read_state(connection)
        if self._all_rows:
            yield from self._every_row(data, state)
            return
        rows = iter(sorted(state.rows))
        while batch := list(islice(rows, _AT_A_TIME)):
            lines = [_label_line(row, state) for row in batch]
            yield self._with_data(data, batch, pa.Table.from_pylist(lines, schema=self._ours))

    def _every_row(self, data: pa.Table, state: State) -> Iterator[pa.Table]:
        from ._training.whole_pool import predict_all

        settings, (model, _) = self._settings, self.model
        for low, P in predict_all(self._project, model, settings.classes, _AT_A_TIME):
            rows = range(low, low + len(P))
            known = [_label_line(r, state) if r in state.rows else {"row": r} for r in rows]
            table = pa.Table.from_pylist(known, schema=self._ours)
            for place, name in enumerate(settings.classes):
                column = pa.array(P[:, place], pa.float64(), from_pandas=True)  # NaN: no model
                at = self._ours.get_field_index(f"probability_{name}")
                table = table.set_column(at, self._ours.field(at), column)
            yield self._with_data(data, rows, table)

    def _event_tables(self, data: pa.Table) -> Iterator[pa.Table]:
        with self._project.database.reading() as connection:
            events = log.read_after(connection, 0)
            while batch := [_event_line(event) for event in islice(events, _AT_A_TIME)]:
                table = pa.Table.from_pylist(batch, schema=self._ours)
                yield self._with_data(data, [line["row"] for line in batch], table)

    def _with_data(self, data: pa.Table, rows: Sequence[int], ours: pa.Table) -> pa.Table:
        if isinstance(rows, range):
            data = data.slice(rows.start, len(rows))
        else:
            data = data.take(pa.array(rows, pa.int64()))
        columns = [exported(column) for column in data.columns]
        names = [*data.column_names, *ours.column_names]
        return pa.table([*columns, *ours.columns], names=names)


def _event_line(event: Event) -> dict[str, Any]:
    """Give the values of an event; one about the whole project is of no row."""
    return {**event_to_dict(event), "row": None if event.row == NO_ROW else event.row}


def _label_line(row: int, state: State) -> dict[str, Any]:
    known = state.rows[row]
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
        "content_changed": state.is_outdated(row),
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
    # CSV and TSV hold an empty word for a missing one, and a quote before a formula.
    for name in texts if path.suffix.lower() in (".csv", ".tsv") else ():
        for line in lines:
            value = line[name] or None
            line[name] = value if value is None or name == "label" else unquote(value)
    return [
        event_from_dict(line | {"row": NO_ROW if line["row"] is None else line["row"]})
        for line in lines
    ]
