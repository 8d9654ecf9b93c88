"""Class balance on top of a base strategy: by weights, by quota, or by the whole batch.

All of them read the probabilities of the classes that a row may have. While there is no model these
are equal for all rows, and rows are asked at random.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import numpy as np
from scipy.special import xlogy

from .. import measures
from .._round.view import View
from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ._base.strategy import Combined, Strategy, ranks
from ._base.turns import TakingTurns, Turns, rank_picks_first, take_turns
from ._committee import as_committee
from ._uncertainty import Entropy, Margin


@dataclass(frozen=True)
class _Balanced(Combined):
    """A base strategy, corrected by a model's probabilities."""

    base: Strategy = field(default_factory=Margin)

    family: ClassVar[str] = "balance"

    @property
    def needs(self) -> str:  # type: ignore[override]
        """A model, or a committee if the base needs one."""
        return "committee" if self.base.needs == "committee" else "model"

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.base})"


@dataclass(frozen=True)
class ClassWeighted(_Balanced):
    """The base strategy times the expected scarcity of a row's class; utilities are its logarithm.

    ``u(x) = base(x) w(x)``, ``w(x) = sum_c p_c(x) max_k(n_k + 1) / (n_c + 1)`` with ``n_c`` labels
    of class ``c`` so far. Nothing to tune, for any number of classes; with balanced labels ``w``
    is 1 for all rows.

    Parameters
    ----------
    base : Strategy
        The strategy to weight; its utilities are logarithms or not negative. `Margin` by default.

    References
    ----------
    Fairstein, Kalinsky, Karnin, Kushilevitz, Libov & Tolmach (2024), Class balancing for
    efficient active learning in imbalanced datasets, LAW-XVIII.
    """

    paper: ClassVar[str] = "Fairstein et al. 2024"
    logarithmic: ClassVar[bool] = True

    @property
    def pointwise(self) -> bool:  # type: ignore[override]
        """Whether the base is pointwise."""
        return self.base.pointwise

    def utilities(self, view: View) -> Floats:
        """Compute ``log base(x) + log w(x)``."""
        n = _counts(view) + 1.0
        weights = np.log(view.probabilities @ (n.max() / n))
        return np.asarray(self.base.log_utilities(view) + weights)


@dataclass(frozen=True)
class Quota(TakingTurns, _Balanced):
    """A share of the batch for each class, the larger the fewer labels it has.

    Class ``c`` gets picks in proportion to ``max(n) - n_c``, and all classes get the same where
    labels are balanced. Each pick goes to the class that is owed most (``(max(n) - n_c) / (2 g_c +
    1)`` after ``g_c`` picks, Sainte-Laguë's rule). It is the best row by the base strategy among
    those predicted to be of that class or, if none is left, the row most likely to be of it.

    Parameters
    ----------
    base : Strategy
        The strategy that ranks the rows of a class; `Margin` by default.

    Notes
    -----
    For any number of classes. The class with the most labels gets nothing, so its errors stay
    unseen while others are behind.

    References
    ----------
    Aggarwal, Popescu & Hudelot (2020), Active learning for imbalanced datasets, WACV.
    """

    paper: ClassVar[str] = "Aggarwal et al. 2020"

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Give the base's reason, and the class whose pick each row is."""
        said = self.base.reasons(view, rows)
        if view.model is None:
            return said
        owner = self._arm_of(view, rows)
        return [f"{text}, for class {view.classes[c]}" for text, c in zip(said, owner, strict=True)]

    def _take(self, view: View) -> Turns:
        P, rng = view.probabilities, view.rng("quota")
        best = ranks(self.base.compute_utilities(view), view.random_numbers("quota"))
        predicted = P.argmax(axis=1)
        places = []
        for c in range(P.shape[1]):
            inside = predicted == c
            order = np.lexsort((best, np.where(inside, 0.0, -P[:, c]), ~inside))
            places.append(np.argsort(order))
        n = _counts(view)
        owed = n.max() - n if n.any() and np.ptp(n) else np.ones(len(n))
        return take_turns(places, _hand_out(owed, min(view.batch, len(view)), rng))


def _hand_out(owed: Floats, picks: int, rng: np.random.Generator) -> Codes:
    """Give each pick to a class by highest averages; one random order breaks all ties."""
    given, order = np.zeros(len(owed)), rng.permutation(len(owed))
    turns = np.empty(picks, dtype=np.int64)
    for j in range(picks):
        turns[j] = order[(owed / (2.0 * given + 1.0))[order].argmax()]
        given[turns[j]] += 1
    return turns


