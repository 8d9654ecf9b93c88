"""Probabilities of labelled rows, by models that were not fitted on them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from .._rows.arrays import Floats, Matrix
from .._rows.matrix import take
from ._classifier import fit_classifier


def held_out_probabilities(
    model: Any,
    X: Matrix,
    y: np.ndarray[Any, Any],
    classes: np.ndarray[Any, Any],
    *,
    folds: int = 5,
    seed: int = 0,
    sample_weight: Floats | None = None,
    positive: Sequence[Any] = (),
) -> Floats:
    """Predict class probabilities, shape (m, k), by cross-validation stratified by class.

    At least two classes have at least two rows each. There are at most so many folds as rows of
    the rarest class. ``sample_weight`` is how much each row counts in the fits, and ``positive``
    the sought classes, see `fit_classifier`.
    """
    rarest = int(np.unique(y, return_counts=True)[1].min())
    P = np.empty((len(y), len(classes)))
    parts = StratifiedKFold(min(folds, rarest), shuffle=True, random_state=seed)
    for kept, out in parts.split(y, y):
        weights = None if sample_weight is None else sample_weight[kept]
        part = take(X, kept), y[kept]
        fitted = fit_classifier(model, *part, classes, seed, weights, positive=positive)
        P[out] = fitted.predict_proba(take(X, out))
    return P
