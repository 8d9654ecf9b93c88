"""What the columns of a file are read as, in words and as a table."""

import shlex
from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console

from .._files.cell_texts import kind_of_cells
from .._files.choices import Found
from .._files.own_columns import WRITTEN
from ..pool._columns import is_row_name
from ..project._data.encoders import installed_encoders
from ..project._data.ids import can_be_ids
from ..project._data.planning import RowPlan
from ._screen import make_table, say

if TYPE_CHECKING:
    import pyarrow as pa

_READ_ID = "named like an id; models read it, as its values repeat or have gaps"
_NESTED = "holds lists or bytes; models read them if --features names it"
_MOST_SHOWN = 40


def show_read(
    console: Console, found: Found, planned: RowPlan, *, labels: str | None, encoder: str | None
) -> None:
    """Say what a file's rows and columns are read as, and what else could be told.

    Parameters
    ----------
    console : Console
        Where it is printed.
    found : Found
        The file.
    planned : RowPlan
        What a project keeps of it.
    labels : str or None
        The column of labels.
    encoder : str or None
        What makes vectors of texts or images.
    """
    for note in found.notes:
        say(console, note)
    if planned.kind in ("image", "text"):
        _say_encoders(console, planned.kind, encoder)
    _show_columns(console, found, planned, labels)
    _say_written(console, planned, labels)
    for name, values in planned.like_labels.items():
        who = "models read it and people" if name in planned.columns else "people"
        say(
            console,
            f"Column {name!r} ({', '.join(values)}) is named like labels, and {who} see it: if it "
            "holds labels, name it by --labels, with its values as --classes; if it tells what is "
            "not known before a label, take it out of the file.",
        )
    if planned.id is None and (known := _find_ids(found.table)) is not None:
        say(
            console,
            f"Column {known!r} is another in each row; with --id {shlex.quote(known)}, pages and "
            "files name rows by it, and `add` knows them again.",
        )


def _say_written(console: Console, planned: RowPlan, labels: str | None) -> None:
    """Say that the file is an export, and which of its columns are no data."""
    written = [name for name, why in planned.left_out.items() if why == WRITTEN]
    if not written:
        return
    taken = "" if labels is not None else "; --labels takes the labels of one of them, as of label"
    taken *= "label" in written
    say(
        console,
        "motherlode wrote this file, so what it says of answers and models is no data: "
        f"{', '.join(written)} are left out{taken}.",
    )


def _find_ids(table: "pa.Table") -> str | None:
    """Find the first column that is named like an id and could be one."""
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        is_plain = str(kind) in ("string", "large_string") or str(kind).startswith(("int", "uint"))
        is_named_so = is_row_name(name) and name.lower().endswith("id")
        if is_plain and is_named_so and can_be_ids(table.column(name)):
            return str(name)
    return None


def _is_read_as_no_id(name: str, planned: RowPlan) -> bool:
    """Tell whether models read a column that is named like an id."""
    is_read = planned.kinds.get(name) in ("number", "category") and name != planned.id
    return is_read and is_row_name(name)


def _say_encoders(console: Console, kind: str, chosen: str | None) -> None:
    """Say what a row is to models, and what else is installed."""
    others = [name for name in installed_encoders(kind) if name != chosen]
    reads = f"vectors of {chosen}" if chosen else "words"
    more = f"; --encoder takes {', '.join(others)} too" if others else ""
    say(console, f"Of each {kind} models read {reads}{more}.")
    if chosen == "sketch" and "sketched_net" not in others:
        say(console, 'For photographs, pip install "motherlode[images]" brings sketched_net.')


def _show_columns(console: Console, found: Found, planned: RowPlan, labels: str | None) -> None:
    """Print what each column is read as, and why; of very many, those with a reason."""
    special = {planned.id: "id", labels: "labels"}
    lines = []
    for name in found.table.column_names:
        if planned.left_out.get(name) == WRITTEN:
            continue  # said in one sentence
        kind = special.get(name) or planned.kinds.get(name)
        if name == planned.id and name in planned.kinds:
            kind = f"{planned.kinds[name]}, id"
        if kind == "number" and kind_of_cells(found.table.schema.field(name).type) == "boolean":
            kind = "boolean"
        why = [planned.left_out.get(name), planned.doubts.get(name), found.reasons.get(name)]
        why.append(_READ_ID if _is_read_as_no_id(name, planned) else None)
        if kind is None:
            kind = "left out" if why[0] or name not in planned.shown else "shown"
            if name not in planned.shown and not why[0]:
                why[0] = _NESTED
        lines.append((name, kind, "; ".join(part for part in why if part)))
    shown = lines
    if len(lines) > _MOST_SHOWN:
        shown = [line for line in lines if line[2]][:_MOST_SHOWN]
        counts = Counter(kind for _, kind, _ in lines)
        say(console, f"Columns: {', '.join(f'{n:,} {kind}' for kind, n in counts.items())}.")
    if shown:
        table = make_table("Column")
        table.columns[0].no_wrap = False
        table.add_column("Read as")
        table.add_column("Why")
        for line in shown:
            table.add_row(*line)
        console.print(table)
