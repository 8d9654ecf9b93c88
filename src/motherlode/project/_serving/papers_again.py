"""Records that hold papers of earlier ones, in words."""

import numpy as np

from .._data.references import find_papers
from .._data.rows import RowData


def say_again(rows: RowData, since: int = 0) -> str | None:
    """Say how many records hold a paper of an earlier one, and what that does; None if none do.

    Parameters
    ----------
    rows : RowData
        All rows.
    since : int
        The first row that is told of.
    """
    first = find_papers(rows.table, rows.plan.columns).first[since:]
    again = np.flatnonzero(first != np.arange(since, since + len(first)))
    if not len(again):
        return None
    one, other = (rows.name(int(row)) for row in (since + again[0], first[again[0]]))
    hold = "holds" if len(again) == 1 else "hold"
    said = (
        f"{len(again):,} of {len(first):,} records {hold} a paper that an earlier one holds, by "
        f"DOI or title (row {one} that of row {other}). "
    )
    if rows.plan.recipe.copies == "once":
        return said + "A paper is asked once, its other records last; export --all-rows writes all."
    return said + "Each is asked; a project made with --copies once asks a paper once."
