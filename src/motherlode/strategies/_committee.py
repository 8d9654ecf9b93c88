"""Query by committee: rows about which models disagree that fit the labels equally well."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from .. import measures
from .._round.view import View
from .._rows.arrays import Floats
from ..errors import InputError
from ..models._committee import Bags, Committee, Ensemble, Estimators, Seeds
from ..models._network_committee import DeepEnsemble, MCDropout
from ._base.pruning import prune_by_spread
from ._base.strategy import Strategy

_MEASURES: dict[str, Callable[[Floats], Floats]] = {
    "vote_entropy": measures.vote_entropy,
    "consensus_entropy": measures.consensus_entropy,
    "kl_to_consensus": measures.kl_to_consensus,
    "max_disagreement": measures.max_disagreement,
    "variation_ratio": measures.variation_ratio,
}
DISAGREEMENTS = (*_MEASURES, "minority_deviation")

_COMMITTEES: dict[str, Committee] = {
    "bags": Bags(),
    "seeds": Seeds(),
    "ensemble": Ensemble(),
    "mc_dropout": MCDropout(),
    "deep_ensemble": DeepEnsemble(),
}


@dataclass(frozen=True)
class QueryByCommittee(Strategy):
    """The rows that divide a committee.

    Parameters
    ----------
    disagreement : str
        "kl_to_consensus" (the default: mean divergence from the mean, which is BALD),
        "vote_entropy", "consensus_entropy", "max_disagreement", "variation_ratio", or
        "minority_deviation", the standard deviation of the positive class's probability.
    committee : committee, str, list of classifiers or None
        A committee of `motherlode.models`, such as ``Bags``, or its name: "bags", "seeds",
        "ensemble" or, for networks, "mc_dropout" or "deep_ensemble"; or a list of classifiers.
        By default the members of the query model where it is an ensemble, else five stratified
        bags.

    Notes
    -----
    Where positives are rare, members agree on "negative" nearly everywhere and votes tie at zero.
    The measures of probabilities still tell rows apart.

    References
    ----------
    Seung, Opper & Sompolinsky (1992), Query by committee, COLT.
    Dagan & Engelson (1995), Committee-based sampling for training probabilistic classifiers.
    McCallum & Nigam (1998), Employing EM in pool-based active learning for text classification.
    """

    disagreement: str = "kl_to_consensus"
    committee: Any = None

    family: ClassVar[str] = "committee"
    needs: ClassVar[str] = "committee"
    paper: ClassVar[str] = "Seung et al. 1992; McCallum & Nigam 1998"
    pointwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.disagreement not in DISAGREEMENTS:
            raise InputError(
                f"disagreement is {self.disagreement!r}; it is one of {', '.join(DISAGREEMENTS)}."
            )
        object.__setattr__(self, "committee", as_committee(self.committee))

    def utilities(self, view: View) -> Floats:
        """Measure the committee's disagreement at the candidates."""
        measure = _MEASURES.get(self.disagreement) or partial(
            measures.minority_deviation, minority=list(view.minority)
        )
        return view.disagreement(self.committee, measure)

    def prune(self, view: View, lowest: float) -> Any:
        """Keep rows at which the members' log odds are far enough apart."""
        diverging = self.disagreement == "kl_to_consensus"
        if not diverging or type(self).utilities is not QueryByCommittee.utilities:
            return None
        return prune_by_spread(view, self.committee, lowest)


def as_committee(given: Any) -> Committee | None:
    """Make a committee from its name, a list of classifiers, a committee or None."""
    if isinstance(given, str):
        if given not in _COMMITTEES:
            raise InputError(f"committee is {given!r}; it is one of {', '.join(_COMMITTEES)}.")
        return _COMMITTEES[given]
    if isinstance(given, list | tuple):
        if not given:
            raise InputError("committee is an empty list; give at least two classifiers.")
        return Estimators(given)
    if given is not None and not hasattr(given, "members"):
        raise InputError(
            f"committee is {given!r}; give {', '.join(map(repr, _COMMITTEES))}, a list of "
            "classifiers or a committee."
        )
    return given
