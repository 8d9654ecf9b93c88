"""Random sampling: the strategy that every other must beat."""

from dataclasses import dataclass
from typing import ClassVar

from ..arrays import Floats, Rows
from ..view import View
from .base import Strategy

BY_LOT = "Random: drawn by lot"
"""The reason of a row that chance asked, whichever strategy gave chance a turn."""


@dataclass(frozen=True)
class Random(Strategy):
    """Every candidate alike, by lot.

    The only strategy whose labels are a fair sample of the pool, so it is the base line of
    every comparison. At a prevalence of 1:100 it shows one positive in a hundred labels.
    """

    family: ClassVar[str] = "chance"
    needs: ClassVar[str] = "nothing"
    by_lot: ClassVar[bool] = True
    pointwise: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Independent uniform numbers."""
        return view.lot("random")

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Chance has one reason."""
        return [BY_LOT] * len(rows)
