"""Which rows an annotator is asked about, as the settings and the log hold it.

An assignment is a dict of one entry: a condition on columns (``where``), a random share of all
rows as intervals between 0 and 1 (``share``), or rows as ranges of row numbers (``rows``). It is
worked out when rows are served, so rows that come later are assigned too, but for a list of rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError

Assignment = dict[str, Any]
Assigned = dict[str, Assignment]
"""Assignments by the name of the annotator."""

ASSIGNED = "assigned"
"""The name of the setting."""
WHERE, SHARE, ROWS = "where", "share", "rows"
_LONGEST_NAME, LONGEST_CONDITION = 100, 2_000
_SMALLEST = 1e-9


def assign_rows(rows: Iterable[int]) -> Assignment:
    """Make the assignment of a list of rows.

    Examples
    --------
    >>> assign_rows([7, 3, 4, 5])
    {'rows': '3-5 7'}
    """
    listed = np.unique(np.fromiter(rows, np.int64))
    if not len(listed):
        raise InputError("There is no row to assign; give at least one.")
    runs = np.split(listed, np.flatnonzero(np.diff(listed) > 1) + 1)
    return {ROWS: " ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else f"{r[0]}" for r in runs)}


def assign_share(share: float, others: Iterable[Assignment]) -> Assignment:
    """Make the assignment of a random share, apart from the shares of others as far as it can be.

    Examples
    --------
    >>> quarter = assign_share(0.25, [])
    >>> quarter, assign_share(0.5, [quarter])
    ({'share': [[0.0, 0.25]]}, {'share': [[0.25, 0.75]]})
    """
    if not 0 < share <= 1:
        raise InputError(f"The share is {100 * share:g} %; it is more than 0 and at most 100.")
    taken = sorted((a, b) for one in others for a, b in one.get(SHARE, ()))
    free, at = [], 0.0
    for a, b in [*taken, (1.0, 1.0)]:
        if a > at + _SMALLEST:
            free.append((at, a))
        at = max(at, b)
    pieces: list[list[float]] = []
    left = share
    for a, b in [*free, *taken]:  # what is not free is taken twice
        length = min(b - a, left)
        if length > _SMALLEST:
            pieces.append([a, a + length])
            left -= length
    return {SHARE: sorted(pieces)}


def say_assignment(assignment: Mapping[str, Any]) -> str:
    """Write an assignment in a few words.

    Examples
    --------
    >>> say_assignment({"share": [[0.0, 0.25]]}), say_assignment({"rows": "3-5 7"})
    ('25 % of the rows', '4 listed rows')
    """
    if WHERE in assignment:
        return f"rows where {assignment[WHERE]}"
    if SHARE in assignment:
        return f"{100 * sum(b - a for a, b in assignment[SHARE]):.3g} % of the rows"
    n = sum(b - a + 1 for a, b in read_ranges(assignment[ROWS]))
    return "1 listed row" if n == 1 else f"{n:,} listed rows"


def read_ranges(written: str) -> list[tuple[int, int]]:
    """Read the ranges that `assign_rows` wrote, both ends included."""
    found = []
    for part in written.split():
        first, _, last = part.partition("-")
        found.append((int(first), int(last or first)))
    return found


def mark_ranges(written: str, rows: int) -> NDArray[np.bool_]:
    """Mark the rows of ranges, among the first `rows` rows."""
    marks = np.zeros(rows, bool)
    for first, last in read_ranges(written):
        marks[first : last + 1] = True
    return marks


def check_assigned(assigned: Any) -> None:
    """Raise an `InputError` unless these are assignments by name; they may come from outside."""
    if not isinstance(assigned, dict):
        raise InputError("Assignments are no mapping of annotators to rows.")
    for name, assignment in assigned.items():
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            raise InputError(f"An annotator is {name!r}; give a name of printable characters.")
        if len(name) > _LONGEST_NAME:
            raise InputError("The name of an annotator has more than 100 characters.")
        if not _is_sound(assignment):
            raise InputError(f"What is assigned to {name} can't be read.")


def _is_sound(assignment: Any) -> bool:
    if not isinstance(assignment, dict) or len(assignment) != 1:
        return False
    ((kind, value),) = assignment.items()
    if kind == WHERE:
        return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_CONDITION
    if kind == SHARE:
        return isinstance(value, Sequence) and all(_is_interval(one) for one in value)
    try:
        return kind == ROWS and all(0 <= a <= b for a, b in read_ranges(value))
    except (ValueError, AttributeError):
        return False


def _is_interval(found: Any) -> bool:
    try:
        low, high = found
        return 0 <= float(low) <= float(high) <= 1
    except (TypeError, ValueError):
        return False
