"""The phases of a session in which rows were drawn at random and nothing else was labelled."""

from typing import NamedTuple

import numpy as np

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
    """

    rows: int
    before: int
    drawn: int
    seen: int


def find_phases(session: Session) -> list[Phase]:
    """Find all phases, the last of which is the one that the session is in now.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.

    Returns
    -------
    list of Phase
        In order; the last has no draws where something else was labelled last.
    """
    if not session.labels:
        return [Phase(session.left, 0, 0, 0)]
    reached = np.zeros(session.labels) if session.arrivals is None else session.arrivals.reached
    kind = np.where(session.drawn_alike, reached, -1)
    starts = np.flatnonzero(np.diff(kind, prepend=-2))
    ends = np.append(starts[1:], session.labels)
    # Rows of one query were asked together, with the search's rows or without.
    mine = session.drawn_alike & (session.known_before >= np.repeat(starts, ends - starts))
    drawn = np.add.reduceat(mine, starts, dtype=np.int64)
    seen = np.add.reduceat(mine & session.positive, starts, dtype=np.int64)
    rows = np.maximum.reduceat(np.where(mine, session.drawn_from, 0), starts)
    if session.uniform[-1]:
        # What is asked and not yet answered counts as left, since it may be positive.
        rows[-1] = session.left + drawn[-1]
    columns = np.stack([rows, session.found_before(ends) - seen, drawn, seen], axis=1)
    phases = [Phase(*row) for row in columns[drawn > 0].tolist()]
    if not (session.uniform[-1] and drawn[-1]):
        phases.append(Phase(session.left, session.found, 0, 0))
    return phases
