"""Strategies by name, for the command line and for `ActiveLearner(strategy="margin")`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._registry import Registry
from .._round.view import View
from .._rows.arrays import Floats
from ..errors import InputError
from ._adaptive import Auto
from ._annealed import AnnealedMix
from ._balance import CBAL, BoostedVoteEntropy, ClassWeighted, Quota
from ._bandit import Tailor
from ._base.strategy import Strategy
from ._boundary import PresumedMargin
from ._committee import DISAGREEMENTS, QueryByCommittee
from ._coverage import ProbCover, TypiClust
from ._density import KDE, LOF, InformationDensity
from ._discovery import NNDM, AnomalyFeedback, RareInterleave
from ._diversity import Badge, KCentre
from ._explore import ExploreMix, Unvisited
from ._graph import Direct, Galaxy
from ._information import BALD, EPIG
from ._minority import MostLikely
from ._novelty import LocalNovelty
from ._random import Random
from ._review import ContinuousLearning
from ._search import ENS
from ._similar import FLQMI, GCMI
from ._typical import Typical
from ._uncertainty import Entropy, LeastConfidence, Margin

__all__ = [
    "BALD",
    "CBAL",
    "ENS",
    "EPIG",
    "FLQMI",
    "GCMI",
    "KDE",
    "LOF",
    "NAMES",
    "NNDM",
    "AnnealedMix",
    "AnomalyFeedback",
    "Auto",
    "Badge",
    "BoostedVoteEntropy",
    "ClassWeighted",
    "ContinuousLearning",
    "Direct",
    "Entropy",
    "ExploreMix",
    "Galaxy",
    "InformationDensity",
    "KCentre",
    "LeastConfidence",
    "LocalNovelty",
    "Margin",
    "MostLikely",
    "PresumedMargin",
    "ProbCover",
    "QueryByCommittee",
    "Quota",
    "Random",
    "RareInterleave",
    "Tailor",
    "TypiClust",
    "Typical",
    "Unvisited",
    "as_strategy",
    "named",
    "register",
]
"""What `motherlode.strategies` exports of this file."""

NAMES: dict[str, Callable[[], Strategy]] = {
    "auto": Auto,
    "random": Random,
    "least_confidence": LeastConfidence,
    "margin": Margin,
    "entropy": Entropy,
    "query_by_committee": QueryByCommittee,
    **{name: partial(QueryByCommittee, name) for name in DISAGREEMENTS},
    "boosted_vote_entropy": BoostedVoteEntropy,
    "bald": BALD,
    "epig": EPIG,
    "kde": KDE,
    "kde_dense": partial(KDE, region="dense"),
    "kde_compact": partial(KDE, region="compact"),
    "lof": LOF,
    "lof_dense": partial(LOF, region="dense"),
    "information_density": InformationDensity,
    "most_likely": MostLikely,
    "annealed_mix": AnnealedMix,
    "continuous_learning": ContinuousLearning,
    "presumed_margin": PresumedMargin,
    "galaxy": Galaxy,
    "direct": Direct,
    "ens": ENS,
    "flqmi": FLQMI,
    "gcmi": GCMI,
    "explore_mix": ExploreMix,
    "explore_mix_gaussian": partial(ExploreMix, explore="gaussian"),
    "class_weighted": ClassWeighted,
    "quota": Quota,
    "cbal": CBAL,
    "nndm": NNDM,
    "rare_interleave": RareInterleave,
    "anomaly_feedback": AnomalyFeedback,
    "local_novelty": LocalNovelty,
    "unvisited": Unvisited,
    "k_centre": KCentre,
    "badge": Badge,
    "typiclust": TypiClust,
    "probcover": ProbCover,
    "tailor": Tailor,
    "typical": Typical,
}
"""The names of motherlode's own strategies, each with a function that makes the strategy."""

STRATEGIES = Registry("strategy", "motherlode.strategies", NAMES)
"""The names of all strategies, also of those of installed packages."""


def named(name: str) -> Strategy:
    """Make the strategy of a name, with its default settings.

    Parameters
    ----------
    name : str
        In any spelling: "margin", "Margin".

    Returns
    -------
    Strategy

    Raises
    ------
    InputError
        If there is none, with the closest name.

    Examples
    --------
    >>> named("margin")
    Margin(threshold=0.5)
    """
    return STRATEGIES.named(name)()


def register(name: str, make: Callable[[], Strategy]) -> None:
    """Name a strategy of your own.

    Parameters
    ----------
    name : str
        In snake_case.
    make : callable
        The class, or anything that returns the strategy when called without arguments.

    Raises
    ------
    InputError
        If the name is taken.
    """
    STRATEGIES.register(name, make)


@dataclass(frozen=True)
class _Foreign(Strategy):
    """Somebody's object with a ``utilities(view)`` of its own."""

    wrapped: Any

    def utilities(self, view: View) -> Floats:
        return self.wrapped.utilities(view)

    def __str__(self) -> str:
        return type(self.wrapped).__name__


def as_strategy(given: Any, goal: str = "both") -> Strategy:
    """Make a strategy of a name, a strategy, or any object with a ``utilities(view)`` method.

    Parameters
    ----------
    given : str, Strategy or object
        What to make it of; a strategy is returned as it is.
    goal : {"both", "find", "learn"}
        What labels are for; read where "auto" is given by name.

    Returns
    -------
    Strategy

    Raises
    ------
    InputError
        If the name is unknown, or the object has no ``utilities`` method.
    """
    by_goal = Auto(goal)
    if isinstance(given, str):
        strategy = named(given)
        return by_goal if isinstance(strategy, Auto) else strategy
    if isinstance(given, Strategy):
        return given
    if isinstance(given, type):
        raise InputError(
            f"The strategy is the class {given.__name__}; call it: {given.__name__}()."
        )
    if not callable(getattr(given, "utilities", None)):
        raise InputError(
            f"The strategy is {given!r}; give a name, a Strategy, or an object with a "
            "utilities(view) method."
        )
    return _Foreign(given)
