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
from ._compose import Interleave, TurnsByWeight
from ._discovery import AnomalyFeedback
from ._diversity import KCentre
from ._fading import Fading
from ._novelty import LocalNovelty
from ._random import Random
from ._review import ContinuousLearning
from ._stated import ByPrior

GOALS = ("find", "learn", "both")

# With so many positives the likeliest rows no longer depend on a few of them.
_ENOUGH = 20


def _and_at_random(strategy: Strategy) -> Interleave:
    """Draw one row in twenty at random, whatever the others are."""
    return Interleave(strategy, Random(), weights=(19, 1))


# In most tables a rare class lies far from the labelled rows: these have three turns of four.
_DISCOVER = Fading(
    KCentre(),
    AnomalyFeedback(),
    LocalNovelty(),
    Random(),
    weights=(9, 1, 1, 1),
    halved_after=(100, 100, 100, np.inf),
)
# Among texts no part is better than random draws everywhere: far rows are spam among messages, and
# odd records among abstracts. So each has a few turns.
_DISCOVER_SPARSE = Fading(KCentre(), LocalNovelty(), Random(), halved_after=(5, 5, np.inf))


def _with_prior(discover: Fading, share: float) -> Fading:
    """Give a prior so many times the turns of all other parts, until it had a few in vain."""
    return Fading(
        ByPrior(),
        *discover.parts,
        weights=(share * sum(discover.weights), *discover.weights),
        halved_after=(_STATED_HALVED, *discover.halved_after),
    )


_STATED_HALVED = 5.0
# Far rows find soon in tables, so a prior that is wrong has more to lose there than among texts.
_DISCOVER_STATED = _with_prior(_DISCOVER, 1.0)
_DISCOVER_SPARSE_STATED = _with_prior(_DISCOVER_SPARSE, 5.0)
_REVIEW, _BOUNDARY = ContinuousLearning(), PresumedMargin()
_FEW_KNOWN = _and_at_random(Interleave(_REVIEW, _BOUNDARY))
_ENOUGH_KNOWN = {
    "find": _and_at_random(_REVIEW),
    "both": _and_at_random(Interleave(_REVIEW, _BOUNDARY, weights=(3, 1))),
    "learn": _FEW_KNOWN,
}


@dataclass(frozen=True)
class Auto(PartsInTurn):
    """The default: nothing to tune, and one setting, the goal.

    Parameters
    ----------
    goal : {"both", "find", "learn"}
        What the labels are for: to find all positives, to learn a model, or both.

    Notes
    -----
    While no positive is labelled it looks for the first one by rare-category discovery. In tables
    three rows of four are the farthest from all labelled ones. The rest come in turns from an
    isolation forest that learns from the negatives, from compact groups without a label nearby, and
    from random draws. With sparse features, as of texts, far rows, compact groups and random draws
    have equal turns at first. The share of a part fades with the turns that it had in vain, and
    that of random draws does not, so a search that finds nothing ends at random.

    Where a prior is stated it begins with half of these turns, and among texts with five in six.
    Its share fades as well.

    From the first positive on, a model with presumed negatives gives the rows most likely to be
    positive and those at its boundary, and both are asked in turns. A model of a rare class lacks
    positives most of all, and a search that knows few of them goes astray without the rows that
    its model is unsure of. From twenty positives on "find" asks the likeliest alone, "learn" goes
    on in turns, and "both" asks the likeliest three times out of four. One row in twenty is drawn
    at random, since the likeliest rows alone stay inside one cluster. The reasons name the part
    that asked.
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

    def _now(self, view: View) -> TurnsByWeight:
        positives = int(view.labelled_minority.sum())
        if not positives:
            sparse = issparse(view.pool.encoded.features)
            if view.prior is not None:
                return _DISCOVER_SPARSE_STATED if sparse else _DISCOVER_STATED
            return _DISCOVER_SPARSE if sparse else _DISCOVER
        return _ENOUGH_KNOWN[self.goal] if positives >= _ENOUGH else _FEW_KNOWN
