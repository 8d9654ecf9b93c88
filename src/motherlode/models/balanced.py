"""Logistic regression that is fair to the rare class, and honest about how rare it is."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression

from ..arrays import Matrix


class BalancedLogisticRegression(LogisticRegression):
    """Fitted with classes of equal weight, its intercept then moved back to their shares.

    With weights the slope serves the rare class as much as the common one, which ranks rare rows
    better where they are few. The weights also move the boundary into the common class; the
    intercept takes that back, so that probabilities are those of rows as they came.

    Parameters
    ----------
    C : float
        As of `sklearn.linear_model.LogisticRegression`, like all others.

    References
    ----------
    King & Zeng (2001), Logistic regression in rare events data, Political Analysis 9, eq. 7
    (prior correction).

    Examples
    --------
    >>> model = BalancedLogisticRegression().fit([[0.0], [0.0], [0.0], [1.0]], [0, 0, 0, 1])
    >>> bool(model.predict_proba([[0.5]])[0, 1] < 0.3)
    True
    """

    def fit(
        self, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "BalancedLogisticRegression":
        """Fit with each class's weights adding up to the same."""
        labels = np.asarray(y)
        own = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight)
        classes, codes = np.unique(labels, return_inverse=True)
        totals = np.bincount(codes, own)
        equal = own * (totals.sum() / (len(classes) * totals))[codes]
        super().fit(X, labels, sample_weight=equal)
        shares: Any = np.log(totals / totals.sum())
        moved = shares[1:] - shares[0] if len(shares) == 2 else shares
        self.intercept_ = self.intercept_ + moved  # type: ignore[has-type]
        return self
