"""The cells of a project's rows as the file has them, beside the values that were read from them.

Models read the values; people see the cells: 12.50 and not 12.5. They are columns of their own, of
which the schema of the rows tells, and only where a value would be shown in another way.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from ..._files.cell_texts import differing, kind_of_cells
from ..._inert.percents import are_percents

if TYPE_CHECKING:
    from ..._files.cells import Decision

_KEY = b"motherlode.written"
_LOOKED_AT = 1_000  # cells of the project, to find one with a number


def keep_cells(
    table: pa.Table, cells: Mapping[str, pa.ChunkedArray], shown: Sequence[str]
) -> pa.Table:
    """Add the cells of shown columns to a table, where its values are shown in another way.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    cells : dict of str to pyarrow.ChunkedArray
        By column that was converted: its cells, as the file has them.
    shown : sequence of str
        The columns that annotators see.
    """
    names: dict[str, str] = {}
    for name in shown:
        found = differing(cells[name], table.column(name)) if name in cells else None
        if found is None:
            continue
        names[name] = f"{name} as written"
        while names[name] in table.column_names:
            names[name] += "_"
        table = table.append_column(names[name], found)
    if not names:
        return table
    known = table.schema.metadata or {}
    return table.replace_schema_metadata({**known, _KEY: json.dumps(names)})


def find_cells(table: pa.Table) -> dict[str, str]:
    """Say which column holds the cells of which other one, as `keep_cells` noted it."""
    try:
        names = json.loads((table.schema.metadata or {})[_KEY])
        pairs = list(names.items())
    except (KeyError, ValueError, AttributeError):
        return {}
    return {
        name: cells
        for name, cells in pairs
        if isinstance(cells, str)
        and table.column_names.count(name) == table.column_names.count(cells) == 1
        and pa.types.is_string(table.schema.field(cells).type)
    }


def list_other_percents(held: pa.Table, decided: Mapping[str, "Decision"]) -> list[str]:
    """Say, a sentence each, where cells of new rows or those of a project alone are per cents.

    Parameters
    ----------
    held : pyarrow.Table
        The project's rows.
    decided : dict of str to Decision
        By column: what the cells of the new rows are.
    """
    cells, said = find_cells(held), []
    for name, decision in decided.items():
        if decision.notation not in (".", ",") or kind_of_cells(held.field(name).type) != "number":
            continue
        ours = held.column(cells[name]).slice(0, _LOOKED_AT).to_pylist() if name in cells else []
        if decision.is_of_percents == are_percents(ours):
            continue
        have, others = ("signs", "none") if decision.is_of_percents else ("no signs", "some")
        said.append(
            f"Column {name!r} has {have} of per cent, and {others} in the project; 50% is read as "
            "0.5, and 50 as 50."
        )
    return said
