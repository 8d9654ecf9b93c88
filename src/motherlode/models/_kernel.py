"""Logistic regression on likeness to some of the rows that it was fitted on."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from .._rows.arrays import Codes, Floats, Matrix
from .._rows.threads import one_thread
from ..geometry._blocks import blocks
from ..geometry._exact import squared_lengths

_BLOCK_ROWS = 4096  # whose likeness to all landmarks stays near the processor


class KernelLogisticRegression(ClassifierMixin, BaseEstimator):
    r"""Logistic regression on ``exp(-gamma |x - l|^2)`` for the rows *l* that it remembers.

    Two or three rows are enough to find a class that lies in one place, wherever that is: no linear
    model has to separate it from the rest, and no tree has to find the columns.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty, as in `sklearn.linear_model.LogisticRegression`.
    gamma : float or None
        By default one over the number of columns, which suits standardised ones.
    landmarks : int
        Most rows to remember: those of the rarest class first, then random others.
    random_state : int or None
        For the choice of the others.

    Attributes
    ----------
    landmarks_ : ndarray of float64 of shape (m, d)
        Rows remembered.
    linear_ : LogisticRegression
        Fitted on the `basis` of the rows.
    gamma_ : float

    Notes
    -----
    The fit is that of scikit-learn's Nyström map with these rows as its basis, followed by
    logistic regression; a prediction costs O(m d) a row. Features are dense.

    References
    ----------
    Zhu & Hastie (2005), Kernel logistic regression and the import vector machine, JCGS 14, eq. 10.
    Williams & Seeger (2001), Using the Nyström method to speed up kernel machines, NeurIPS.

    Examples
    --------
    >>> X, y = [[-2.0], [-1.5], [0.0], [0.1], [1.5], [2.0]], [0, 0, 1, 1, 0, 0]
    >>> KernelLogisticRegression().fit(X, y).predict([[-1.0], [0.2], [1.8]]).tolist()
    [0, 1, 0]
    """

    def __init__(
        self,
        C: float = 100.0,
        gamma: float | None = None,
        landmarks: int = 200,
        random_state: int | None = None,
    ) -> None:
        self.C = C
        self.gamma = gamma
        self.landmarks = landmarks
        self.random_state = random_state

    def fit(
        self, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> "KernelLogisticRegression":
        """Remember some of the rows, and fit a linear model on the likeness to them."""
        rows: Any
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        self.classes_, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
        kept = self._choose(codes, counts)
        self.gamma_ = 1.0 / rows.shape[1] if self.gamma is None else self.gamma
        # All of them are its basis; the state fixes only their order.
        near = Nystroem(gamma=self.gamma_, n_components=len(kept), random_state=0)
        model = LogisticRegression(C=self.C, max_iter=1000, tol=1e-6)
        with one_thread():
            model.fit(near.fit(rows[kept]).transform(rows), labels, sample_weight=sample_weight)
        self.landmarks_, self.linear_, self._near = near.components_, model, near
        return self

    def basis(self, X: Matrix) -> Floats:
        """Map rows as `linear_` reads them, by Nyström's map, shape (n, m)."""
        return np.asarray(self._near.transform(X))

    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities, shape (n, k)."""
        check_is_fitted(self)
        rows: Any = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        # The map of a row is linear in its likeness, so both are one product.
        coef = (self.linear_.coef_ @ self._near.normalization_).T.astype(rows.dtype)
        parts = blocks(len(rows), _BLOCK_ROWS)
        z = np.concatenate([self._likeness(rows[part]) @ coef for part in parts])
        z = z.astype(np.float64, copy=False) + self.linear_.intercept_
        return softmax(z if z.shape[1] > 1 else np.hstack([np.zeros_like(z), z]), axis=1)

    def predict(self, X: Matrix) -> Any:
        """Predict the likeliest class."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def _likeness(self, rows: Floats) -> Floats:
        """Compute the kernel in the rows' precision, five times as fast as scikit-learn does."""
        landmarks = self.landmarks_.astype(rows.dtype)
        out: Floats = rows @ (2.0 * self.gamma_ * landmarks.T)
        out -= self.gamma_ * squared_lengths(landmarks)
        out -= (self.gamma_ * squared_lengths(rows))[:, None]
        return np.exp(np.minimum(out, 0.0, out=out), out=out)

    def _choose(self, codes: Codes, counts: Codes) -> Codes:
        shuffled = check_random_state(self.random_state).permutation(len(codes))
        order = np.argsort(codes[shuffled] != counts.argmin(), kind="stable")
        return np.asarray(shuffled[order][: self.landmarks], dtype=np.int64)
