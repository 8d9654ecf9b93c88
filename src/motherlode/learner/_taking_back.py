"""Labels and skips that are taken back, as if they had never been."""

from typing import Any

import numpy as np

from .._round.labels import count_out


def take_labels_back(learner: Any, rows: list[int]) -> None:
    """Take back the labels of some rows of an `ActiveLearner`, which all have one."""
    labels = learner._labels
    places = {row: place for place, row in enumerate(labels.rows.tolist())}
    # Out of the reach of queries that knew their labels.
    learner._arrived.come_back({row: places[row] + 1 for row in rows}, learner._all_asked())
    # A row that was drawn at random was so whatever became of its label.
    gone_rows = set(rows)
    origins = zip(places, labels.origins, strict=True)
    drawn = {row: origin for row, origin in origins if row in gone_rows and origin.drawn_from}
    gone = np.sort([places[row] for row in rows])
    labels.remove(rows)
    asked = (drawn | learner._asked).items()
    learner._asked = {row: count_out(origin, gone) for row, origin in asked}
    for row, known in learner._skipped.items():
        learner._skipped[row] = known - int(np.searchsorted(gone, known))
    _forget_fit(learner, rows)


def take_skips_back(learner: Any, rows: list[int]) -> None:
    """Let rows of an `ActiveLearner` be asked again, which are all skipped."""
    since = {row: learner._skipped.pop(row) for row in rows}
    labelled = [row for row in rows if row in learner._labels]
    back = {row: known for row, known in since.items() if row not in labelled}
    learner._arrived.come_back(back, learner._all_asked())
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
