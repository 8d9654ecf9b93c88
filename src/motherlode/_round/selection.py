"""How utilities become a batch, and how random rows are drawn beside it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import log_softmax

from .._rows.arrays import Floats, Rows
from ..errors import InputError
from .view import View


@dataclass(frozen=True)
class Chosen:
    """The rows of a batch, in the order chosen.

    Attributes
    ----------
    rows : ndarray of int64 of shape (n,)
        Global ids.
    probabilities : ndarray of shape (n,) or None
        With which probability each row was drawn, given those drawn before it, from all candidates
        that were left. None where nothing was drawn at random; such labels allow no unbiased
        estimate.
    """

    rows: Rows
    probabilities: Floats | None = None


class Selection(Protocol):
    """A rule that picks ``n`` of the candidates; a frozen value."""

    def choose(self, view: View, utilities: Floats, n: int) -> Chosen:
        """Pick ``n`` different rows of ``view.rows``.

        Parameters
        ----------
        view : View
            The round; its rows are the candidates.
        utilities : ndarray of shape (len(view),)
            The strategy's utility of each candidate.
        n : int
            How many rows to pick, at most ``len(view)``.

        Returns
        -------
        Chosen
            The rows in the order chosen, with their sampling probabilities if they were drawn.
        """


@dataclass(frozen=True)
class TopK(Selection):
    """The highest utilities, ties broken at random.

    Many rows tie by forests and votes, and without random numbers the order of the file would
    decide.
    """

    def choose(self, view: View, utilities: Floats, n: int) -> Chosen:
        """Pick the ``n`` best rows, best first."""
        best = np.arange(len(utilities))
        if n < len(utilities):
            cut = np.partition(utilities, -n)[-n]
            best = np.flatnonzero(utilities >= cut)
        order = np.lexsort((view.random_numbers("ties", view.rows[best]), -utilities[best]))[:n]
        return Chosen(view.rows[best[order]])


@dataclass(frozen=True)
class Stochastic(Selection):
    """Random draws without replacement that favour high utilities, with their probabilities.

    Every candidate has a probability above 0, so such labels allow unbiased estimates (LURE), and
    nearly identical rows at the top do not fill the batch.

    Parameters
    ----------
    weighting : {"rank", "softmax", "power"}
        What a draw's probability is proportional to: ``rank ** -coldness``, ``exp(coldness * u)``
        with utilities scaled to deviation one, or ``u ** coldness`` for utilities of 0 or more.
    coldness : float
        0 is uniform; the larger, the closer to `TopK`.
    explore : float in [0, 1]
        The share of uniform draws, which bounds how small a probability can be.

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
        """Draw ``n`` rows, with the probability of each draw."""
        log_weights = self._log_weights(view, utilities)
        # To sort log weights with Gumbel noise is to draw one row after the other.
        noisy = log_weights + view.rng("draws").gumbel(size=len(log_weights))
        order = np.argsort(-noisy, kind="stable")
        # In logarithms, since weights of a cold draw may be zero in floating point.
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

    Valid estimates and stopping rules rest on these draws, and they find positives that the
    strategy does not see. Where the share of a batch is not a whole number it is rounded at random,
    so that ``query(1)`` keeps the share too.

    Parameters
    ----------
    share : float in [0, 1]
        The share of each batch.
    stratified : bool
        Whether to cut the strategy's ranking into as many equal slices as there are control draws
        in the batch, and to draw one row from each. Every row has the same probability, and the
        draws spread.
    """

    share: float = 0.1
    stratified: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(f"control is {self.share}; give a share of each batch, from 0 to 1.")

    def count(self, view: View, n: int) -> int:
        """Tell how many of the next ``n`` rows are control draws.

        Parameters
        ----------
        view : View
            The round, for its random numbers.
        n : int
            Rows in the batch.
        """
        return int(n * self.share + view.rng("control count").random())

    def draw(self, view: View, utilities: Floats | None, n: int) -> Chosen:
        """Draw ``n`` different rows of ``view.rows`` uniformly, with the probability of each draw.

        Parameters
        ----------
        view : View
            The round, with all unlabelled rows as candidates.
        utilities : ndarray of shape (len(view),), or None
            The strategy's, for slices; None where `stratified` is not set.
        n : int
            How many rows to draw.
        """
        rng = view.rng("control")
        if utilities is None or not self.stratified:
            return Chosen(view.sample(n, rng), 1.0 / (len(view) - np.arange(n)))
        rows = view.rows
        order = np.lexsort((rng.random(len(rows)), -utilities))
        # Slices differ by a row; a random shift makes the probability of every row the same.
        shifted = np.roll(order, int(rng.integers(len(rows))))
        slices = np.array_split(shifted, n) if n else []
        drawn = np.array([rng.choice(part) for part in slices], dtype=np.int64)
        return Chosen(rows[drawn], np.full(n, 1.0 / len(rows)))


def as_control(given: float | Control) -> Control:
    """Make a rule for control draws of a share, or return the rule."""
    if isinstance(given, Control):
        return given
    if isinstance(given, bool) or not isinstance(given, int | float | np.number):
        raise InputError(f"control is {given!r}; give a share of each batch, or Control(share).")
    return Control(float(given))
