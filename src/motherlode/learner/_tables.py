"""What a learner asks, and what it knows, as frames with the rows' own columns."""

from dataclasses import replace
from typing import Any
from weakref import ref

import numpy as np

from .._round.stand_in import fit_to_ask
from .._round.training_set import TrainingSet
from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..pool import Pool
from ..pool._tabling import make_frame, make_frame_of_rows
from ._record import Record


class Asked:
    """Of which pool rows were asked, and how likely each was of the positive class then.

    Probabilities are computed when somebody wants to see them, by the model that asked; if it is
    gone by then, it is fitted again on the labels of that time. No model is kept alive.
    """

    def __init__(self, learner: Any) -> None:
        self.pool: Pool = learner.pool
        self._rows = len(self.pool)
        self._learner, self._now = ref(learner), ref(learner.training_set)
        self._training = replace(learner.training_set)  # without what it has computed
        self._unfitted = learner.query_model
        fit = learner._query_fit
        self._fitted = None if fit is None else ref(fit.fitted)
        self._known: Floats | None = None

    def probabilities(self, rows: Rows) -> Floats:
        """Return the probability of the positive class of each row of the query.

        It is NaN if the pool has been extended since, as its features have changed then.
        """
        if self._known is None:
            if len(self.pool) != self._rows:
                return np.full(len(rows), np.nan)
            self._known = self._compute(rows)
        return self._known

    def _compute(self, rows: Rows) -> Floats:
        learner, training = self._learner(), self._training
        if learner is not None and learner.training_set is self._now():
            P = learner.predict_proba(rows)
        else:
            fitted = None if self._fitted is None else self._fitted()
            if fitted is None and training.suffices():
                fitted = fit_to_ask(training, self._unfitted)
            P = View(training, rows, unfitted=self._unfitted, model=fitted).probabilities
        return np.asarray(P[:, list(training.minority)].sum(axis=1))


def tabulate_query(query: Any) -> Any:
    """Make the frame of a `Query`."""
    ours: dict[str, Any] = {"why": list(query.reasons), "utility": np.asarray(query.utilities)}
    asked = query.asked
    if asked is not None:
        ours["probability"] = asked.probabilities(query.rows)
    ours["control"] = np.isin(query.rows, query.controls)
    if asked is None:
        return make_frame({"row": query.rows, **ours})
    return make_frame_of_rows(asked.pool, query.rows, ours)


def tabulate_record(record: Record, training: TrainingSet) -> Any:
    """Make the frame of all rows that are labelled, skipped, or asked and not answered."""
    rows, labels = training.rows, training.classes[training.codes]
    skipped = [row for row in record.skips if row not in record.labels]
    waiting = record.list_waiting()
    others = skipped + waiting
    origins = [*record.labels.origins, *map(record.find_origin, others)]
    blank = [None] * len(others)
    states = ["labelled"] * len(rows) + ["skipped"] * len(skipped) + ["asked"] * len(waiting)
    columns: dict[str, Any] = {
        "state": states,
        "label": [*labels.tolist(), *blank],
        "positive": [*training.is_positive.tolist(), *blank],
        "channel": [origin.channel for origin in origins],
        "strategy": [origin.strategy for origin in origins],
        "arm": [origin.arm for origin in origins],
        "asked_after": np.array([origin.asked_after for origin in origins], dtype=np.int64),
        "round": _number_rounds([(o.channel, o.asked_after) for o in origins]),
    }
    ids = np.concatenate([rows, np.array(others, dtype=np.int64)])
    return make_frame_of_rows(training.pool, ids, columns)


def _number_rounds(asked: list[tuple[str, int]]) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Count through the rounds that asked, from 1; 0 for rows that somebody brought.

    Examples
    --------
    >>> _number_rounds([("given", 0), ("query", 1), ("control", 1), ("query", 3)]).tolist()
    [0, 1, 1, 2]
    """
    by_round = sorted({after for channel, after in asked if channel in ("query", "control")})
    number = {after: place for place, after in enumerate(by_round, start=1)}
    return np.array(
        [number[after] if channel in ("query", "control") else 0 for channel, after in asked],
        dtype=np.int64,
    )
