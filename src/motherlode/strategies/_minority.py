"""Strategies that go after the minority itself."""

from dataclasses import dataclass
from typing import Any, ClassVar

from .._round.view import View
from .._rows.arrays import Floats
from ._base.pruning import by_odds
from ._base.strategy import Strategy


@dataclass(frozen=True)
class MostLikely(Strategy):
    """The rows most likely to be of the positive class.

    Finds the most positives of all simple strategies. On its own it can stay inside the first
    cluster it finds, and its labelled negatives are all hard ones.

    References
    ----------
    Cormack & Grossman (2014), Evaluation of machine-learning protocols for technology-assisted
    review in electronic discovery, SIGIR (relevance feedback).
    """

    family: ClassVar[str] = "minority"
    paper: ClassVar[str] = "Cormack & Grossman 2014"
    pointwise: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """The minority's probability."""
        return view.minority_probability

    def contenders(self, view: View, lowest: float) -> Any:
        """Those of high enough odds."""
        if type(self).utilities is not MostLikely.utilities:
            return None
        return by_odds(view, self, lambda P: P[:, list(view.minority)].sum(axis=1), lowest)
