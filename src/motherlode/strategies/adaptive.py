"""Strategies that decide for themselves: `Auto`, the default."""

from dataclasses import dataclass
from typing import ClassVar

from scipy.sparse import issparse

from ..arrays import Floats, Rows
from ..errors import InputError
from ..view import View
from .base import Strategy
from .boundary import PresumedMargin
from .chance import Random
from .compose import Interleave
from .discovery import AnomalyFeedback
from .diversity import KCentre
from .explore import ExploreMix
from .novelty import LocalNovelty
from .review import ContinuousLearning

GOALS = ("find", "learn", "both")

# One row in twenty, whatever the others are.
_BY_LOT = 0.05
# So many positives, and what the likeliest rows are no longer hangs on a few.
_ENOUGH = 20

# Three turns of four go to the far rows: in most sets that is where a rare class lies.
_OTHERS = Interleave(AnomalyFeedback(), LocalNovelty(), Random())
_DISCOVER = Interleave(KCentre(), Interleave(KCentre(), _OTHERS))
# Among texts a forest isolates what is badly written and novelty what is said twice: both came to
# less than chance there.
_DISCOVER_SPARSE = ExploreMix(KCentre(), share=_BY_LOT)
_REVIEW = ContinuousLearning()
_TURNS = Interleave(_REVIEW, PresumedMargin())
_FEW_KNOWN = ExploreMix(_TURNS, share=_BY_LOT)
_ENOUGH_KNOWN = {
    "find": ExploreMix(_REVIEW, share=_BY_LOT),
    "both": ExploreMix(Interleave(_REVIEW, _TURNS), share=_BY_LOT),
    "learn": _FEW_KNOWN,
}


@dataclass(frozen=True)
class Auto(Strategy):
    """The default: nothing to tune, one thing to say.

    Parameters
    ----------
    goal : {"both", "find", "learn"}
        What the labels are for: to find all positives, to learn a model, or both.

    Notes
    -----
    While no row of a class sought is known it looks for the first by rare-category discovery: three
    rows of four are the farthest from all labelled ones, and the rest come in turns from an
    isolation forest that learns from the negatives, from compact groups that no label stands near,
    and by chance. Of sparse features, as those of texts are, nearly all rows are the farthest. From
    the first positive on a model with presumed negatives, which one positive is enough to fit,
    names the rows most likely to be positive and those at its boundary, and both are asked in
    turns: a model of a rare class lacks nothing as much as positives, and a search that has seen
    few of them goes astray without the rows that its model is unsure of. From twenty positives on
    "find" asks the likeliest alone, "learn" goes on in turns, and "both" asks the likeliest three
    times out of four. One row in twenty is asked by lot, since greed alone stays inside the cluster
    that it found. The reasons name the arm that asked.
    """

    goal: str = "both"

    family: ClassVar[str] = "adaptive"
    paper: ClassVar[str] = "Sener & Savarese 2018; Das et al. 2017; Cormack & Grossman 2015 (arms)"

    def __post_init__(self) -> None:
        if self.goal not in GOALS:
            raise InputError(f"goal is {self.goal!r}; it is one of {', '.join(map(repr, GOALS))}.")

    def utilities(self, view: View) -> Floats:
        """Those of the arms at work."""
        return self._arms(view).utilities(view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Those of the arm that asked."""
        return self._arms(view).reasons(view, rows)

    def scorers(self, view: View) -> tuple[tuple[Strategy, str], ...]:
        """Those of the arms at work."""
        return self._arms(view).scorers(view)

    def _arms(self, view: View) -> Strategy:
        positives = int(view.labelled_minority.sum())
        if not positives:
            return _DISCOVER_SPARSE if issparse(view.pool.features) else _DISCOVER
        return _ENOUGH_KNOWN[self.goal] if positives >= _ENOUGH else _FEW_KNOWN
