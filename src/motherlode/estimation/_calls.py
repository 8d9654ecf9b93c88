"""How good the calls of a model are on the whole pool, from labels of rows drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._rows.arrays import Floats
from ..session import Session
from ._lure import pool_mean
from ._value import Estimate, MaybeEstimate, NoEstimate

_HALVINGS = 12


@dataclass(frozen=True)
class Calls:
    """What a model calls positive, and what is known of its rows.

    Parameters
    ----------
    session : Session
        The m labels so far, and how their rows were found.
    called : ndarray of bool of shape (m,)
        Which labelled rows are called positive, by a model and a threshold that did not see them.
    left : int
        How many rows without a label are called positive.
    level : float in (0, 1)
        Nominal coverage of intervals.

    Notes
    -----
    Each measure is a share of two sums over the pool, and it is at least v where the mean of some
    loss is not below 0. So the interval holds each v for which the interval of that mean holds 0
    (Fieller 1954). How many rows are called is known.
    """

    session: Session
    called: NDArray[np.bool_]
    left: int
    level: float = 0.95

    def precision(self) -> MaybeEstimate:
        """Estimate the share of positives among the rows called positive."""
        if not self._count():
            return NoEstimate("The model calls no row positive, so that it has no precision.")
        y, c = self._flags()
        share = pool_mean(self.session, y * c, self.level)
        if isinstance(share, NoEstimate):
            return share
        scaled = share.through(lambda mean: mean * self.session.pool_size)
        least = float((y * c).sum())
        ends = np.clip([scaled.value, scaled.low, scaled.high], least, least + self.left)
        value, low, high = (ends / self._count()).tolist()
        return Estimate(value, low, high, self.level, share.method, share.assumes, kind="share")

    def recall(self) -> MaybeEstimate:
        """Estimate the share of the positives that are called positive."""
        y, c = self._flags()
        return self._invert(
            lambda hit, missed: hit / max(hit + missed, 1.0),
            lambda v: (y * (c - v), (-v, 1.0 - v)),
            lambda _: 0.0,
        )

    def f1(self) -> MaybeEstimate:
        """Estimate the harmonic mean of the two."""
        y, c = self._flags()
        return self._invert(
            lambda hit, missed: 2 * hit / max(self._count() + hit + missed, 1.0),
            lambda v: (y * (2 * c - v), (-v, 2.0 - v)),
            lambda v: v * self._count(),
        )

    def _flags(self) -> tuple[Floats, Floats]:
        return self.session.positive.astype(np.float64), self.called.astype(np.float64)

    def _count(self) -> int:
        return int(self.called.sum()) + self.left

    def _invert(
        self,
        measure: Callable[[float, float], float],
        losses: Callable[[float], tuple[Floats, tuple[float, float]]],
        needed: Callable[[float], float],
    ) -> MaybeEstimate:
        """Find the values at which the sum of the losses over the pool may be what is needed.

        ``measure`` is a function of the positives that are called so, and of those missed.
        ``losses`` gives the loss of each row, and the least and the largest that a row can have.
        """
        session = self.session
        if not session.found:
            return NoEstimate("No labelled row is positive, so nothing is known of the calls.")
        y, c = self._flags()
        hits, misses = y * c, y * (1 - c)
        made = pool_mean(session, hits, self.level)
        missed = pool_mean(session, misses, self.level)
        if isinstance(made, NoEstimate) or isinstance(missed, NoEstimate):
            return made if isinstance(made, NoEstimate) else missed
        # The positives among labelled rows are known, and no more than all others exist beside.
        least = hits.sum(), misses.sum()
        most = least[0] + self.left, least[1] + session.left - self.left
        known = measure(least[0], most[1]), measure(most[0], least[1])
        scaled = np.array([made.value, missed.value]) * session.pool_size
        value = measure(*np.clip(scaled, least, most).tolist())

        def solve(end: Callable[[Estimate], float]) -> float:
            low, high = 0.0, 1.0
            for _ in range(_HALVINGS):
                v = (low + high) / 2
                each, bounds = losses(v)
                mean = pool_mean(session, each, self.level, bounds=bounds)
                assert isinstance(mean, Estimate)
                is_more = end(mean) * session.pool_size > needed(v)
                low, high = (v, high) if is_more else (low, v)
            return (low + high) / 2

        ends = np.clip([solve(lambda e: e.low), solve(lambda e: e.high)], *known)
        low, high = min(float(ends[0]), value), max(float(ends[1]), value)
        return Estimate(value, low, high, self.level, made.method, made.assumes, kind="share")
