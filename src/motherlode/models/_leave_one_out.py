"""The predictions of a logistic regression for each row, as if fitted without that row.

One Newton step from the fit on all rows gives them, so nothing is fitted again.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import OneToOneFeatureMixin
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from .._rows.arrays import Floats, Matrix
from ._kernel import KernelLogisticRegression


def leave_one_out(
    model: Any, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None
) -> Floats | None:
    r"""Compute log odds of the second class, for each row by the fit without it, shape (m,).

    With :math:`p_i` the probability, :math:`w_i` the weight and :math:`s_i` the diagonal of
    :math:`\Phi H^{-1} \Phi^T`, *H* the Hessian of the penalised loss,

    .. math:: z_{-i} = z_i - \frac{s_i w_i (y_i - p_i)}{1 - s_i w_i p_i (1 - p_i)}.

    The model is a `LogisticRegression` with the usual penalty or a `KernelLogisticRegression`,
    alone or last in a pipeline after frozen steps and scalers, of two classes; None for any other.
    It is fitted on these rows, labels and weights.

    References
    ----------
    Rad & Maleki (2020), A scalable estimate of the out-of-sample prediction error via approximate
    leave-one-out cross-validation, JRSS B 82, eq. 8.
    """
    before, model = (model[:-1], model[-1]) if isinstance(model, Pipeline) else ([], model)
    linear = model.linear_ if isinstance(model, KernelLogisticRegression) else model
    if not (_is_usual(linear) and all(_barely_knows_rows(step) for step in before)):
        return None
    for step in before:
        X = step.transform(X)
    if isinstance(model, KernelLogisticRegression):
        X, model = model.basis(X), linear
    # A fit is the same for rows rotated around the origin, and these have at most m columns.
    Phi: Any = X
    if issparse(X):
        sizes, turned = np.linalg.eigh((X @ X.T).toarray().astype(np.float64))
        Phi = turned * np.sqrt(np.maximum(sizes, 0.0))
    elif not isinstance(X, np.ndarray):
        return None
    elif X.shape[1] > len(X):
        Phi = np.transpose(np.linalg.qr(X.T, mode="r"))
    positive = np.asarray(y) == model.classes_[1]
    z = model.decision_function(X)
    w = np.ones(len(z)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    return _leave_each_out(np.asarray(Phi, dtype=np.float64), z, positive, w, float(model.C))


def _is_usual(model: Any) -> bool:
    return (
        type(model) is LogisticRegression
        and len(model.classes_) == 2
        and model.class_weight is None
        and getattr(model, "penalty", "l2") in ("l2", "deprecated")  # the latter from 1.8 on
        and not model.l1_ratio
        and model.fit_intercept
        and model.solver != "liblinear"  # it penalises the intercept
        and np.isfinite(model.C)
    )


def _barely_knows_rows(step: Any) -> bool:
    """Tell whether a transformer is nearly the same without one of the rows it was fitted on."""
    if isinstance(step, FrozenEstimator):
        return True
    return isinstance(step, OneToOneFeatureMixin) and not get_tags(step).target_tags.required


def _leave_each_out(Phi: Floats, z: Floats, positive: Any, w: Floats, C: float) -> Floats:
    """Correct the log odds ``z`` of rows ``Phi`` to the fit without each; see `leave_one_out`."""
    rows = np.column_stack([Phi, np.ones(len(Phi))])
    p = 0.5 * (1.0 + np.tanh(0.5 * z))
    bend = w * p * (1.0 - p)
    H = (rows * bend[:, None]).T @ rows
    # The intercept has no penalty; a tiny one keeps H invertible where every row is sure.
    H[np.diag_indices_from(H)] += np.append(np.full(Phi.shape[1], 1.0 / C), 1e-9)
    s = np.einsum("ij,ji->i", rows, np.linalg.solve(H, rows.T))
    return np.asarray(z - s * w * (positive - p) / np.maximum(1.0 - s * bend, 1e-6))
