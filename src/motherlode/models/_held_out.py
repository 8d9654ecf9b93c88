"""Probabilities of labelled rows, by models that were not fitted on them."""

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
) -> Floats:
    """Class probabilities by cross-validation, stratified by class.

    Parameters
    ----------
    model : unfitted classifier
    X : matrix of m rows
    y : ndarray of shape (m,)
        Labels from `classes`, of two at least, each on two rows at least.
    classes : ndarray of shape (k,)
    folds : int
        Cut to the number of rows of the rarest class that there is.
    seed : int
    sample_weight : ndarray of shape (m,), optional
        How much each row counts in the fits.

    Returns
    -------
    ndarray of shape (m, k)
    """
    rarest = int(np.unique(y, return_counts=True)[1].min())
    P = np.empty((len(y), len(classes)))
    parts = StratifiedKFold(min(folds, rarest), shuffle=True, random_state=seed)
    for kept, out in parts.split(y, y):
        weights = None if sample_weight is None else sample_weight[kept]
        fitted = fit_classifier(model, take(X, kept), y[kept], classes, seed, weights)
        P[out] = fitted.predict_proba(take(X, out))
    return P
