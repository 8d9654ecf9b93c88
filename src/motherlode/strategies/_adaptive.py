"""Strategies that decide for themselves: `Auto`, the default."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.sparse import issparse

from .._round.view import View
from .._rows.arrays import Codes
from ..errors import InputError
from ._base.strategy import Strategy
from ._base.turns import PartsInTurn
from ._boundary import PresumedMargin
from ._chance import Random
from ._compose import Interleave, Weighed
from ._discovery import AnomalyFeedback
from ._diversity import KCentre
from ._fading import Fading
from ._novelty import LocalNovelty
from ._review import ContinuousLearning
from ._typical import Typical

GOALS = ("find", "learn", "both")

# So many positives, and what the likeliest rows are no longer hangs on a few.
_ENOUGH = 20


def _and_at_random(strategy: Strategy) -> Interleave:
    """One row in twenty is drawn at random, whatever the others are."""
    return Interleave(strategy, Random(), weights=(19, 1))


# In tables three turns of four go to the far rows: in most that is where a rare class lies.
_DISCOVER = Fading(
    KCentre(clip=4.0),
    AnomalyFeedback(),
    LocalNovelty(),
    Random(),
    weights=(9, 1, 1, 1),
    halved_after=(100, 100, 100, np.inf),
)
# Among texts no arm is better than chance everywhere: far rows find spam and are odd records among
# abstracts, whose typical rows are what a review looks for. So each has a few turns, then chance.
_DISCOVER_SPARSE = Fading(
    Typical(), KCentre(), LocalNovelty(), Random(), halved_after=(5, 5, 5, np.inf)
)
_REVIEW, _BOUNDARY = ContinuousLearning(), PresumedMargin()
_FEW_KNOWN = _and_at_random(Interleave(_REVIEW, _BOUNDARY))
_ENOUGH_KNOWN = {
    "find": _and_at_random(_REVIEW),
    "both": _and_at_random(Interleave(_REVIEW, _BOUNDARY, weights=(3, 1))),
    "learn": _FEW_KNOWN,
}


@dataclass(frozen=True)
class Auto(PartsInTurn):
    """The default: nothing to tune, one thing to say.

    Parameters
    ----------
    goal : {"both", "find", "learn"}
        What the labels are for: to find all positives, to learn a model, or both.

    Notes
    -----
    While no row of a positive class is known it looks for the first by rare-category discovery. In
    tables three rows of four are the farthest from all labelled ones, and the rest come in turns
    from an isolation forest that learns from the negatives, from compact groups that no label
    stands near, and by chance. Of sparse features, as those of texts are, the rows most like the
    pool, the farthest ones, compact groups and chance begin alike. The share of an arm fades with
    the turns that it had in vain, and that of chance does not, so a search that finds nothing ends
    at random.

    From the first positive on a model with presumed negatives, which one positive is enough to fit,
    names the rows most likely to be positive and those at its boundary, and both are asked in
    turns: a model of a rare class lacks nothing as much as positives, and a search that has seen
    few of them goes astray without the rows that its model is unsure of. From twenty positives on
    "find" asks the likeliest alone, "learn" goes on in turns, and "both" asks the likeliest three
    times out of four. One row in twenty is asked at random, since greed alone stays inside the
    cluster that it found. The reasons name the arm that asked.
    """

    goal: str = "both"

    family: ClassVar[str] = "adaptive"
    needs: ClassVar[str] = "model"
    paper: ClassVar[str] = "Sener & Savarese 2018; Das et al. 2017; Cormack & Grossman 2015 (arms)"

    def __post_init__(self) -> None:
        if self.goal not in GOALS:
            raise InputError(f"goal is {self.goal!r}; it is one of {', '.join(map(repr, GOALS))}.")

    def _arms(self, view: View) -> tuple[Strategy, ...]:
        return self._now(view).parts

    def _order(self, view: View, turns: Codes) -> Codes:
        return self._now(view)._order(view, turns)

    def _now(self, view: View) -> Weighed:
        positives = int(view.labelled_minority.sum())
        if not positives:
            return _DISCOVER_SPARSE if issparse(view.pool.features) else _DISCOVER
        return _ENOUGH_KNOWN[self.goal] if positives >= _ENOUGH else _FEW_KNOWN
