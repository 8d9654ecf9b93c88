"""How utilities become a batch: the last axis of a method."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import log_softmax

from .arrays import Floats, Rows
from .errors import InputError
from .view import View


@dataclass(frozen=True)
class Chosen:
    """The rows of a batch, in the order chosen.

    Attributes
    ----------
    rows : ndarray of int64 of shape (n,)
        Global ids.
    probabilities : ndarray of shape (n,) or None
        With which probability each row was drawn, given those drawn before it, from all
        candidates that were left. None where chance had no part: no unbiased estimate can be
        made from such labels.
    """

    rows: Rows
    probabilities: Floats | None = None


class Selection(Protocol):
    """A rule that picks ``n`` of the candidates; a frozen value."""

    def choose(self, view: View, utilities: Floats, n: int) -> Chosen:
        """``n`` different rows of ``view.rows``."""


@dataclass(frozen=True)
class TopK:
    """The highest utilities, ties broken at random.

    Forests and votes tie in droves; without chance the order of the file would decide.
    """

    def choose(self, view: View, utilities: Floats, n: int) -> Chosen:
        """The ``n`` best rows, best first."""
        best = np.arange(len(utilities))
        if n < len(utilities):
            cut = np.partition(utilities, -n)[-n]
            best = np.flatnonzero(utilities >= cut)
        order = np.lexsort((view.lot("ties", view.rows[best]), -utilities[best]))[:n]
        return Chosen(view.rows[best[order]])


@dataclass(frozen=True)
class Stochastic:
    """A draw without replacement that favours high utilities, its probabilities recorded.

    Every candidate keeps a chance, so labels drawn this way allow unbiased estimates (LURE),
    and near-twins at the top do not fill the batch.

    Parameters
    ----------
    weighting : {"rank", "softmax", "power"}
        Chances go as ``rank ** -coldness``, ``exp(coldness * u)`` with utilities scaled to
        deviation one, or ``u ** coldness`` for utilities that are not negative.
    coldness : float
        0 is uniform; the larger, the closer to the top-k.
    explore : float in [0, 1]
        The share of uniform chance mixed in, which bounds how small a probability can be.

    References
    ----------
    Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron & Gal (2023), Stochastic batch
    acquisition: a simple baseline for deep active learning, TMLR, table 1.
    Farquhar, Gal & Rainforth (2021), On statistical bias in active learning, ICLR, eq. 3.
    """

    weighting: str = "rank"
    coldness: float = 1.0
    explore: float = 0.1

    def __post_init__(self) -> None:
        if self.weighting not in ("rank", "softmax", "power"):
            raise InputError(f"weighting is {self.weighting!r}; use 'rank', 'softmax' or 'power'.")
        if not (self.coldness >= 0 and np.isfinite(self.coldness)):
            raise InputError(f"coldness is {self.coldness}; it must be a number of at least 0.")
        if not 0 <= self.explore <= 1:
            raise InputError(f"explore is {self.explore}; it must lie between 0 and 1.")

    def choose(self, view: View, utilities: Floats, n: int) -> Chosen:
        """``n`` rows in the order drawn, with the probability of each draw."""
        log_weights = self._log_weights(view, utilities)
        # Gumbel noise on log weights and a sort is the same as drawing one after the other.
        noisy = log_weights + view.rng("draws").gumbel(size=len(log_weights))
        order = np.argsort(-noisy, kind="stable")
        # Logarithms throughout: a cold draw leaves rows whose weight is zero in floating point.
        left = np.logaddexp.accumulate(log_weights[order[::-1]])[::-1]
        chosen = order[:n]
        return Chosen(view.rows[chosen], np.exp(log_weights[chosen] - left[:n]))

    def _log_weights(self, view: View, u: Floats) -> Floats:
        if self.weighting == "power":
            if u.min() < 0:
                raise InputError(
                    "Stochastic(weighting='power') needs utilities that are not negative; use "
                    "'rank', which takes any."
                )
            top = u.max()
            log_weights = self.coldness * np.log(np.maximum(u / top if top > 0 else u + 1, 1e-12))
        elif self.weighting == "softmax":
            spread = u.std()
            log_weights = self.coldness * (u / spread if spread > 0 else np.zeros_like(u))
        else:
            place = np.empty(len(u))
            place[np.lexsort((view.lot("ties"), -u))] = np.arange(1, len(u) + 1)
            log_weights = -self.coldness * np.log(place)
        favoured = np.asarray(log_softmax(log_weights))
        if self.explore == 0:
            return favoured
        uniform = np.log(self.explore / len(u))
        if self.explore == 1:
            return np.full(len(u), uniform)
        return np.logaddexp(np.log1p(-self.explore) + favoured, uniform)
