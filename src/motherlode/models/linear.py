"""Linear classifiers asked about a block of rows, by the same sums and without the ceremony.

scikit-learn looks through all rows before it multiplies them, and copies what comes out; for a line
that is three quarters of a prediction. A pool was looked through when it was opened, and a number
that is none shows in the products as well. What is said is scikit-learn's to the last bit.
"""

from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model._base import LinearClassifierMixin

from ..arrays import Floats, Matrix

_DECIDES = LinearClassifierMixin.decision_function
_SQUASHES = LogisticRegression.predict_proba


def decisions(estimator: Any, X: Matrix) -> "np.ndarray[Any, Any] | None":
    """What the ``decision_function`` of a linear classifier of two classes gives, shape (n,).

    Parameters
    ----------
    estimator : fitted classifier
    X : matrix of n rows

    Returns
    -------
    ndarray or None
        In the precision of `X` and the coefficients. None for any other model, and for rows that it
        should look at itself: of another kind or width, or with a number that is not finite.
    """
    if getattr(type(estimator), "decision_function", None) is not _DECIDES:
        return None
    coefficients = estimator.coef_
    if not (_plain(X) and _plain(coefficients) and coefficients.shape == (1, X.shape[1])):
        return None
    if hasattr(estimator, "feature_names_in_"):  # it warns of rows that have no names
        return None
    found: np.ndarray[Any, Any] = (X @ coefficients.T + estimator.intercept_)[:, 0]
    return found if np.isfinite(found.sum()) else None


def probabilities(estimator: Any, X: Matrix) -> Floats | None:
    """What ``predict_proba`` of a logistic regression of two classes gives, shape (n, 2), or None.

    Parameters and reasons for None are those of `decisions`.
    """
    if getattr(type(estimator), "predict_proba", None) is not _SQUASHES or _by_softmax(estimator):
        return None
    found = decisions(estimator, X)
    return None if found is None else _both(found)


def _both(decided: "np.ndarray[Any, Any]") -> Floats:
    """A sigmoid of decisions, and one minus it, in that precision; shape (n, 2), by columns."""
    out = np.empty((2, len(decided)))
    positive = expit(decided, out=decided)
    np.subtract(1, positive, out=out[0])
    out[1] = positive
    return out.T


def _plain(X: Any) -> bool:
    return isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype in (np.float32, np.float64)


def _by_softmax(estimator: Any) -> bool:
    return getattr(estimator, "multi_class", None) == "multinomial"  # before scikit-learn 1.8
