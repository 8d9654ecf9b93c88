"""The rows most likely to be positive."""

from dataclasses import dataclass
from typing import Any, ClassVar

from .._round.view import View
from .._rows.arrays import Floats
from ._base.pruning import prune_by_log_odds
from ._base.strategy import Strategy


@dataclass(frozen=True)
class MostLikely(Strategy):
    """The rows most likely to be of the positive class.

    It finds the most positives of all simple strategies. On its own it can stay inside the first
    cluster that it finds, and all its labelled negatives are hard ones.

    References
    ----------
    Cormack & Grossman (2014), Evaluation of machine-learning protocols for technology-assisted
    review in electronic discovery, SIGIR (relevance feedback).
    """

    family: ClassVar[str] = "minority"
    paper: ClassVar[str] = "Cormack & Grossman 2014"
    pointwise: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Give the probability of the positive class."""
        return view.minority_probability

    def prune(self, view: View, lowest: float) -> Any:
        """Keep rows whose odds are high enough."""
        if type(self).utilities is not MostLikely.utilities:
            return None
        return prune_by_log_odds(view, self, view.training.positive, lowest)
