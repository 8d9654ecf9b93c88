"""Random sampling: the strategy that every other must beat."""

from dataclasses import dataclass
from typing import ClassVar

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ._base.strategy import Strategy

AT_RANDOM = "Random: drawn at random"
"""The reason of a row that chance asked, whichever strategy gave chance a turn."""


@dataclass(frozen=True)
class Random(Strategy):
    """Every candidate alike, at random.

    The only strategy whose labels are a fair sample of the pool, so it is the base line of
    every comparison. At a prevalence of 1:100 it shows one positive in a hundred labels.
    """

    family: ClassVar[str] = "chance"
    needs: ClassVar[str] = "nothing"
    at_random: ClassVar[bool] = True
    pointwise: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Independent uniform numbers."""
        return view.random_numbers("random")

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Chance has one reason."""
        return [AT_RANDOM] * len(rows)
