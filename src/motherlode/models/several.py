"""Several classifiers in one, each with the weight that it earns on rows held out.

No single model is best at every pool: on some a line finds next to nothing where a forest finds
all, on others it is the other way round. Which one is which shows after a few positives: hold
some out, and see how high each model ranks them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from ..arrays import Codes, Floats, Matrix
from .adapt import adapted


class SkillWeighted(ClassifierMixin, BaseEstimator):
    """Weighted mean of several classifiers' probabilities, weighted by skill at the rare classes.

    The skill of a member is the average precision with which it ranks held-out rows of each
    class against all others, averaged over all classes but the commonest. A forest with
    ``oob_score=True`` is judged by its out-of-bag votes, every other member by cross-validation.

    Parameters
    ----------
    estimators : sequence of (str, classifier)
        With ``predict_proba``.
    sharpness : float
        Weights go as ``skill ** sharpness``; 0 weighs all alike, and from about 20 on the best
        stands alone.
    folds : int
        Folds of the cross-validation, at most one for each row of the rarest class. With a
        single row of it nothing can be held out, and all weigh alike.
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
        random_state: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.sharpness = sharpness
        self.folds = folds
        self.random_state = random_state

    def fit(self, X: Matrix, y: ArrayLike) -> "SkillWeighted":
        """Fit every member on all rows, and find its skill."""
        labels = np.asarray(y)
        self.classes_, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
        self.estimators_ = [
            _seeded(e, self.random_state, counts).fit(X, labels) for _, e in self.estimators
        ]
        self.skills_: dict[str, float] = {}
        weights = np.ones(len(self.estimators_))
        if counts.min() >= 2:
            held_out = [self._held_out(m, X, labels, counts) for m in self.estimators_]
            skills = np.array([skill(P, codes, counts) for P in held_out])
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

    def _held_out(self, member: Any, X: Matrix, y: Any, counts: Codes) -> Floats:
        if getattr(member, "oob_score", False):
            # A row that was in every bag has no out-of-bag vote.
            return np.nan_to_num(member.oob_decision_function_, nan=0.0)
        folds = StratifiedKFold(
            min(self.folds, int(counts.min())), shuffle=True, random_state=self.random_state
        )
        return cross_val_predict(clone(member), X, y, cv=folds, method="predict_proba")


def skill(probabilities: Floats, codes: Codes, counts: Codes) -> float:
    """Mean average precision over all classes but the commonest."""
    rare = np.delete(np.arange(len(counts)), counts.argmax())
    return float(np.mean([average_precision_score(codes == c, probabilities[:, c]) for c in rare]))


def _seeded(estimator: Any, seed: int | None, counts: Codes) -> Any:
    from .classifier import seeded

    fresh = adapted(clone(estimator), counts)
    return fresh if seed is None else seeded(fresh, seed)
