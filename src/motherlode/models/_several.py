"""Several classifiers in one, weighted by how well they rank rows that are held out.

No single model is best for every pool: in some a linear model finds almost nothing and a forest
everything, in others it is the other way round. A few positives show it: hold some out, and see how
high each model ranks them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from .._rows.arrays import Codes, Floats, Matrix
from ._adapt import adapt
from ._leave_one_out import leave_one_out
from ._weights import fit_parameters, fit_weighted


class SkillWeighted(ClassifierMixin, BaseEstimator):
    """The mean of several classifiers' probabilities, weighted by skill at the rare classes.

    The skill of a member is the average precision with which it ranks held-out rows of each
    class against all others, averaged over all classes but the commonest. A forest with
    ``oob_score=True`` is judged by its out-of-bag votes, a logistic regression of two classes by
    approximate leave-one-out, every other member by cross-validation.

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
        self, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None
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
        """
        labels = np.asarray(y)
        own = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self.classes_, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
        self.estimators_ = [
            fit_weighted(_prepare(e, self.random_state, counts, own), X, labels, own)
            for _, e in self.estimators
        ]
        self.skills_: dict[str, float] = {}
        rarest = int(counts.min())
        weights = self._first_weights(rarest)
        if rarest >= max(self.judged_from, 2):
            held_out = [self._held_out(m, X, labels, counts, own) for m in self.estimators_]
            skills = np.array([_skill(P, codes, counts, own) for P in held_out])
            self.skills_ = {n: float(s) for (n, _), s in zip(self.estimators, skills, strict=True)}
            weights = (skills / skills.max()) ** self.sharpness
        self.weights_ = weights / weights.sum()
        return self

    def predict_proba(self, X: Matrix) -> Floats:
        """Predict the weighted mean of the members' probabilities.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (n, k)
        """
        return np.tensordot(self.weights_, self.member_probabilities(X), axes=1)

    def member_probabilities(self, X: Matrix) -> Floats:
        """Predict probabilities by each member.

        Parameters
        ----------
        X : matrix of n rows

        Returns
        -------
        ndarray of shape (members, n, k)
        """
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
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _first_weights(self, rarest: int) -> Floats:
        """Choose the first weights for so many rows of the rarest class."""
        known = {n: w for n, w in (self.first_weights or {}).items() if n <= rarest}
        alike = np.ones(len(self.estimators_))
        return np.asarray(known[max(known)], dtype=np.float64) if known else alike

    def _held_out(
        self, member: Any, X: Matrix, y: Any, counts: Codes, weights: Floats | None
    ) -> Floats:
        if getattr(member, "oob_score", False):
            # A row that was in every bag has no out-of-bag vote.
            return np.nan_to_num(member.oob_decision_function_, nan=0.0)
        if len(counts) == 2:
            log_odds = leave_one_out(member, X, y, weights)
            if log_odds is not None:
                return np.stack([-log_odds, log_odds], axis=1)  # skill depends only on their order
        folds = StratifiedKFold(
            min(self.folds, int(counts.min())), shuffle=True, random_state=self.random_state
        )
        params = fit_parameters(member, weights)
        fresh = clone(member)
        return cross_val_predict(fresh, X, y, cv=folds, method="predict_proba", params=params)


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
    if weights is not None and getattr(fresh, "oob_score", False):
        fresh.set_params(oob_score=False)  # a heavy row is in every bag
    return fresh if seed is None else fill_seeds(fresh, seed)
