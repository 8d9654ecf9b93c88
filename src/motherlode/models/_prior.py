"""Prior correction: probabilities learned under one class balance, and used under another.

A model fitted on re-balanced or hand-picked rows predicts the rare class too often. If only the
balance differs, and not what a class looks like, Bayes' rule corrects that.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._rows.arrays import Floats, Matrix
from ..errors import InputError


def correct_prior(probabilities: ArrayLike, trained: ArrayLike, prior: ArrayLike) -> Floats:
    """Correct probabilities to another prior.

    Parameters
    ----------
    probabilities : array-like of shape (n, k)
        Predicted by a model.
    trained : array-like of shape (k,)
        The class shares that the model was trained under.
    prior : array-like of shape (k,)
        The class shares where it is used.

    Returns
    -------
    ndarray of shape (n, k)
        Rows sum to one.

    Raises
    ------
    InputError
        If the shares are not positive numbers, one a class.

    Notes
    -----
    It is exact under label shift, where the rows of a class are alike in both places. Rows that an
    active learner asked for are no random sample of their class, so after such training it is an
    approximation.

    References
    ----------
    Elkan (2001), The foundations of cost-sensitive learning, IJCAI, theorem 2.
    Saerens, Latinne & Decaestecker (2002), Adjusting the outputs of a classifier to new a
    priori probabilities, Neural Computation 14, eq. 2.4.

    Examples
    --------
    A balanced model says one half; at 2 % prevalence that is 2 %.

    >>> correct_prior([[0.5, 0.5]], trained=[0.5, 0.5], prior=[0.98, 0.02])
    array([[0.98, 0.02]])
    """
    P = _check(probabilities)
    return _correct(P, _shares(trained, P.shape[1], "trained"), _shares(prior, P.shape[1], "prior"))


def _correct(P: Floats, trained: Floats, prior: Floats) -> Floats:
    corrected = P * (prior / trained)
    return np.asarray(corrected / corrected.sum(axis=1, keepdims=True))


def estimated_prior(
    probabilities: ArrayLike, trained: ArrayLike, *, tolerance: float = 1e-8, rounds: int = 10_000
) -> Floats:
    """Estimate the class shares that best explain probabilities, by expectation maximisation.

    Each round corrects the probabilities to the present shares (`correct_prior`), and their mean
    is the next.

    Parameters
    ----------
    probabilities : array-like of shape (n, k)
        Predicted for rows whose classes are unknown.
    trained : array-like of shape (k,)
        The class shares that the model was trained under.
    tolerance : float
        It ends when no share changes by more.
    rounds : int
        It ends after so many rounds.

    Returns
    -------
    ndarray of shape (k,)
        Adds up to one.

    Notes
    -----
    It holds under label shift, as `correct_prior` does, and for probabilities that are calibrated
    under `trained`.

    References
    ----------
    Saerens, Latinne & Decaestecker (2002), Adjusting the outputs of a classifier to new a
    priori probabilities, Neural Computation 14, eq. 2.9. Elkan (2001), theorem 2, for the
    correction itself.

    Examples
    --------
    A model that knows the class of every row, trained on halves, finds the shares by counting:

    >>> estimated_prior([[1, 0], [1, 0], [1, 0], [0, 1]], trained=[0.5, 0.5]).round(6).tolist()
    [0.75, 0.25]
    """
    P = _check(probabilities)
    if not len(P):
        raise InputError("There are no probabilities; give those of one row or more.")
    # The bottom keeps a class that dies out representable, as the correction asks.
    start = shares = _shares(trained, P.shape[1], "trained")
    for _ in range(rounds):
        new = np.maximum(_correct(P, start, shares).mean(axis=0), 1e-12)
        new /= new.sum()
        change, shares = np.abs(new - shares).max(), new
        if change <= tolerance:
            break
    return np.asarray(shares)


def _check(probabilities: ArrayLike) -> Floats:
    P = np.asarray(probabilities, dtype=np.float64)
    if P.ndim != 2 or not ((P >= 0) & np.isfinite(P)).all() or not P.any(axis=1).all():
        raise InputError(
            "The probabilities must be a table with a column for each class, of numbers that are "
            "not below 0 and not all 0 in a row."
        )
    return P


def _shares(values: ArrayLike, k: int, name: str) -> Floats:
    shares = np.asarray(values, dtype=np.float64)
    if shares.shape != (k,) or not np.isfinite(shares).all() or (shares <= 0).any():
        raise InputError(
            f"{name} is {shares.tolist()}; give one positive share for each of the {k} classes."
        )
    return np.asarray(shares / shares.sum())


class PriorCorrected(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A classifier whose probabilities are corrected from its training balance to ``prior``.

    Parameters
    ----------
    estimator : classifier
        With ``predict_proba``.
    prior : sequence of float, or dict from class to float
        The class shares where the model is used; a sequence follows the sorted classes.
    trained : {"labelled", "balanced"} or sequence of float
        The class shares that the model was trained under: those of the rows given to ``fit``
        ("labelled"), equal ones ("balanced", for class weights and re-balancing ensembles such
        as ``BalancedRandomForestClassifier``), or your own.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> model = PriorCorrected(
    ...     LogisticRegression(class_weight="balanced"), prior={0: 0.98, 1: 0.02},
    ...     trained="balanced",
    ... ).fit([[0.0], [0.1], [0.2], [1.0]], [0, 0, 0, 1])
    >>> bool(model.predict_proba([[0.6]])[0, 1] < 0.1)
    True
    """

    def __init__(self, estimator: Any, prior: Any, trained: Any = "labelled") -> None:
        self.estimator = estimator
        self.prior = prior
        self.trained = trained

    def fit(self, X: Matrix, y: ArrayLike, **fit_params: Any) -> "PriorCorrected":
        """Fit the estimator.

        Parameters
        ----------
        X : matrix of m rows
            What the estimator reads.
        y : array-like of shape (m,)
            Labels.
        **fit_params
            For the estimator's own ``fit``.
        """
        self.estimator_ = clone(self.estimator).fit(X, y, **fit_params)
        self.classes_ = self.estimator_.classes_
        if isinstance(self.trained, str) and self.trained == "labelled":
            counts = np.unique(np.asarray(y), return_counts=True)[1]
            self.trained_prior_ = counts / counts.sum()
        elif isinstance(self.trained, str) and self.trained == "balanced":
            self.trained_prior_ = np.full(len(self.classes_), 1.0 / len(self.classes_))
        else:
            self.trained_prior_ = _shares(self.trained, len(self.classes_), "trained")
        self.prior_ = self._read_prior()
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = get_tags(self.estimator).input_tags.sparse
        return tags

    def _read_prior(self) -> Floats:
        if isinstance(self.prior, dict):
            missing = [c for c in self.classes_.tolist() if c not in self.prior]
            if missing:
                raise InputError(f"prior names no share for class {missing[0]!r}; add it.")
            return _shares(
                [self.prior[c] for c in self.classes_.tolist()], len(self.classes_), "prior"
            )
        return _shares(self.prior, len(self.classes_), "prior")

    @available_if(lambda self: hasattr(self.estimator, "predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Matrix) -> Floats:
        """Predict corrected probabilities of rows ``X``, shape (n, k)."""
        check_is_fitted(self)
        return correct_prior(self.estimator_.predict_proba(X), self.trained_prior_, self.prior_)

    def predict(self, X: Matrix) -> Any:
        """Predict the likeliest class by the corrected probabilities.

        Parameters
        ----------
        X : matrix of n rows
            What the estimator reads.

        Returns
        -------
        ndarray of shape (n,)
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]
