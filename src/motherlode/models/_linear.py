"""Linear classifiers asked about a block of rows, by the same sums and without the ceremony.

scikit-learn looks through all rows before it multiplies them, and copies what comes out; for a line
that is half of a prediction. A pool was looked through when it was opened, and a number that is
none shows in the products as well. What is said is scikit-learn's to the last bit.
"""

from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model._base import LinearClassifierMixin

from .._rows.arrays import Floats, Matrix


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
    own = getattr(type(estimator), "decision_function", None)
    if own is not LinearClassifierMixin.decision_function:
        return None
    coefficients = estimator.coef_
    if not (_plain(X) and _plain(coefficients) and coefficients.shape == (1, X.shape[1])):
        return None
    if hasattr(estimator, "feature_names_in_"):  # it warns of rows that have no names
        return None
    found: np.ndarray[Any, Any] = (X @ coefficients.T + estimator.intercept_)[:, 0]
    return found if np.isfinite(found.sum()) else None


def log_odds(estimator: Any, X: Matrix) -> "np.ndarray[Any, Any] | None":
    """Log odds of the second class by a logistic regression of two, shape (n,), or None.

    Parameters and reasons for None are those of `decisions`.
    """
    return decisions(estimator, X) if gives_log_odds(estimator) else None


def gives_log_odds(estimator: Any) -> bool:
    """Whether the probabilities of a model are its decisions, squashed."""
    return (
        getattr(type(estimator), "predict_proba", None) is LogisticRegression.predict_proba
        and len(estimator.classes_) == 2
        and getattr(estimator, "multi_class", None) != "multinomial"  # before scikit-learn 1.8
    )


def squashed(log_odds: "np.ndarray[Any, Any]") -> Floats:
    """Probabilities of both classes, in the precision of the log odds; shape (n, 2), by columns."""
    out = np.empty((2, len(log_odds)))
    positive = expit(log_odds)
    np.subtract(1, positive, out=out[0])
    out[1] = positive
    return out.T


def _plain(X: Any) -> bool:
    return isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype in (np.float32, np.float64)
