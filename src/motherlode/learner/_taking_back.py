"""Labels and skips that are taken back, as if they had never been."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from .._round.labels import count_out
from ..session import Origin


class Skip(NamedTuple):
    """When a row was skipped.

    Attributes
    ----------
    known : int
        How many labels there were.
    drawn : bool
        Whether rows have been drawn at random since then, before the next label.
    """

    known: int
    drawn: bool = False


def note_draws(skipped: dict[int, Skip], origins: Mapping[int, Origin]) -> None:
    """Note that a query drew rows at random, if it did, while some were skipped."""
    asked = {origin.asked_after for origin in origins.values() if origin.drawn_from}
    for row, skip in skipped.items():
        if skip.known in asked:
            skipped[row] = skip._replace(drawn=True)


def take_labels_back(learner: Any, rows: list[int]) -> None:
    """Take back the labels of some rows of an `ActiveLearner`, which all have one."""
    labels = learner._labels
    places = {row: place for place, row in enumerate(labels.rows.tolist())}
    # A row that was drawn at random was so whatever became of its label, and stays in the sample.
    gone_rows = set(rows)
    origins = zip(places, labels.origins, strict=True)
    drawn = {row: origin for row, origin in origins if row in gone_rows and origin.drawn_from}
    # The others were out of the reach of queries that knew their labels.
    back = {row: places[row] + 1 for row in rows if row not in drawn}
    learner._arrived.come_back(back, learner._all_asked())
    gone = np.sort([places[row] for row in rows])
    labels.remove(rows)
    asked = (drawn | learner._asked).items()
    learner._asked = {row: count_out(origin, gone) for row, origin in asked}
    for row, skip in learner._skipped.items():
        fewer = int(np.searchsorted(gone, skip.known))
        learner._skipped[row] = skip._replace(known=skip.known - fewer)
    _forget_fit(learner, rows)


def take_skips_back(learner: Any, rows: list[int]) -> None:
    """Let rows of an `ActiveLearner` be asked again, which are all skipped."""
    skips = {row: learner._skipped.pop(row) for row in rows}
    back = {
        row: skip
        for row, skip in skips.items()
        if row not in learner._labels and not learner._was_drawn(row)
    }
    since = {row: skip.known + (not skip.drawn) for row, skip in back.items()}
    learner._arrived.come_back(since, learner._all_asked())
    _forget_fit(learner, rows)


def _forget_fit(learner: Any, rows: list[int]) -> None:
    """Forget what was computed, and the query model if it knew of these rows."""
    learner._forget_results()
    fitted_on = learner._fitted_on
    if fitted_on is None:
        return
    known = np.concatenate([fitted_on.rows, fitted_on.skipped])
    if np.isin(rows, known).any():
        learner._fitted = learner._fitted_on = None
