"""Several classifiers in one, weighted by how well they rank rows that are held out.

No single model is best for every pool: in some a linear model finds almost nothing and a forest
everything, in others it is the other way round. A few positives show it: hold some out, and see how
high each model ranks them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags, indexable
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from .._rows.arrays import Codes, Floats, Matrix
from .._rows.matrix import take
from ._adapt import adapt
from ._leave_one_out import leave_one_out
from ._weights import routed_parameters


class _HeldOut(NamedTuple):
    """What a member says of each row by fits without it, shape (m, k).

    Probabilities of very sure members tie where their log odds, which are also scores, do not.
    """

    scores: Floats
    probabilities: Floats


class SkillWeighted(ClassifierMixin, BaseEstimator):
    """The mean of several classifiers' probabilities, weighted by skill at the rare classes.

    The skill of a member is the average precision with which it ranks held-out rows of each
    class against all others, averaged over all classes but the commonest. A forest with
    ``oob_score=True``, alone or behind frozen steps, is judged by its out-of-bag votes, a logistic
    regression of two classes by approximate leave-one-out, every other member by cross-validation.

    Parameters
    ----------
    estimators : sequence of (str, classifier)
        With ``predict_proba``.
    sharpness : float
        Weights are ``skill ** sharpness``: with 0 they are equal, and from about 20 on only the
        best member counts.
    folds : int
        Folds of the cross-validation, at most one for each row of the rarest class.
    first_weights : mapping of int to sequence of float, optional
        Weights of the members before skill is judged, by the number of rows of the rarest class
        from which on they are used; equal by default.
    judged_from : int
        Skill is judged from so many rows of the rarest class on, at least two: with fewer held
        out, the skills would be mostly random.
    random_state : int or None
        For the members and the folds.

    Attributes
    ----------
    skills_ : dict of str to float
        Of each member, by name; empty before skill is judged.
    weights_ : ndarray of shape (members,)
        They add up to one.
    estimators_ : list of fitted classifiers
        The members.
    """

    def __init__(
        self,
        estimators: Sequence[tuple[str, Any]],
        sharpness: float = 6.0,
        folds: int = 4,
        first_weights: Mapping[int, Sequence[float]] | None = None,
        judged_from: int = 2,
        random_state: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.sharpness = sharpness
        self.folds = folds
        self.first_weights = first_weights
        self.judged_from = judged_from
        self.random_state = random_state

    def fit(
        self,
        X: Matrix,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        presumed: ArrayLike | None = None,
    ) -> "SkillWeighted":
        """Fit every member on all rows, and find its skill.

        Parameters
        ----------
        X : matrix of m rows
            What the members read.
        y : array-like of shape (m,)
            Labels.
        sample_weight : array-like of shape (m,), optional
            How much each row counts, in the fits and in the skill. Rows of high weight are then in
            nearly all bags of a forest, so forests are judged by cross-validation too.
        presumed : array-like of bool of shape (m,), optional
            Which labels are presumed, for members whose ``fit`` takes that.
        """
        validate_data(self, X, y, skip_check_array=True)
        labels = column_or_1d(y, warn=True)
        check_classification_targets(labels)
        X, labels = indexable(X, labels)
        own = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self.classes_, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
        params = self._fit_parameters(own, presumed)
        self.estimators_ = [
            _prepare(e, self.random_state, counts, own).fit(X, labels, **params[name])
            for name, e in self.estimators
        ]
        self.skills_: dict[str, float] = {}
        rarest = int(counts.min())
        weights = self._first_weights(rarest)
        self._held_out: list[Floats] | None = None
        if rarest >= max(self.judged_from, 2):
            held_out = self._hold_out(X, labels, own, presumed)
            skills = np.array([_skill(each.scores, codes, counts, own) for each in held_out])
            self.skills_ = {n: float(s) for (n, _), s in zip(self.estimators, skills, strict=True)}
            self._held_out = [each.probabilities for each in held_out]
            weights = (skills / skills.max()) ** self.sharpness
        self.weights_ = weights / weights.sum()
        return self

    def held_out_probabilities(
        self,
        X: Matrix,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        presumed: ArrayLike | None = None,
    ) -> Floats:
        """Predict probabilities of the rows of `fit` by members that were not fitted on them.

        Nothing is fitted again where the skill of the members was judged, which needs the same.

        Parameters
        ----------
        X : matrix of m rows
            The rows given to `fit`.
        y : array-like of shape (m,)
            Their labels; of each class two or more.
        sample_weight : array-like of shape (m,), optional
            Their weights.
        presumed : array-like of bool of shape (m,), optional
            Which of their labels were presumed.

        Returns
        -------
        ndarray of shape (m, k)
        """
        check_is_fitted(self)
        known = self._held_out
        if known is None:
            own = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
            labels = np.asarray(y)
            known = [each.probabilities for each in self._hold_out(X, labels, own, presumed)]
        P = np.tensordot(self.weights_, np.stack(known), axes=1)
        return np.asarray(P / np.maximum(P.sum(axis=1, keepdims=True), 1e-300))

    def predict_proba(self, X: Matrix) -> Floats:
        """Predict the weighted mean of the members' probabilities.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (n, k)
        """
        each = self.member_probabilities(X)
        return np.tensordot(self.weights_, each, axes=1)

    def member_probabilities(self, X: Matrix) -> Floats:
        """Predict probabilities by each member.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (members, n, k)
        """
        check_is_fitted(self)
        if getattr(X, "ndim", 2) == 2:  # members say what is wrong with other shapes
            validate_data(self, X, reset=False, skip_check_array=True)
        return np.stack([member.predict_proba(X) for member in self.estimators_])

    def predict(self, X: Matrix) -> Any:
        """Predict the likeliest class.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (n,)
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def _first_weights(self, rarest: int) -> Floats:
        """Choose the first weights for so many rows of the rarest class."""
        known = {n: w for n, w in (self.first_weights or {}).items() if n <= rarest}
        alike = np.ones(len(self.estimators_))
        return np.asarray(known[max(known)], dtype=np.float64) if known else alike

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inputs = [get_tags(member).input_tags for _, member in self.estimators]
        tags.input_tags.sparse = all(each.sparse for each in inputs)
        tags.input_tags.allow_nan = all(each.allow_nan for each in inputs)
        return tags

    def get_metadata_routing(self) -> MetadataRouter:
        """Say who reads what is passed to ``fit``: each member, and the weights this model too.

        Returns
        -------
        MetadataRouter
        """
        router = MetadataRouter(owner=type(self).__name__).add_self_request(self)
        to_fit = MethodMapping().add(caller="fit", callee="fit")
        return router.add(method_mapping=to_fit, **dict(self.estimators))

    def _fit_parameters(
        self, weights: Floats | None, presumed: ArrayLike | None
    ) -> dict[str, dict[str, Any]]:
        return routed_parameters(self, dict(self.estimators), weights, presumed)

    def _hold_out(
        self, X: Matrix, y: Any, weights: Floats | None, presumed: ArrayLike | None
    ) -> list[_HeldOut]:
        params = self._fit_parameters(weights, presumed)
        pairs = zip(self.estimators, self.estimators_, strict=True)
        return [self._held_out_of(m, X, y, weights, params[name]) for (name, _), m in pairs]

    def _held_out_of(
        self, member: Any, X: Matrix, y: Any, weights: Floats | None, params: dict[str, Any]
    ) -> _HeldOut:
        forest = _forest_of(member)
        if forest is not None:
            # A row that was in every bag has no out-of-bag vote.
            votes = np.nan_to_num(forest.oob_decision_function_, nan=0.0)
            return _HeldOut(votes, votes)
        if len(self.classes_) == 2:
            z = leave_one_out(member, X, y, weights)
            if z is not None:
                return _HeldOut(np.stack([-z, z], axis=1), np.stack([expit(-z), expit(z)], axis=1))
        rarest = int(np.unique(y, return_counts=True)[1].min())
        folds = StratifiedKFold(
            min(self.folds, rarest), shuffle=True, random_state=self.random_state
        )
        P = np.empty((len(y), len(self.classes_)))
        for kept, out in folds.split(y, y):
            some = {name: np.asarray(value)[kept] for name, value in params.items()}
            P[out] = clone(member).fit(take(X, kept), y[kept], **some).predict_proba(take(X, out))
        return _HeldOut(P, P)


def _skill(
    probabilities: Floats, codes: Codes, counts: Codes, weights: Floats | None = None
) -> float:
    """Compute the mean average precision over all classes but the commonest."""
    rare = np.delete(np.arange(len(counts)), counts.argmax())
    each = [
        average_precision_score(codes == c, probabilities[:, c], sample_weight=weights)
        for c in rare
    ]
    return float(np.mean(each))


def _prepare(estimator: Any, seed: int | None, counts: Codes, weights: Floats | None) -> Any:
    from ._classifier import fill_seeds

    fresh = adapt(clone(estimator), counts)
    forest = _forest_of(fresh)
    if weights is not None and forest is not None:
        forest.set_params(oob_score=False)  # a heavy row is in every bag
    return fresh if seed is None else fill_seeds(fresh, seed)


def _forest_of(member: Any) -> Any:
    """Find a forest with out-of-bag votes, alone or behind frozen steps; None if it is no such."""
    before, last = (member[:-1], member[-1]) if isinstance(member, Pipeline) else ([], member)
    frozen = all(isinstance(step, FrozenEstimator) for step in before)
    return last if frozen and getattr(last, "oob_score", False) else None
