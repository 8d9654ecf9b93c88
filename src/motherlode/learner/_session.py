"""The session of a learner: its labels, which random draws count, and what was passed over."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._round.training_set import TrainingSet
from .._rows.arrays import Rows
from ..estimation import Estimates, correct_counts, estimate_counts
from ..session import Origin, PassedOver, Session, hold_back
from ._record import Record, Skip


class SessionOfRows(NamedTuple):
    """A session, and which row each of its labels is of.

    Attributes
    ----------
    session : Session
        The labels, and how their rows were found.
    rows : ndarray of int64 of shape (m,)
        The row of each label.
    came_last : ndarray of int64 of shape (k,)
        The rows that came last, labelled or not, in increasing order; none if all came together.
    """

    session: Session
    rows: Rows
    came_last: Rows

    def find_in(self, rows: Rows) -> NDArray[np.intp]:
        """Find the place of each of its rows among these, which are the same in any order."""
        order = np.argsort(rows)
        return order[np.searchsorted(rows, self.rows, sorter=order)]


def make_session(record: Record, training: TrainingSet, **spent: Any) -> Session:
    """Make the session of a learner; ``spent`` and predictions go into it as they are.

    Rows of the newest query that were drawn at random wait for their labels, and hold back the
    draws after them. Rows of earlier queries that have no label were passed over.
    """
    labels, asked = record.labels, record.asked
    rows, origins = training.rows, list(labels.origins)
    skips = {row: skip for row, skip in record.skips.items() if row not in labels}
    skipped = _Skipped(skips, asked)
    newest = max((how.asked_after for how in asked.values()), default=0)
    open_draws = {
        row: how
        for row, how in asked.items()
        if how.drawn_from and row not in labels and row not in skips
    }
    waiting = [how for how in open_draws.values() if how.asked_after == newest]
    session = Session(
        len(training.left) + len(rows),
        training.is_positive,
        [skipped.leave_out(how) for how in origins],
        arrivals=record.arrived.session(rows, np.array(list(skips), dtype=np.int64)),
        held_back=hold_back(origins, waiting),
        **spent,
    )
    ended = [row for row, how in open_draws.items() if how.asked_after != newest]
    if not skips and not ended:
        return session
    order = [*skipped.insert(rows.tolist()), *skipped.drawn, *ended]
    known = dict(zip(rows.tolist(), training.is_positive.tolist(), strict=True))
    origin_of = asked | dict(zip(rows.tolist(), origins, strict=True))
    merged_origins = [
        skipped.put(origin_of[row] if row in origin_of else Origin(asked_after=skips[row].known))
        for row in order
    ]
    merged = np.array(order, dtype=np.int64)
    whole = Session(
        session.pool_size + len(skips),
        np.array([known.get(row, False) for row in order], dtype=np.bool_),
        merged_origins,
        arrivals=record.arrived.session(merged, np.array([], dtype=np.int64)),
        held_back=hold_back(merged_origins, [skipped.put(how) for how in waiting]),
    )
    places = np.array([row not in known for row in order], dtype=np.bool_)
    return replace(session, passed_over=PassedOver(whole, places, merged))


def make_estimates(
    record: Record, training: TrainingSet, level: float, *, every_look: bool
) -> Estimates:
    """Make the estimates of a learner, corrected where annotators share rows."""
    session, labels = make_session(record, training), record.labels
    found = estimate_counts(session, level, every_look=every_look)
    if not labels.are_shared:
        return found
    place = {row: k for k, row in enumerate(training.rows.tolist())}
    codes = training.minority
    said: list[dict[str, bool]] = [{} for _ in place]
    for opinion in labels.opinions:
        if opinion.row in place:
            said[place[opinion.row]][opinion.annotator] = opinion.code in codes
    settled = {place[row]: code in codes for row, code in labels.settled.items() if row in place}
    return replace(found, corrected=correct_counts(session, said, settled, level))


class _Skipped:
    """The skipped rows of a learner, and what they change in how other rows were drawn.

    Rows that were drawn at random stand last among the labels, like draws whose label came late.
    Other rows stand where they were skipped, since later queries could not reach them.
    """

    def __init__(self, skips: Mapping[int, Skip], asked: Mapping[int, Origin]) -> None:
        self.drawn = [row for row in skips if row in asked and asked[row].drawn_from]
        self._keys = {row: (skip.known, not skip.drawn) for row, skip in skips.items()}
        self._frames: dict[int, list[int]] = {}
        for row in self.drawn:
            how = asked[row]
            if skips[row].known == how.asked_after:  # it was skipped after its own draw
                self._keys[row] = (how.asked_after, True)
            self._frames.setdefault(how.asked_after, []).append(how.drawn_from)
        self._all = sorted(self._keys.values())
        self._of_drawn = sorted(self._keys[row] for row in self.drawn)
        for frames in self._frames.values():
            frames.sort()

    def leave_out(self, how: Origin) -> Origin:
        """Count the rows that a draw was from without those that were skipped later."""
        if not _is_alike(how):
            return how
        later = len(self._all) - bisect_right(self._all, (how.asked_after, False))
        frames = self._frames.get(how.asked_after, [])
        drawn_earlier = len(frames) - bisect_right(frames, how.drawn_from)
        return _draw_from(how, how.drawn_from - later + drawn_earlier)

    def insert(self, labelled: Sequence[int]) -> list[int]:
        """Put the skipped rows that were not drawn among the labelled ones."""
        others = sorted(set(self._keys) - set(self.drawn), key=self._keys.__getitem__)
        places = [self._keys[row][0] for row in others]
        found: list[int] = np.insert(np.array(labelled, dtype=np.int64), places, others).tolist()
        return found

    def put(self, how: Origin) -> Origin:
        """Give an origin its place among labels and skipped rows."""
        late = bisect_right(self._of_drawn, (how.asked_after, False))
        before = bisect_right(self._all, (how.asked_after, False)) - late
        how = replace(how, asked_after=how.asked_after + before)
        # Drawn rows were out of reach once they were skipped; those labelled late were not.
        return _draw_from(how, how.drawn_from + late) if _is_alike(how) else how


def _is_alike(how: Origin) -> bool:
    return how.drawn_from > 0 and abs(how.probability * how.drawn_from - 1) < 1e-6


def _draw_from(how: Origin, rows: int) -> Origin:
    return replace(how, drawn_from=rows, probability=1 / rows)
