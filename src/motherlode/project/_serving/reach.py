"""The rows that an annotator is asked about, if it is not all of them.

A row that is drawn at random from a part of the rows is no draw from all of them, and estimates
could not use it. So whoever has a part is given no control draws.
"""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._rows.random_by_row import random_numbers
from ...errors import InputError
from .._data.assigned import ROWS, SHARE, WHERE, Assignment, mark_ranges
from .._data.folder import Project
from .._data.settings import Settings
from .._log.fold import State
from .shuffling import RandomOrder, shuffle_rows

_ROWS_AT_A_TIME = 10_000
_MOST_KEPT = 200
_SHARES = 0x5A4E  # names the stream of random numbers


class Reach:
    """The rows of an assignment.

    Parameters
    ----------
    marks : ndarray of bool of shape (n,)
        Which rows they are.
    order : ndarray of int64 of shape (n,)
        All rows in random order.
    """

    def __init__(self, marks: NDArray[np.bool_], order: NDArray[np.int64]) -> None:
        self.marks, self.order = marks, RandomOrder(order[marks[order]])

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and row < len(self.marks) and bool(self.marks[row])

    def __len__(self) -> int:
        return len(self.order)

    def count_left(self, state: State) -> int:
        """Count the rows that nobody has answered."""
        answered = state.table()["row"]
        return len(self) - int(self.marks[answered[answered < len(self.marks)]].sum())


class Reaches:
    """The rows of each annotator, worked out once for each assignment.

    Parameters
    ----------
    project : Project
        Whose rows they are.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[tuple[str, int], Reach | None] = {}

    def find(self, settings: Settings, annotator: str) -> Reach | None:
        """Find the rows that an annotator is asked about; None for all."""
        assignment = settings.assigned.get(annotator)
        if assignment is None:
            return None
        key = json.dumps(assignment), settings.rows
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = self._make(assignment, settings)
        return self._known[key]

    def begin_again(self) -> None:
        """Look at all rows again, since answers that were counted are not recorded."""
        for reach in list(self._known.values()):
            if reach is not None:
                reach.order.begin_again()

    def _make(self, assignment: Assignment, settings: Settings) -> Reach | None:
        marks = mark_assigned(self._project, assignment, settings)
        if marks.all():
            return None
        return Reach(marks, shuffle_rows(settings))


def mark_assigned(
    project: Project, assignment: Assignment, settings: Settings
) -> NDArray[np.bool_]:
    """Mark the rows of an assignment.

    Raises
    ------
    InputError
        If a condition cannot be read, or a row is not in the data.
    """
    if SHARE in assignment:
        numbers = random_numbers([settings.recipe.seed, _SHARES], np.arange(settings.rows))
        pieces: list[Any] = assignment[SHARE]
        return np.any([(low <= numbers) & (numbers < high) for low, high in pieces], axis=0)
    if ROWS in assignment:
        return mark_ranges(assignment[ROWS], settings.rows)
    marks = np.zeros(settings.rows, bool)
    marks[_find_where(project, assignment[WHERE])] = True
    return marks


def check_assignment(project: Project, assignment: Assignment, settings: Settings) -> int:
    """Count the rows of an assignment, and refuse one that has none."""
    n = int(mark_assigned(project, assignment, settings).sum())
    if not n:
        raise InputError("No row is among them; nothing was assigned.")
    return n


def _find_where(project: Project, condition: str) -> NDArray[np.int64]:
    """Find the rows that meet a condition on any column of the data."""
    from ...pool import Pool  # a server gives its first row before it loads this
    from ...pool._search import where

    table, settings = project.rows.table, project.settings
    names = dict.fromkeys(
        [*settings.shown, *settings.columns, *([settings.id] * bool(settings.id))]
    )
    table = table.select([name for name in names if name is not None])
    return np.concatenate(
        [
            start + where(Pool(table.slice(start, _ROWS_AT_A_TIME), "passthrough"), condition)
            for start in range(0, len(table), _ROWS_AT_A_TIME)
        ]
    )
