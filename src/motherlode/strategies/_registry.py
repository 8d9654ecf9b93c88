"""Strategies by name, for the command line and for `ActiveLearner(strategy="margin")`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._registry import Registry, classes_by_name
from .._round.view import View
from .._rows.arrays import Floats
from ..errors import InputError
from . import _catalogue
from ._adaptive import Auto
from ._base.strategy import Strategy
from ._committee import DISAGREEMENTS, QueryByCommittee
from ._density import KDE, LOF
from ._explore import ExploreMix

_VARIANTS: dict[str, Callable[[], Strategy]] = {
    **{name: partial(QueryByCommittee, name) for name in DISAGREEMENTS},
    "kde_dense": partial(KDE, region="dense"),
    "kde_compact": partial(KDE, region="compact"),
    "lof_dense": partial(LOF, region="dense"),
    "explore_mix_gaussian": partial(ExploreMix, explore="gaussian"),
}
_ONE_WORD = {"prob_cover": "probcover", "typi_clust": "typiclust"}  # as their papers write them
NAMES: dict[str, Callable[[], Strategy]] = {
    _ONE_WORD.get(name, name): kind for name, kind in classes_by_name(_catalogue, Strategy).items()
} | _VARIANTS
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
    return STRATEGIES.make(name)


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


@dataclass(frozen=True)
class _Function(Strategy):
    """Somebody's function from a view to utilities."""

    function: Callable[[View], Floats]

    def utilities(self, view: View) -> Floats:
        return self.function(view)

    def __str__(self) -> str:
        return getattr(self.function, "__name__", type(self.function).__name__)


def as_strategy(given: Any, goal: str = "both") -> Strategy:
    """Make a strategy of a name, a strategy, a function, or an object with ``utilities(view)``.

    Parameters
    ----------
    given : str, Strategy, callable or object
        What to make it of; a strategy is returned as it is. A function takes the `View` of the
        round, and returns a finite number for each of ``view.rows``, the highest for the row to ask
        first.
    goal : {"both", "find", "learn"}
        What labels are for; read where "auto" is given by name.

    Returns
    -------
    Strategy

    Raises
    ------
    InputError
        If the name is unknown, or the object is no function and has no ``utilities`` method.
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
    if callable(getattr(given, "utilities", None)):
        return _Foreign(given)
    if callable(given):
        return _Function(given)
    raise InputError(
        f"The strategy is {given!r}; give a name, a Strategy, a function of the view, or an object "
        "with a utilities(view) method."
    )
