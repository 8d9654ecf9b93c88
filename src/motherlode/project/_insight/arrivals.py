"""Which rows of a project came together, as far as estimates have to know it."""

import numpy as np
from numpy.typing import NDArray

from ...session import Arrivals
from .._data.settings import Settings
from .._log.fold import State


def find_arrivals(state: State, settings: Settings, asked: NDArray[np.void]) -> Arrivals:
    """Find the arrivals of a project's rows, and how many of them each label's query could reach.

    Rows that came while nothing had been drawn at random from the last arrival join it.

    Parameters
    ----------
    state : State
        Of the project.
    settings : Settings
        In force in that state.
    asked : ndarray
        Rows as in ``state.table()``, in the order in which they were asked. Of all rows that
        somebody answered, these alone are part of the pool.
    """
    parts = [part for part in state.changes.parts if part.rows]
    times = np.array([part.at for part in parts], dtype=np.float64)
    ends = np.cumsum([settings.rows - sum(part.rows for part in parts), *(p.rows for p in parts)])
    came_with = np.searchsorted(ends, asked["row"], side="right")
    there = 1 + np.searchsorted(times, asked["asked_at"], side="left")
    # A row was there when it was asked, whatever the clocks of several machines say, and so were
    # all that had been there before.
    there = np.maximum.accumulate(np.maximum(there, came_with + 1))
    numbers = _join(len(parts) + 1, there[asked["is_random"]])
    sizes = np.bincount(numbers, weights=np.diff(ends, prepend=0)).astype(np.int64)
    missing = np.setdiff1d(state.table()["row"], asked["row"])
    lost = numbers[np.searchsorted(ends, missing, side="right")]
    sizes -= np.bincount(lost, minlength=len(sizes))
    return Arrivals(tuple(sizes.tolist()), numbers[came_with], 1 + numbers[there - 1])


def _join(parts: int, drawn_with: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the arrival of each part; ``drawn_with`` says how many were there at each draw."""
    is_drawn = np.zeros(parts + 1, dtype=np.bool_)
    is_drawn[drawn_with] = True
    return np.r_[0, np.cumsum(is_drawn[1:-1])].astype(np.int64)
