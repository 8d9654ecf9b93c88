"""From finding to learning: most likely positives first, and ever more of the uncertain rows."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Codes, Floats
from ..errors import InputError
from ._base.strategy import Strategy
from ._base.turns import PartsInTurn
from ._minority import MostLikely
from ._uncertainty import Margin


@dataclass(frozen=True)
class AnnealedMix(PartsInTurn):
    """Turns of `MostLikely` and `Margin` whose shares shift as labels come in.

    With ``m`` labels the share of `MostLikely` is
    ``s(m) = start + (end - start) * min(m / over, 1)``. It takes a turn where the running sum of
    shares over all turns passes a whole number. So the shares are exact without random numbers, and
    the turns go on from round to round even if every query asks for one row.

    Parameters
    ----------
    start, end : float in [0, 1]
        Share of `MostLikely` at no labels, and from `over` labels on.
    over : int
        Number of labels, given or asked, over which the share shifts.

    Notes
    -----
    For any number of classes: `MostLikely` adds up the positive ones, `Margin` looks at all. Linear
    in the candidates. The default spends the first labels on positives, which a model of few labels
    lacks most, and ends half and half, since `MostLikely` alone labels hard negatives only.

    References
    ----------
    Cormack & Grossman (2014), Evaluation of machine-learning protocols for technology-assisted
    review in electronic discovery, SIGIR (both parts; the shift between them is ours).
    """

    start: float = 1.0
    end: float = 0.5
    over: int = 200

    paper: ClassVar[str] = "Cormack & Grossman 2014 (arms)"

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name} is {getattr(self, name)}; give a share from 0 to 1.")
        if self.over < 1:
            raise InputError(f"over is {self.over}; give at least 1 label.")

    def share(self, labels: Floats) -> Floats:
        """Give the share of `MostLikely` at given numbers of labels.

        Parameters
        ----------
        labels : ndarray of float
            Numbers of labels.
        """
        return self.start + (self.end - self.start) * np.minimum(labels / self.over, 1.0)

    def _parts(self) -> tuple[Strategy, ...]:
        return MostLikely(), Margin()

    def _order(self, view: View, turns: Codes) -> Codes:
        labels = turns + (len(view.labelled_rows) - view.turn)
        # Shares like 0.1 add up to a hair less than the whole number they mean.
        whole = np.floor(np.cumsum(self.share(labels.astype(np.float64))) + 1e-9)
        return np.asarray(np.diff(whole, prepend=0.0) == 0, dtype=np.int64)
