"""A function of one's own as a prior, called only on rows that come into question."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from .._rows.arrays import Floats, Rows
from ..pool import Pool
from ._prior import Prior


@dataclass(frozen=True, eq=False)
class Judge(Prior):
    """A function that scores rows one at a time, each row once.

    Parameters
    ----------
    function : callable
        From a row as it was handed in to a number, higher for likelier; None or NaN where it
        does not know.
    most : int, optional
        How many calls it may be given; by default any number.
    """

    function: Callable[[Any], Any]
    most: int | None = None
    _known: dict[int, float] = field(default_factory=dict, init=False, repr=False)

    lazy: ClassVar[bool] = True

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Call the function for rows that it has not seen, as long as calls are left."""
        for row in rows.tolist():
            if row not in self._known and (self.most is None or len(self._known) < self.most):
                said = self.function(pool[np.array([row])][0])
                self._known[row] = float("nan") if said is None else float(said)
        return np.array([self._known.get(row, np.nan) for row in rows.tolist()])

    def describe(self) -> str:
        """Name the function."""
        return f"the function {getattr(self.function, '__name__', type(self.function).__name__)}"
