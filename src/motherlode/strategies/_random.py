"""Random sampling: the strategy that every other must beat."""

from dataclasses import dataclass
from typing import ClassVar

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ._base.strategy import Strategy


@dataclass(frozen=True)
class Random(Strategy):
    """Every candidate alike, at random.

    Its labels are a fair sample of the pool, so every comparison of strategies holds it as a
    baseline. At a prevalence of 1:100 it shows one positive in a hundred labels.
    """

    family: ClassVar[str] = "random"
    needs: ClassVar[str] = "nothing"
    at_random: ClassVar[bool] = True
    pointwise: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Draw independent uniform numbers."""
        return view.random_numbers("random")

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Say that each row is drawn at random."""
        return ["Random: drawn at random"] * len(rows)
