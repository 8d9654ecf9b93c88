"""A classifier that was pretrained on synthetic rare classes."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ..._rows.arrays import Codes, Floats, Matrix
from ..._rows.threads import one_thread
from ...errors import InputError
from ._directions import learn_directions, turn
from ._features import NEGATIVE, POSITIVE, UNLABELLED, Features
from ._shipped import load_network

_MOST_CONTEXT = 1_000
_BLOCK = 4_096  # rows whose features are held at once


class _Look(NamedTuple):
    """What is seen of the context by one who looks for one class."""

    features: Features
    context: Floats
    states: Codes


class PretrainedClassifier(ClassifierMixin, BaseEstimator):
    """A network that has seen synthetic rare classes, and learns a new one by looking at its rows.

    There is no training in `fit`: the rows are kept, and each prediction looks at them. It is made
    for one to forty positives among rows that a search picked, in a table of 2 to 100 columns. Of
    more columns it sees those in which the positives stand out most. Sparse rows, as of texts, are
    turned to at most a hundred latent directions. Of more than two classes it tells each from all
    others.

    Parameters
    ----------
    random_state : int, RandomState or None
        Chooses the rows that are kept where there are more than a thousand.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
        The classes.
    n_features_in_ : int
        Columns of `fit`.

    Notes
    -----
    The weights lie in the package, in half precision. They were trained on synthetic tasks alone
    (``pretraining/`` in the repository), so no real data can have leaked into them. A prediction
    takes numpy alone. Its time grows with the rows scored times the rows kept, and its memory,
    beside the result, does not grow with the rows scored.

    The network hears each row alike: a row of weight zero is left out, and other weights do not
    count. Probabilities are not calibrated to the pool.

    References
    ----------
    Müller, Hollmann, Pineda Arango, Grabocka & Hutter (2022), Transformers can do Bayesian
    inference, ICLR (networks that are fitted to a prior over tasks). Hollmann, Müller, Eggensperger
    & Hutter (2023), TabPFN: a transformer that solves small tabular classification problems in a
    second, ICLR. Hollmann et al. (2025), Accurate predictions on small data with a tabular
    foundation model, Nature 637.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 5))
    >>> y = X[:, 0] + X[:, 1] > 2.6
    >>> p = PretrainedClassifier().fit(X[:200], y[:200]).predict_proba(X[200:])[:, 1]
    >>> bool(p[y[200:]].min() > np.quantile(p, 0.9))
    True
    """

    def __init__(self, random_state: Any = None) -> None:
        self.random_state = random_state

    def fit(
        self,
        X: Matrix,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        presumed: ArrayLike | None = None,
    ) -> "PretrainedClassifier":
        """Keep the rows.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (m, d)
            Rows; missing values are NaN.
        y : array-like of shape (m,)
            Their classes.
        sample_weight : array-like of shape (m,), optional
            Rows of weight zero are left out; the others count alike.
        presumed : array-like of bool of shape (m,), optional
            Which rows nobody labelled: their class is only presumed, and they show what the pool
            looks like. The learner says so of its presumed negatives.

        Returns
        -------
        PretrainedClassifier
            Itself.
        """
        rows: Any
        rows, labels = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan",
        )
        check_classification_targets(labels)
        open_ = _read_presumed(presumed, len(labels))
        if sample_weight is not None:
            counts = _check_sample_weight(sample_weight, rows) > 0
            rows, labels, open_ = rows[counts], labels[counts], open_[counts]
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("There is one class alone; give rows of at least two classes.")
        kept = self._choose(codes, open_)
        rows, codes, open_ = rows[kept], codes[kept], open_[kept]
        self._directions = learn_directions(rows) if issparse(rows) else None
        self._table, self._codes, self._open = self._read(rows), codes, open_
        self._look()
        return self

    def decision_function(self, X: Matrix) -> Floats:
        """Compute log odds.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n, d)
            Rows.

        Returns
        -------
        ndarray of shape (n,), or (n, k) where there are more than two classes
            Of the second class, or of each class against all others.
        """
        check_is_fitted(self)
        rows: Any = validate_data(
            self,
            X,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan",
            reset=False,
        )
        z = np.empty((rows.shape[0], len(self._looks)))
        for start in range(0, len(z), _BLOCK):
            part = slice(start, start + _BLOCK)
            z[part] = self._score(self._read(rows[part]))
        if len(self.classes_) > 2:
            return z
        turned = z * np.where(np.array(list(self._looks)) == 1, 1.0, -1.0)
        return np.asarray(turned.mean(axis=1))

    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n, d)
            Rows.

        Returns
        -------
        ndarray of shape (n, k)
        """
        z = self.decision_function(X)
        if z.ndim == 2:
            return np.asarray(softmax(z, axis=1))
        return np.stack([expit(-z), expit(z)], axis=1)

    def predict(self, X: Matrix) -> Any:
        """Predict the likeliest class.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n, d)
            Rows.

        Returns
        -------
        ndarray of shape (n,)
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def _choose(self, codes: Codes, open_: Codes) -> Codes:
        """Choose the rows to keep, of each class alike while it has any, labelled ones first."""
        if len(codes) <= _MOST_CONTEXT:
            return np.arange(len(codes))
        shuffled = check_random_state(self.random_state).permutation(len(codes))
        of_class = shuffled[np.lexsort((open_[shuffled], codes[shuffled]))]
        counts = np.bincount(codes)
        turns = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.sort(of_class[np.argsort(turns, kind="stable")][:_MOST_CONTEXT])

    def _read(self, rows: Any) -> Floats:
        if self._directions is not None:
            return turn(rows, self._directions)
        return np.asarray(rows, dtype=np.float64)

    def _look(self) -> None:
        wanted = _choose_classes(self._codes, self._open)
        self._looks = {c: _look_for(c, self._table, self._codes, self._open) for c in wanted}

    def __getstate__(self) -> dict[str, Any]:
        """Keep arrays alone, which any format of files can hold."""
        return {name: value for name, value in super().__getstate__().items() if name != "_looks"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_table" in state:
            self._look()

    def _score(self, rows: Floats) -> Floats:
        network = load_network()
        with one_thread():
            each = [
                network.score(look.context, look.states, look.features.of_rows(rows))
                for look in self._looks.values()
            ]
        return np.stack(each, axis=1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        return tags


def _read_presumed(presumed: ArrayLike | None, rows: int) -> Any:
    if presumed is None:
        return np.zeros(rows, dtype=bool)
    open_ = np.asarray(presumed, dtype=bool)
    if open_.shape != (rows,):
        raise InputError(
            f"presumed has shape {open_.shape}; give one value for each of {rows} rows."
        )
    return open_


def _choose_classes(codes: Codes, open_: Codes) -> list[int]:
    """Choose the classes to look for: of two the rarer one, or both in turn if none is rarer."""
    counts = np.bincount(codes)
    if len(counts) == 2 and open_.any() and len(np.unique(codes[open_])) == 1:
        return [1 - int(codes[open_][0])]  # a search may know more positives than negatives
    if len(counts) > 2 or counts[0] == counts[1]:
        return list(range(len(counts)))
    return [int(counts.argmin())]


def _look_for(code: int, rows: Floats, codes: Codes, open_: Codes) -> _Look:
    states = np.where(codes == code, POSITIVE, NEGATIVE)
    states[open_ & (states == NEGATIVE)] = UNLABELLED
    with one_thread():
        features = Features(rows, states)
        return _Look(features, features.of_context(rows), states)
