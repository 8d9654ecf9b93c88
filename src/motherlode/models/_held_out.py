"""Probabilities of labelled rows, by models that were not fitted on them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from .._rows.arrays import Codes, Floats, Matrix
from .._rows.matrix import take
from ..geometry import Progress, silent
from ._classifier import FittedClassifier, fit_classifier
from ._leave_one_out import leave_one_out
from ._linear import squash


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
    presumed: Codes | None = None,
    progress: Progress = silent,
) -> Floats:
    """Predict class probabilities, shape (m, k), by cross-validation stratified by class.

    At least two classes have at least two rows each. There are at most so many folds as rows of
    the rarest class. ``sample_weight`` is how much each row counts in the fits, ``positive`` the
    positive classes and ``presumed`` which labels are presumed, see `fit_classifier`.
    """
    rarest = int(np.unique(y, return_counts=True)[1].min())
    P = np.empty((len(y), len(classes)))
    parts = StratifiedKFold(min(folds, rarest), shuffle=True, random_state=seed)
    for done, (kept, out) in enumerate(parts.split(y, y), 1):
        weights = None if sample_weight is None else sample_weight[kept]
        open_ = None if presumed is None else presumed[kept]
        part = take(X, kept), y[kept]
        fitted = fit_classifier(
            model, *part, classes, seed, weights, positive=positive, presumed=open_
        )
        P[out] = fitted.predict_proba(take(X, out))
        progress("Held-out probabilities", done / parts.n_splits)
    return P


def held_out_of_fit(
    fitted: FittedClassifier,
    X: Matrix,
    y: np.ndarray[Any, Any],
    sample_weight: Floats | None,
    presumed: Codes | None = None,
) -> Floats | None:
    """Predict class probabilities of the rows of a fit, shape (m, k), without fitting it again.

    A weighted mean of models knows them from the judgement of its members, and a logistic
    regression of two classes from one step of Newton's method. None for any other model.
    """
    model = fitted.estimator
    if hasattr(model, "held_out_probabilities"):
        return fitted.align(model.held_out_probabilities(X, y, sample_weight, presumed))
    if len(model.classes_) != 2:
        return None
    log_odds = leave_one_out(model, X, y, sample_weight)
    return None if log_odds is None else fitted.align(squash(log_odds))
