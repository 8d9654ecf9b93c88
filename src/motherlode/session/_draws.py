"""Random draws in the order in which they were made, and the samples that they form."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._rows.arrays import Codes


class Group(NamedTuple):
    """Random draws without replacement, with nothing else labelled between them.

    Attributes
    ----------
    rows : int
        Unlabelled rows before the first of them.
    drawn, positives : int
        How many were drawn, and how many of those are positive.
    found : int
        Positives known before the first of them.
    """

    rows: int
    drawn: int
    positives: int
    found: int


def order_draws(draws: NDArray[np.bool_], known_before: Codes, drawn_from: Codes) -> Codes:
    """Return the places of some draws among the labels, in the order in which they were made.

    Parameters
    ----------
    draws : ndarray of bool of shape (m,)
        Which of the labels are meant.
    known_before : ndarray of int64 of shape (m,)
        How many labels were known when each row was asked for.
    drawn_from : ndarray of int64 of shape (m,)
        The number of rows that each draw was from.
    """
    places = np.flatnonzero(draws)
    order = np.lexsort((-drawn_from[places], known_before[places]))
    return np.asarray(places[order], dtype=np.int64)


def group_draws(
    draws: NDArray[np.bool_], positive: NDArray[np.bool_], known_before: Codes, drawn_from: Codes
) -> list[Group]:
    """Group draws: those of one query, and of queries with nothing in between.

    Parameters
    ----------
    draws, known_before, drawn_from
        As for `order_draws`.
    positive : ndarray of bool of shape (m,)
        Whether each label is of a positive class.
    """
    order = order_draws(draws, known_before, drawn_from)
    if not len(order):
        return []
    after, drawn_positive = known_before[order], positive[order]
    starts = np.flatnonzero(np.diff(after, prepend=-1))
    known = after[starts]
    late, late_positive = _count_late(order, drawn_positive, starts, known)
    rows = drawn_from[order[starts]] - late
    found = np.concatenate([[0], np.cumsum(positive)])[known] + late_positive
    drawn = np.diff(starts, append=len(order))
    seen = np.add.reduceat(drawn_positive, starts, dtype=np.int64)
    # Where only random draws lie between two queries, both are one sample.
    alone = rows[1:] == rows[:-1] - drawn[:-1]
    follows = alone & (found[1:] == found[:-1] + seen[:-1])
    begins = np.flatnonzero(np.concatenate([[True], ~follows]))
    drawn, seen = (np.add.reduceat(column, begins) for column in (drawn, seen))
    columns = np.stack([rows[begins], drawn, seen, found[begins]], axis=1)
    return [Group(*row) for row in columns.tolist()]


def count_earlier(queries: Codes) -> Codes:
    """Count for each draw, sorted by query, the earlier draws of its query."""
    starts = np.searchsorted(queries, queries, side="left")
    return np.asarray(np.arange(len(queries)) - starts)


def _count_late(
    places: Codes, positive: NDArray[np.bool_], starts: Codes, known: Codes
) -> tuple[Codes, Codes]:
    """Count for each query the rows drawn by earlier ones and labelled later than it was asked.

    `places` says of each draw, sorted by query, where its label stands, `starts` where each
    query's draws start, `known` how many labels were known. The positives are counted too.
    """
    mine = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(places)))
    # A row drawn by query q and labelled at place p is late for the queries after q that were
    # asked when no more than p labels were known.
    last = np.maximum(np.searchsorted(known, places, side="right"), mine + 1)
    late = [
        np.bincount(mine[these] + 1, minlength=len(starts) + 1)
        - np.bincount(last[these], minlength=len(starts) + 1)
        for these in (slice(None), positive)
    ]
    every, of_positive = np.cumsum(late, axis=1)[:, :-1]
    return every, of_positive
