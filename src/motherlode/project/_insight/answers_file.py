"""A list of answers as a table: an answer a line, with its row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..._files.whole_files import exported, write_lines
from ..._files.writers.lines import Lines
from .._data.beside import put_beside
from .._data.folder import Project
from .._log.events import Event
from .._log.fold import State
from .status import format_time

_AT_A_TIME = 1_000
_OURS = pa.schema(
    {
        "row": pa.int64(),
        "label": pa.string(),
        "answer": pa.string(),
        "annotator": pa.string(),
        "answered_at": pa.string(),
        "note": pa.string(),
        "tags": pa.string(),
        "seconds": pa.float64(),
        "channel": pa.string(),
        "row_label": pa.string(),
        "disputed": pa.bool_(),
        "event": pa.int64(),
    }
)


def describe_line(state: State, event: Event) -> dict[str, Any]:
    """Give the values of an answer, and what its row is by all answers to it."""
    known = state.rows[event.row]
    return {
        "row": event.row,
        "label": event.label,
        "answer": event.kind,
        "annotator": event.annotator,
        "answered_at": format_time(event.at),
        "note": event.note,
        "tags": event.tags,
        "seconds": event.seconds,
        "channel": event.how.channel,
        "row_label": known.label,
        "disputed": known.disagrees,
        "event": event.id,
    }


def write_answers(
    project: Project, state: State, events: Sequence[Event], path: Path, format: str | None
) -> None:
    """Write answers to a file or folder, in their order, as a whole or not at all."""
    write_lines(path, format, lambda as_texts: _describe(project, state, events, as_texts))


def _describe(project: Project, state: State, events: Sequence[Event], as_texts: bool) -> Lines:
    settings = project.settings_at(state)
    own = put_beside(project.rows, settings, _OURS, as_texts=as_texts)
    named = () if settings.id is None else (own.names[settings.id],)
    main = settings.columns if settings.kind in ("text", "image") else ()

    def lines(few: Sequence[Event]) -> pa.Table:
        columns = [exported(c) for c in own.table.take(pa.array([e.row for e in few])).columns]
        ours = pa.Table.from_pylist([describe_line(state, e) for e in few], schema=_OURS)
        return pa.table([*columns, *ours.columns], schema=own.schema)

    parts = (events[low : low + _AT_A_TIME] for low in range(0, len(events), _AT_A_TIME))
    return Lines(
        own.schema,
        (lines(few) for few in parts),
        main=tuple(own.names[name] for name in main),
        shown=tuple(own.names[name] for name in settings.shown),
        is_image=settings.kind == "image",
        named=(*named, "row"),
        label="label",
        classes=settings.classes,
        positive=settings.positive_classes,
        as_is=frozenset([*named, "label", "row_label", *own.typed]),
    )
