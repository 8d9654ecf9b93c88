"""What anybody can write in five lines, as strategies that a learner runs.

At random until both classes are labelled, then the likeliest rows, or those that a model is
least sure of, or both in turns. The model is fitted on the labels alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.efficiency.peers.base import Peer, picked_first, seed_of
from motherlode._round.view import View
from motherlode._rows.arrays import Floats, Matrix
from motherlode._rows.matrix import take
from motherlode.errors import InputError
from motherlode.pool import Pool

MODELS = ("forest", "line")
RULES = ("likeliest", "margin", "mixed")


@dataclass(frozen=True)
class Simple(Peer):
    """At random until both classes are labelled, then by a model fitted on the labels.

    Parameters
    ----------
    model : {"forest", "line"}
        A forest of 100 trees, or logistic regression on standardised columns.
    rule : {"likeliest", "margin", "mixed"}
        The rows most likely to be positive, those that the model is least sure of, or the two in
        turns.
    """

    model: str
    rule: str

    def __post_init__(self) -> None:
        if self.model not in MODELS or self.rule not in RULES:
            raise InputError(f"there is no simple baseline with {self.model} and {self.rule}")

    def utilities(self, view: View) -> Floats:
        """The probability, minus the distance to one half, or turns of both."""
        positive = view.labelled_minority
        if positive.all() or not positive.any():
            return np.zeros(len(view))
        X = _read(view.pool, self.model)
        model = _MODELS[self.model](seed_of(view))
        model.fit(take(X, view.labelled_rows), positive)
        p = model.predict_proba(take(X, view.rows))[:, 1]
        unsure = -np.abs(p - 0.5)
        if self.rule == "likeliest":
            return np.asarray(p)
        if self.rule == "margin":
            return np.asarray(unsure)
        lot = view.random_numbers("mixed")
        orders = [np.lexsort((lot, -u))[: view.batch] for u in (p, unsure)]
        turns = np.stack(orders, axis=1).ravel()
        if len(view.labelled_rows) % 2:  # single rows take turns from round to round
            turns = turns.reshape(-1, 2)[:, ::-1].ravel()
        return picked_first(view, view.rows[turns][: 2 * view.batch].tolist())


def _read(pool: Pool, model: str) -> Matrix:
    """Features as they are, of texts their words; for a line a table's columns on one scale."""
    if model == "forest" or issparse(pool.features):
        return pool.words
    return pool.points


_MODELS: dict[str, Any] = {
    "forest": lambda seed: RandomForestClassifier(100, random_state=seed),
    "line": lambda seed: LogisticRegression(C=1.0, max_iter=1000),
}
