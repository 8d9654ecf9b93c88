"""Decisions among several classes, some of which have a threshold of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._rows.arrays import Codes, Floats, Matrix
from ..errors import InputError
from ._methods import estimator_has
from ._prior import take_features
from ._weights import routed_parameters


class ClassThresholds(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A classifier that says a class where its probability reaches the threshold of the class.

    Where no class reaches its threshold, it says the likeliest of the classes without one.

    Parameters
    ----------
    estimator : classifier
        With ``predict_proba``.
    thresholds : mapping of class to float
        The least probability at which each of these classes is said.

    Attributes
    ----------
    estimator_ : fitted classifier
    classes_ : ndarray of shape (k,)
    thresholds_ : dict of class to float
        `thresholds`, of classes that are in `classes_`.

    Notes
    -----
    If several classes reach their thresholds, the one is said whose probability is the most times
    its threshold. If each class has a threshold and none reaches it, that rule holds too.

    References
    ----------
    Elkan (2001), The foundations of cost-sensitive learning, IJCAI (thresholds as costs).

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X, y = [[0.0], [0.2], [1.0], [1.2], [5.0], [5.2]], ["a", "a", "b", "b", "c", "c"]
    >>> model = ClassThresholds(GaussianNB(), {"b": 0.01}).fit(X, y)
    >>> model.predict([[0.0], [0.56], [5.0]]).tolist()
    ['a', 'b', 'c']
    """

    def __init__(self, estimator: Any, thresholds: Any) -> None:
        self.estimator = estimator
        self.thresholds = thresholds

    def fit(
        self, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None, **fit_params: Any
    ) -> ClassThresholds:
        """Fit the estimator; the thresholds stay.

        Parameters
        ----------
        X : matrix of m rows
            What the estimator reads.
        y : array-like of shape (m,)
            Labels.
        sample_weight : array-like of shape (m,), optional
            How much each row counts.
        **fit_params
            For the estimator's own ``fit``; where metadata routing is enabled, those that it
            requests.
        """
        params = routed_parameters(self, {"estimator": self.estimator}, sample_weight, **fit_params)
        return self._adopt(clone(self.estimator).fit(X, y, **params["estimator"]))

    def _adopt(self, fitted: Any) -> Self:
        """Take a fitted estimator."""
        self.estimator_ = fitted
        self.classes_ = fitted.classes_
        self.thresholds_ = _check(self.thresholds, self.classes_.tolist())
        take_features(self, fitted)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def get_metadata_routing(self) -> MetadataRouter:
        """Say that the estimator reads what is passed to ``fit``.

        Returns
        -------
        MetadataRouter
        """
        return MetadataRouter(owner=type(self).__name__).add(
            estimator=self.estimator,
            method_mapping=MethodMapping().add(caller="fit", callee="fit"),
        )

    @available_if(estimator_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Matrix) -> Floats:
        """Predict probabilities of rows ``X``, shape (n, k), by the estimator."""
        check_is_fitted(self)
        return np.asarray(self.estimator_.predict_proba(X))

    def predict(self, X: Matrix) -> Any:
        """Predict classes by the thresholds.

        Parameters
        ----------
        X : matrix of n rows
            What the estimator reads.

        Returns
        -------
        ndarray of shape (n,)
        """
        return self._decide(self.predict_proba(X))

    def _decide(self, P: Floats) -> Any:
        """Say classes by probabilities."""
        cut, uncut, cuts = split_by_threshold(self)
        if not len(cut):
            return self.classes_[P.argmax(axis=1)]
        # A threshold t is the best where a missed row costs (1 - t) / t times a false call. With
        # false calls of cost 1, whatever the class, a call at probability p then gains p / t - 1
        # on average, so the largest ratio gains most.
        reached = P[:, cut] >= cuts
        ratio = P[:, cut] / np.maximum(cuts, SMALLEST)
        if not len(uncut):
            reached[~reached.any(axis=1)] = True
        said = cut[np.where(reached, ratio, -1.0).argmax(axis=1)]
        if len(uncut):
            said = np.where(reached.any(axis=1), said, uncut[P[:, uncut].argmax(axis=1)])
        return self.classes_[said]


SMALLEST = 1e-30  # in place of a threshold of 0; a float32 holds it


def adopt_for_thresholds(fitted: Any, thresholds: dict[Any, float]) -> ClassThresholds:
    """Decide by a fitted classifier; a clone fits it anew."""
    return ClassThresholds(clone(fitted), thresholds)._adopt(fitted)


def split_by_threshold(model: ClassThresholds) -> tuple[Codes, Codes, Floats]:
    """Give the places of the classes with and without a threshold, and the thresholds."""
    labels = model.classes_.tolist()
    cut = np.array([labels.index(label) for label in model.thresholds_], dtype=np.int64)
    uncut = np.setdiff1d(np.arange(len(labels)), cut)
    return cut, uncut, np.array(list(model.thresholds_.values()), dtype=np.float64)


def _check(thresholds: Any, labels: list[Any]) -> dict[Any, float]:
    if not isinstance(thresholds, Mapping):
        raise InputError(f"thresholds is {thresholds!r}; give a dict from class to probability.")
    for label, cut in thresholds.items():
        if label not in labels:
            raise InputError(
                f"thresholds names {label!r}, which is not among the classes {labels}."
            )
        if not 0 <= cut < np.inf:
            raise InputError(f"The threshold of {label!r} is {cut}; it must be a number from 0 on.")
    return {label: float(cut) for label, cut in thresholds.items()}
