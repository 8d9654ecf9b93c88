"""How utilities become a batch: the last axis of a method; and rows drawn beside them, at random."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.special import log_softmax

from .._rows.arrays import Floats, Rows
from .._rows.matrix import take
from ..errors import InputError
from ..pool import Pool
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


TWINS_LOOK = 5
"""So many times a batch are the best rows among which one without twins is looked for."""


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
        order = np.lexsort((view.random_numbers("ties", view.rows[best]), -utilities[best]))[:n]
        return Chosen(view.rows[best[order]])


def without_twins(pool: Pool, rows: Rows, n: int) -> Rows:
    """Places of ``n`` of some rows, best first, of which none is nearly identical to an earlier.

    Where there are too few such rows the others make up for it, the best of them.

    Parameters
    ----------
    pool : Pool
    rows : ndarray of int64
        Best first; `TWINS_LOOK` times as many as wanted will do.
    n : int
    """
    twins = pool.twins
    if twins is None:
        return np.arange(n)
    kept = np.empty(0, dtype=bool)
    for m in (n, len(rows)):  # the first n seldom hold any
        kept = _first_of_twins(twins.pairs(take(pool.features, rows[:m])), m)
        if kept.sum() >= n:
            break
    return np.sort(np.concatenate([np.flatnonzero(kept), np.flatnonzero(~kept)])[:n])


def _first_of_twins(pairs: Rows, m: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of m rows stay if each is dropped that is a twin of one before it that stays."""
    kept = np.ones(m, dtype=bool)
    for first, second in pairs[np.argsort(pairs[:, 1], kind="stable")].tolist():
        if kept[first]:
            kept[second] = False
    return kept


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
            place[np.lexsort((view.random_numbers("ties"), -u))] = np.arange(1, len(u) + 1)
            log_weights = -self.coldness * np.log(place)
        favoured = np.asarray(log_softmax(log_weights))
        if self.explore == 0:
            return favoured
        uniform = np.log(self.explore / len(u))
        if self.explore == 1:
            return np.full(len(u), uniform)
        return np.logaddexp(np.log1p(-self.explore) + favoured, uniform)


@dataclass(frozen=True)
class Control:
    """A share of every batch drawn at random from all unlabelled rows, whatever a strategy asks.

    These draws are what valid estimates and stopping rules rest on, and they find what the
    strategy is blind to. How many a batch holds is left to chance where the share of it is no
    whole number, so that ``query(1)`` keeps the share too.

    Parameters
    ----------
    share : float in [0, 1]
    stratified : bool
        Whether to draw one row from each of as many equal slices of the strategy's ranking as
        there are control rows in the batch: every row has the same chance, and the draws spread.
    """

    share: float = 0.1
    stratified: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(f"control is {self.share}; give a share of each batch, from 0 to 1.")

    def count(self, view: View, n: int) -> int:
        """How many of the next ``n`` rows are control draws."""
        return int(n * self.share + view.rng("control count").random())

    def draw(self, view: View, utilities: Floats | None, n: int) -> Chosen:
        """``n`` different rows of ``view.rows``, all alike, with the probability of each draw.

        Parameters
        ----------
        view : View
            Of all unlabelled rows.
        utilities : ndarray or None
            Of all of them, for slices.
        n : int
        """
        rng = view.rng("control")
        if utilities is None or not self.stratified:
            return Chosen(view.sample(n, rng), 1.0 / (len(view) - np.arange(n)))
        rows = view.rows
        order = np.lexsort((rng.random(len(rows)), -utilities))
        # Whole rows have no equal n-th parts: a random turn makes every row's chance the same.
        turned = np.roll(order, int(rng.integers(len(rows))))
        slices = np.array_split(turned, n) if n else []
        drawn = np.array([rng.choice(part) for part in slices], dtype=np.int64)
        return Chosen(rows[drawn], np.full(n, 1.0 / len(rows)))


def as_control(given: float | Control) -> Control:
    """A rule for control draws from a share, or the rule itself."""
    if isinstance(given, Control):
        return given
    if isinstance(given, bool) or not isinstance(given, int | float | np.number):
        raise InputError(f"control is {given!r}; give a share of each batch, or Control(share).")
    return Control(float(given))