@dataclass(frozen=True)
class CBAL(_Balanced):
    """A batch that is informative and, by its expected classes, balances the labels.

    With ``b`` rows to ask, ``m`` labels and ``n_c`` of class ``c``, the class lacks
    ``r_c = max(0, (m + b) / k - n_c)``. The batch is to maximise
    ``sum base(x) - weight |r - sum p(x)|_1``. Each greedy pick is the row with the largest
    ``base(x) + weight (|r|_1 - |r - p(x)|_1)``, after which its ``p(x)`` is taken off ``r``.

    Parameters
    ----------
    base : Strategy
        The strategy to balance; `Entropy`, in nats, in the paper and by default.
    weight : float
        How much balance counts, in units of the base; the paper has 0.6 for ten classes and 2 for
        a hundred.

    Notes
    -----
    For any number of classes; ``O(b n k)``, linear in memory. The paper solves an integer
    programme, of which this is the greedy answer.

    References
    ----------
    Bengar, van de Weijer, Fuentes & Raducanu (2022), Class-balanced active learning for image
    classification, WACV, arXiv:2110.04543.
    """

    base: Strategy = field(default_factory=Entropy)
    weight: float = 0.6

    paper: ClassVar[str] = "Bengar et al. 2022"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.weight) and self.weight >= 0):
            raise InputError(f"weight is {self.weight}; give a number of at least 0.")
        if self.base.logarithmic:
            raise InputError(
                f"CBAL adds to {self.base}, which gives logarithms; use Ranks({self.base})."
            )

    def utilities(self, view: View) -> Floats:
        """Rank the batch first, in greedy order, then all others by the gain they have left."""
        P, lacking = view.probabilities, self._find_deficits(view)
        value = self.base.compute_utilities(view)
        # A random order, drawn before the first pick, breaks ties.
        order = view.rng("cbal").permutation(len(P))
        P, value = P[order], value[order]
        free, picks = np.ones(len(P), dtype=bool), []
        for _ in range(min(view.batch, len(P))):
            pick = int(np.where(free, self._gain(value, P, lacking), -np.inf).argmax())
            free[pick] = False
            picks.append(pick)
            lacking = lacking - P[pick]
        out = np.empty(len(P))
        out[order] = rank_picks_first(picks, self._gain(value, P, lacking))
        return out

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Give the base's reasons while there is no model to balance by."""
        if view.model is None:
            return self.base.reasons(view, rows)
        return super().reasons(view, rows)

    def _find_deficits(self, view: View) -> Floats:
        n = _counts(view)
        return np.asarray(np.maximum((n.sum() + view.batch) / len(n) - n, 0.0))

    def _gain(self, value: Floats, P: Floats, lacking: Floats) -> Floats:
        balance = np.abs(lacking).sum() - np.abs(lacking - P).sum(axis=1)
        return np.asarray(value + self.weight * balance)

    def __str__(self) -> str:
        return f"CBAL({self.base}, weight={self.weight:g})"


@dataclass(frozen=True)
class BoostedVoteEntropy(Strategy):
    """Vote entropy in which the terms of the positive classes weigh more.

    ``-sum_c b_c V_c log V_c`` with ``V_c`` the share of members that vote for class ``c``, and
    ``b_c = boost`` for a positive class, 1 for others. Of two rows that divide the committee alike,
    the one with votes for the positive class is asked.

    Parameters
    ----------
    boost : float
        Weight of the terms of positive classes; the paper settles on 6.
    committee : committee, str, list of classifiers or None
        As for `QueryByCommittee`.

    Notes
    -----
    For any number of classes. With two classes the order differs from plain vote entropy only where
    votes are split unevenly. Where positives are rare no member votes for them on most rows, which
    then tie at zero.

    References
    ----------
    Tomanek & Hahn (2009), Reducing class imbalance during active learning for named entity
    annotation, K-CAP.
    """

    boost: float = 6.0
    committee: Any = None

    family: ClassVar[str] = "committee"
    needs: ClassVar[str] = "committee"
    paper: ClassVar[str] = "Tomanek & Hahn 2009"
    pointwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not (np.isfinite(self.boost) and self.boost > 0):
            raise InputError(f"boost is {self.boost}; give a positive number.")
        object.__setattr__(self, "committee", as_committee(self.committee))

    def utilities(self, view: View) -> Floats:
        """Compute the weighted entropy of the votes at the candidates."""
        weights = np.ones(len(view.classes))
        weights[list(view.minority)] = self.boost
        return view.disagreement(self.committee, partial(_weighted_vote_entropy, weights=weights))


def _weighted_vote_entropy(stack: Floats, weights: Floats) -> Floats:
    V = measures.votes(stack)
    return np.asarray(-xlogy(V, V) @ weights + 0.0)


def _counts(view: View) -> Floats:
    """Count the labels of each class so far."""
    return np.bincount(view.labelled_codes, minlength=len(view.classes)).astype(np.float64)
