"""Prior correction: probabilities learned under one class balance, and used under another.

A model fitted on re-balanced or hand-picked rows predicts the rare class too often. If only the
balance differs, and not what a class looks like, Bayes' rule corrects that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, column_or_1d

from .._rows.arrays import Floats, Matrix
from ..errors import InputError
from ._classifier import inside
from ._methods import estimator_has
from ._weights import routed_parameters


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

    What the classifier tells of its features (``coef_``, ``intercept_``, ``feature_importances_``)
    is told here too, also where it is the last step of a pipeline.

    Parameters
    ----------
    estimator : classifier
        With ``predict_proba``.
    prior : "balanced", sequence of float, or dict from class to float
        The class shares where the model is used: equal ones ("balanced"), or your own; a sequence
        follows the sorted classes.
    trained : {"labelled", "balanced"} or sequence of float
        The class shares that the model was trained under: those of the rows given to ``fit``, by
        their weights if it has any ("labelled"), equal ones ("balanced", for class weights and
        re-balancing ensembles such as ``BalancedRandomForestClassifier``), or your own.

    Attributes
    ----------
    estimator_ : fitted classifier
    classes_ : ndarray of shape (k,)
    prior_, trained_prior_ : ndarray of shape (k,)
        The class shares, in the order of `classes_`.

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

    def fit(
        self, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None, **fit_params: Any
    ) -> PriorCorrected:
        """Fit the estimator.

        Parameters
        ----------
        X : matrix of m rows
            What the estimator reads.
        y : array-like of shape (m,)
            Labels.
        sample_weight : array-like of shape (m,), optional
            How much each row counts, in the fit and in the class shares of "labelled".
        **fit_params
            For the estimator's own ``fit``; where metadata routing is enabled, those that it
            requests.
        """
        params = routed_parameters(self, {"estimator": self.estimator}, sample_weight, **fit_params)
        fitted = clone(self.estimator).fit(X, y, **params["estimator"])
        return self._adopt(fitted, self._read_trained(fitted, y, sample_weight))

    def _adopt(self, fitted: Any, trained: Floats) -> Self:
        """Take a fitted estimator, trained under these shares of its classes."""
        self.estimator_ = fitted
        self.classes_ = fitted.classes_
        self.trained_prior_ = trained
        self.prior_ = self._read_prior()
        take_features(self, fitted)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def get_metadata_routing(self) -> MetadataRouter:
        """Say who reads what is passed to ``fit``: the estimator, and the weights this model too.

        Returns
        -------
        MetadataRouter
        """
        return (
            MetadataRouter(owner=type(self).__name__)
            .add_self_request(self)
            .add(
                estimator=self.estimator,
                method_mapping=MethodMapping().add(caller="fit", callee="fit"),
            )
        )

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose what the transformers before the classifier give, as a pipeline does.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None
            As in scikit-learn; None changes nothing.
        """
        models: list[Any] = [self.estimator, getattr(self, "estimator_", None)]
        for model in models:
            if hasattr(model, "set_output"):
                model.set_output(transform=transform)
        return self

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> Any:
        """Name the features that the classifier reads, after the transformers before it.

        Parameters
        ----------
        input_features : array-like of str, optional
            Names of the columns that this model reads; by default those that it was fitted on.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        before, last = inside(self.estimator_)
        names = (
            getattr(self, "feature_names_in_", None) if input_features is None else input_features
        )
        for step in before:
            names = step.get_feature_names_out(names)
        if names is None:
            names = [f"x{column}" for column in range(last.n_features_in_)]
        return np.asarray(names, dtype=object)

    @property
    def coef_(self) -> Any:
        """The coefficients of the classifier, one for each of its features."""
        return self._tell("coef_")

    @property
    def intercept_(self) -> Any:
        """The intercept of the classifier, before the correction."""
        return self._tell("intercept_")

    @property
    def feature_importances_(self) -> Any:
        """The importances of the classifier's features."""
        return self._tell("feature_importances_")

    def _tell(self, name: str) -> Any:
        if "estimator_" not in vars(self):
            raise AttributeError(f"PriorCorrected has no {name} before it is fitted.")
        return getattr(inside(self.estimator_)[1], name)

    def _read_trained(self, fitted: Any, y: ArrayLike, sample_weight: Any) -> Floats:
        k = len(fitted.classes_)
        if not isinstance(self.trained, str):
            return _shares(self.trained, k, "trained")
        if self.trained == "labelled":
            codes = np.unique(column_or_1d(y), return_inverse=True)[1]
            weights = None if sample_weight is None else np.asarray(sample_weight)
            return _shares(np.bincount(codes, weights, minlength=k), k, "trained")
        return _by_name(self.trained, k, "trained", '"labelled", "balanced"')

    def _read_prior(self) -> Floats:
        k = len(self.classes_)
        if isinstance(self.prior, str):
            return _by_name(self.prior, k, "prior", '"balanced"')
        if isinstance(self.prior, Mapping):
            missing = [c for c in self.classes_.tolist() if c not in self.prior]
            if missing:
                raise InputError(f"prior names no share for class {missing[0]!r}; add it.")
            return _shares([self.prior[c] for c in self.classes_.tolist()], k, "prior")
        return _shares(self.prior, k, "prior")

    @available_if(estimator_has("predict_proba"))  # type: ignore[untyped-decorator]
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


def adopt_fitted(fitted: Any, prior: dict[Any, float], trained: Floats) -> PriorCorrected:
    """Correct a fitted classifier, trained under these shares; a clone fits it anew."""
    return PriorCorrected(clone(fitted), prior)._adopt(fitted, trained)


def _by_name(name: str, k: int, parameter: str, known: str) -> Floats:
    if name != "balanced":
        raise InputError(f"{parameter} is {name!r}; give {known} or a share for each class.")
    return np.full(k, 1.0 / k)


def take_features(model: Any, fitted: Any) -> None:
    """Let a model say of its features what the estimator inside it says."""
    for name in ("n_features_in_", "feature_names_in_"):
        if hasattr(fitted, name):
            setattr(model, name, getattr(fitted, name))
