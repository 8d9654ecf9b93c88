"""Strategies that decide for themselves: `Auto`, the default."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from ..arrays import Floats, Rows
from ..errors import InputError
from ..view import View
from .base import Strategy
from .compose import Interleave
from .minority import MostLikely
from .uncertainty import Margin

GOALS = ("find", "learn", "both")


@dataclass(frozen=True)
class Auto(Strategy):
    """The default: nothing to tune, one thing to say.

    Parameters
    ----------
    goal : {"both", "find", "learn"}
        What the labels are for: to find all positives, to learn a model, or both. "find" asks
        the rows most likely to be positive, "learn" the most uncertain ones, "both" takes turns.
    """

    goal: str = "both"

    family: ClassVar[str] = "adaptive"

    def __post_init__(self) -> None:
        if self.goal not in GOALS:
            raise InputError(f"goal is {self.goal!r}; it is one of {', '.join(map(repr, GOALS))}.")

    @cached_property
    def _strategy(self) -> Strategy:
        if self.goal == "find":
            return MostLikely()
        return Margin() if self.goal == "learn" else Interleave(MostLikely(), Margin())

    def utilities(self, view: View) -> Floats:
        """Those of the strategy chosen for the goal."""
        return self._strategy.utilities(view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Those of the arm that asked."""
        return self._strategy.reasons(view, rows)
