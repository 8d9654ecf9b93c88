"""The phases of a session in which rows were drawn at random and nothing else was labelled."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..session import Session


class Phase(NamedTuple):
    """Random draws in a row, asked for when all other labels were known.

    Attributes
    ----------
    rows : int
        Unlabelled rows before the first of them.
    before : int
        Positives known beside those of the draws.
    drawn, seen : int
        How many were drawn, and how many of those are positive.
    limit : int
        How many draws it could have at most, where search rows were asked with them; else 0: then
        somebody chose when to end it.
    """

    rows: int
    before: int
    drawn: int
    seen: int
    limit: int = 0


def find_phases(session: Session) -> tuple[list[Phase], Phase, NDArray[np.bool_]]:
    """Find all phases of draws.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.

    Returns
    -------
    earlier : list of Phase
        Those that ended, in order.
    now : Phase
        The one that the session is in; it has no draws where something else was labelled last.
    positive : ndarray of bool of shape (now.drawn,)
        What its draws showed, in order.
    """
    begins = Phase(session.left, session.found, 0, 0)
    if not session.labels:
        return [], begins, session.positive
    reached = np.zeros(session.labels) if session.arrivals is None else session.arrivals.reached
    after, kind = session.known_before, np.where(session.drawn_alike, reached, -1)
    starts = np.flatnonzero(np.diff(kind, prepend=-2))
    ends = np.append(starts[1:], session.labels)
    # Rows of one query were asked together, with the search's rows or without.
    mine = session.drawn_alike & (after >= np.repeat(starts, ends - starts))
    drawn = np.add.reduceat(mine, starts, dtype=np.int64)
    seen = np.add.reduceat(mine & session.positive, starts, dtype=np.int64)
    rows = np.maximum.reduceat(np.where(mine, session.drawn_from, 0), starts)
    queries = np.bincount(after[session.drawn_alike], minlength=session.labels)
    limit = np.where(np.isin(starts, after[~session.drawn_alike]), queries[starts], 0)
    columns = np.stack([rows, session.found_before(ends) - seen, drawn, seen, limit], axis=1)
    phases = [Phase(*row) for row in columns[drawn > 0].tolist()]
    if not (session.uniform[-1] and drawn[-1]):
        return phases, begins, session.positive[:0]
    now = phases.pop()
    # What is asked and not yet answered counts as left, since it may be positive.
    now = now._replace(rows=session.left + now.drawn)
    return phases, now, session.positive[np.flatnonzero(mine)[-now.drawn :]]
