"""How much a label tells: about the model, or about the predictions that matter."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from scipy.special import xlogy

from .._round.view import View
from .._rows.arrays import Floats
from ..errors import InputError
from ..measures import entropy, kl_to_consensus
from ._base.pruning import prune_by_spread
from ._base.strategy import Strategy
from ._committee import as_committee

_BLOCK_CELLS = 2_000_000  # joint probabilities in memory at a time: 16 MB


@dataclass(frozen=True)
class BALD(Strategy):
    """The rows whose label tells most about the model.

    ``I(y; theta | x) = H[mean_s p_s(y|x)] - mean_s H[p_s(y|x)]`` over members ``s``; the same as
    ``QueryByCommittee("kl_to_consensus")``.

    Parameters
    ----------
    committee : committee, str, list of classifiers or None
        As for `QueryByCommittee`.

    Notes
    -----
    For any number of classes. It asks about whatever the members disagree, also where no prediction
    will ever be wanted; `EPIG` does not.

    References
    ----------
    Houlsby, Huszár, Ghahramani & Lengyel (2011), Bayesian active learning for classification and
    preference learning, arXiv:1112.5745, eq. 2.
    """

    committee: Any = None

    family: ClassVar[str] = "information"
    needs: ClassVar[str] = "committee"
    paper: ClassVar[str] = "Houlsby et al. 2011"
    pointwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "committee", as_committee(self.committee))

    def utilities(self, view: View) -> Floats:
        """Compute the mutual information, in nats."""
        return view.disagreement(self.committee, kl_to_consensus)

    def prune(self, view: View, lowest: float) -> Any:
        """Keep rows at which the members' log odds are far enough apart."""
        ours = type(self).utilities is BALD.utilities
        return prune_by_spread(view, self.committee, lowest) if ours else None


@dataclass(frozen=True)
class EPIG(Strategy):
    """The rows whose label tells most about the labels of target rows.

    ``EPIG(x) = E_t I(y; y_t | x, x_t) = H[p(y|x)] + E_t H[p(y_t|x_t)] - E_t H[p(y, y_t|x, x_t)]``
    with ``p(y, y_t|x, x_t) = mean_s p_s(y|x) p_s(y_t|x_t)`` over members ``s``.

    Parameters
    ----------
    targets : {"balanced", "pool"}
        Which predictions matter: those at rows drawn from the candidates evenly ("pool"), or
        half of them in proportion to the predicted probability of the positive class and half to
        that of the rest ("balanced"), so that a rare class counts for half.
    size : int
        How many targets are drawn a round.
    committee : committee, str, list of classifiers or None
        As for `QueryByCommittee`.

    Notes
    -----
    For any number of classes ``k``; one product of matrices, ``O(s n size k^2)``, in blocks. With
    few members the estimate is coarse: a forest's trees are a better committee than five bags.

    References
    ----------
    Bickford Smith, Kirsch, Farquhar, Gal, Foster & Rainforth (2023), Prediction-oriented Bayesian
    active learning, AISTATS, arXiv:2304.08151 (the balanced targets are ours).
    """

    targets: str = "balanced"
    size: int = 200
    committee: Any = None

    family: ClassVar[str] = "information"
    needs: ClassVar[str] = "committee"
    paper: ClassVar[str] = "Bickford Smith et al. 2023"

    def __post_init__(self) -> None:
        if self.targets not in ("balanced", "pool"):
            raise InputError(f"targets is {self.targets!r}; it is 'balanced' or 'pool'.")
        if self.size < 1:
            raise InputError(f"size is {self.size}; draw at least 1 target.")
        object.__setattr__(self, "committee", as_committee(self.committee))

    def utilities(self, view: View) -> Floats:
        """Compute the expected information, in nats."""
        if view.model is None:
            return np.zeros(len(view))
        drawn = view.rng("targets").choice(len(view), size=self.size, p=self._shares(view))
        target, times = np.unique(drawn, return_counts=True)
        stack = view.committee_probabilities(self.committee, view.rows[target])
        measure = partial(_expected_information, targets=stack, weights=times / self.size)
        return view.disagreement(self.committee, measure)

    def _shares(self, view: View) -> Floats:
        even = np.full(len(view), 1.0 / len(view))
        if self.targets == "pool":
            return even
        p = view.minority_probability
        halves = [side / side.sum() if side.sum() > 0 else even for side in (p, 1.0 - p)]
        return np.asarray(0.5 * (halves[0] + halves[1]))


def _expected_information(stack: Floats, targets: Floats, weights: Floats) -> Floats:
    """Average over targets the mutual information, in nats, of a row's label and a target's.

    Members give ``stack`` (s, n, k) at the rows and ``targets`` (s, t, k); ``weights`` (t,) sum to
    1.
    """
    s, n, k = stack.shape
    t = targets.shape[1]
    apart = entropy(stack.mean(axis=0)) + weights @ entropy(targets.mean(axis=0))
    flat = targets.reshape(s, t * k) / s
    together = np.empty(n)
    step = max(1, _BLOCK_CELLS // (t * k * k))
    for start in range(0, n, step):
        block = stack[:, start : start + step].reshape(s, -1)
        joint = (block.T @ flat).reshape(-1, k, t, k)
        together[start : start + step] = -xlogy(joint, joint).sum(axis=(1, 3)) @ weights
    return np.asarray(np.maximum(apart - together, 0.0))
