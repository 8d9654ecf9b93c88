"""Several classifiers in one, each with the weight that it earns on rows held out.

No single model is best at every pool: on some a line finds next to nothing where a forest finds
all, on others it is the other way round. Which one is which shows after a few positives: hold
some out, and see how high each model ranks them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from .._rows.arrays import Codes, Floats, Matrix
from ._adapt import adapted
from ._leave_one_out import leave_one_out
from ._weights import fit_parameters, fit_weighted


class SkillWeighted(ClassifierMixin, BaseEstimator):
    """Weighted mean of several classifiers' probabilities, weighted by skill at the rare classes.

    The skill of a member is the average precision with which it ranks held-out rows of each
    class against all others, averaged over all classes but the commonest. A forest with
    ``oob_score=True`` is judged by its out-of-bag votes, a logistic regression by
    `motherlode.models._leave_one_out`, every other member by cross-validation.

    Parameters
    ----------
    estimators : sequence of (str, classifier)
        With ``predict_proba``.
    sharpness : float
        Weights go as ``skill ** sharpness``; 0 weighs all alike, and from about 20 on the best
        stands alone.
    folds : int
        Folds of the cross-validation, at most one for each row of the rarest class.
    first_weights : mapping of int to sequence of float, optional
        Weights of the members while skill is not judged yet, by the rows of the rarest class from
        which on they hold; all alike by default. See `motherlode.models._first_weights`.
    judged_from : int
        So many rows of the rarest class, at least two, and skill is judged: with fewer held out,
        chance tells more of the skills than the members do.
    random_state : int or None

    Attributes
    ----------
    skills_ : dict of str to float
        Empty while nothing can be held out.
    weights_ : ndarray of shape (members,)
        Adding up to one.
    estimators_ : list of fitted classifiers
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
        y : array-like of shape (m,)
        sample_weight : array-like of shape (m,), optional
            How much each row counts, in the fits and in the skill. Forests then draw light rows
            into few bags and heavy ones into nearly all, so they are judged by cross-validation
            like the others.
        """
        labels = np.asarray(y)
        own = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self.classes_, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
        self.estimators_ = [
            fit_weighted(_seeded(e, self.random_state, counts, own), X, labels, own)
            for _, e in self.estimators
        ]
        self.skills_: dict[str, float] = {}
        rarest = int(counts.min())
        weights = self._first_weights(rarest)
        if rarest >= max(self.judged_from, 2):
            held_out = [self._held_out(m, X, labels, counts, own) for m in self.estimators_]
            skills = np.array([skill(P, codes, counts, own) for P in held_out])
            self.skills_ = {n: float(s) for (n, _), s in zip(self.estimators, skills, strict=True)}
            weights = (skills / skills.max()) ** self.sharpness
        self.weights_ = weights / weights.sum()
        return self

    def predict_proba(self, X: Matrix) -> Floats:
        """The weighted mean of the members' probabilities, shape (n, k)."""
        return np.tensordot(self.weights_, self.member_probabilities(X), axes=1)

    def member_probabilities(self, X: Matrix) -> Floats:
        """What each member says, shape (members, n, k)."""
        return np.stack([member.predict_proba(X) for member in self.estimators_])

    def predict(self, X: Matrix) -> Any:
        """The likeliest class."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _first_weights(self, rarest: int) -> Floats:
        """Those that hold from the highest number of rows on that is not above ``rarest``."""
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
                return np.stack([-log_odds, log_odds], axis=1)  # skill reads their order alone
        folds = StratifiedKFold(
            min(self.folds, int(counts.min())), shuffle=True, random_state=self.random_state
        )
        return cross_val_predict(
            clone(member), X, y, cv=folds, method="predict_proba",
            params=fit_parameters(member, weights),
        )  # fmt: skip


def skill(
    probabilities: Floats, codes: Codes, counts: Codes, weights: Floats | None = None
) -> float:
    """Mean average precision over all classes but the commonest."""
    rare = np.delete(np.arange(len(counts)), counts.argmax())
    each = [
        average_precision_score(codes == c, probabilities[:, c], sample_weight=weights)
        for c in rare
    ]
    return float(np.mean(each))


def _seeded(estimator: Any, seed: int | None, counts: Codes, weights: Floats | None) -> Any:
    from ._classifier import seeded

    fresh = adapted(clone(estimator), counts)
    if weights is not None and getattr(fresh, "oob_score", False):
        fresh.set_params(oob_score=False)  # a heavy row is in every bag
    return fresh if seed is None else seeded(fresh, seed)
