"""A classifier that was pretrained on synthetic rare classes."""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._rows.arrays import Codes, Floats, Matrix
from ..._rows.threads import one_thread
from ...errors import InputError
from ._features import NEGATIVE, POSITIVE, UNLABELLED, Features
from ._forward import Network

_MOST_CONTEXT = 1_000
_BLOCK = 8_192  # rows whose features are held at once


@cache
def _load() -> Network:
    with (files(__package__) / "weights.npz").open("rb") as file:
        return Network(dict(np.load(file, allow_pickle=False)))


class PretrainedClassifier(ClassifierMixin, BaseEstimator):
    """A network that has seen synthetic rare classes, and learns a new one by looking at its rows.

    There is no training in `fit`: the rows are kept, and each prediction looks at them. It is made
    for one to forty positives, among rows that a search picked, in a table of 2 to 100 columns. With
    more columns it sees those in which the positives stand out most. With more than two classes, it
    tells each from all others.

    Parameters
    ----------
    random_state : int or None
        Chooses the rows kept where there are more than a thousand.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
        The classes.

    Notes
    -----
    The weights lie in the package, in half precision. They were trained on synthetic tasks alone
    (``pretraining/`` in the repository), so that no real data can have leaked into them. A
    prediction needs numpy, and its time grows with the rows scored times the rows kept.

    References
    ----------
    Müller, Hollmann, Pineda Arango, Grabocka & Hutter (2022), Transformers can do Bayesian
    inference, ICLR (networks fitted to a prior over tasks).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 5))
    >>> y = X[:, 0] + X[:, 1] > 2.6
    >>> model = PretrainedClassifier().fit(X[:200], y[:200])
    >>> bool(model.predict_proba(X[200:][y[200:]])[:, 1].min() > 0.2)
    True
    """

    def __init__(self, random_state: int | None = None) -> None:
        self.random_state = random_state

    def fit(
        self, X: Matrix, y: ArrayLike, presumed: ArrayLike | None = None
    ) -> "PretrainedClassifier":
        """Keep the rows.

        Parameters
        ----------
        X : array-like of shape (m, d)
            Rows; missing values are NaN.
        y : array-like of shape (m,)
            Their classes.
        presumed : array-like of bool of shape (m,), optional
            Which rows nobody labelled: their class is only presumed, and they show what the pool
            looks like.
        """
        rows: Any
        rows, labels = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        self.classes_, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
        if len(self.classes_) < 2:
            raise ValueError("There is one class alone; label rows of at least two classes.")
        open_ = np.zeros(len(rows), dtype=bool)
        if presumed is not None:
            open_ = np.asarray(presumed, dtype=bool)
            if open_.shape != (len(rows),):
                raise InputError(
                    f"presumed has shape {open_.shape}; give one value for each of {len(rows)} rows."
                )
        kept = self._choose(codes, counts, open_)
        self._rows, self._codes, self._open = rows[kept], codes[kept], open_[kept]
        rarest = int(counts.argmin()) if counts[0] != counts[-1] or len(counts) > 2 else 1
        told_apart = [rarest] if len(counts) == 2 else range(len(counts))
        self._told_apart = {code: self._look_for(code) for code in told_apart}
        return self

    def _choose(self, codes: Codes, counts: Codes, open_: Codes) -> Codes:
        """Choose the rows to keep: labelled ones of rare classes first, in the order given."""
        if len(codes) <= _MOST_CONTEXT:
            return np.arange(len(codes))
        shuffled = np.random.default_rng(self.random_state).permutation(len(codes))
        order = np.lexsort((open_[shuffled], counts[codes[shuffled]]))
        return np.sort(shuffled[order][:_MOST_CONTEXT])

    def _look_for(self, code: int) -> tuple[Features, Floats, Codes]:
        states = np.where(self._codes == code, POSITIVE, NEGATIVE)
        states[self._open & (states == NEGATIVE)] = UNLABELLED
        with one_thread():
            features = Features(self._rows, states)
            return features, features.of_context(self._rows), states

    def decision_function(self, X: Matrix) -> Floats:
        """Compute log odds: of the second class, or of each where there are more than two."""
        check_is_fitted(self)
        rows: Any = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        z = np.stack([self._score(rows, *parts) for parts in self._told_apart.values()], axis=1)
        if len(self.classes_) > 2:
            return z
        return z[:, 0] if 1 in self._told_apart else -z[:, 0]

    def _score(self, rows: Floats, features: Features, context: Floats, states: Codes) -> Floats:
        starts = range(0, len(rows), _BLOCK)
        blocks = [
            _load().score(context, states, features.of_rows(rows[start : start + _BLOCK]))
            for start in starts
        ]
        return np.concatenate(blocks).astype(np.float64)

    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities, shape (n, k)."""
        z = self.decision_function(X)
        if z.ndim == 2:
            return softmax(z, axis=1)
        return np.stack([expit(-z), expit(z)], axis=1)

    def predict(self, X: Matrix) -> Any:
        """Predict the likeliest class."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
