"""Predictions of linear classifiers for a block of rows, by the same sums as scikit-learn's.

scikit-learn checks all rows before it multiplies them, and copies the result; for a linear model
that is half of the time. A pool is checked when it is opened, and a number that is not finite shows
in the products too. The results are scikit-learn's to the last bit.
"""

from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model._base import LinearClassifierMixin

from .._rows.arrays import Floats, Matrix


def decisions(estimator: Any, X: Matrix) -> "np.ndarray[Any, Any] | None":
    """Compute the ``decision_function`` of a linear classifier of two classes, shape (n,).

    It is in the precision of ``X`` and of the coefficients. None for any other model, and for rows
    that the model should check itself: of another kind or width, or not finite.
    """
    own = getattr(type(estimator), "decision_function", None)
    if own is not LinearClassifierMixin.decision_function:
        return None
    coefficients = estimator.coef_
    if not (_plain(X) and _plain(coefficients) and coefficients.shape == (1, X.shape[1])):
        return None
    if hasattr(estimator, "feature_names_in_"):  # it warns of rows without names
        return None
    found: np.ndarray[Any, Any] = (X @ coefficients.T + estimator.intercept_)[:, 0]
    return found if np.isfinite(found.sum()) else None


def log_odds(estimator: Any, X: Matrix) -> "np.ndarray[Any, Any] | None":
    """Compute log odds of the second class by a logistic regression, or None as in `decisions`."""
    return decisions(estimator, X) if gives_log_odds(estimator) else None


def gives_log_odds(estimator: Any) -> bool:
    """Tell whether the probabilities of a model are its decisions, squashed."""
    return (
        getattr(type(estimator), "predict_proba", None) is LogisticRegression.predict_proba
        and len(estimator.classes_) == 2
        and getattr(estimator, "multi_class", None) != "multinomial"  # before scikit-learn 1.8
    )


def squash(log_odds: "np.ndarray[Any, Any]") -> Floats:
    """Turn log odds into probabilities of both classes, shape (n, 2), stored by columns."""
    out = np.empty((2, len(log_odds)))
    positive = expit(log_odds)
    np.subtract(1, positive, out=out[0])
    out[1] = positive
    return out.T


def _plain(X: Any) -> bool:
    return isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype in (np.float32, np.float64)
