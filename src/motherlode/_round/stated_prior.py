"""A prior as a round reads it: scores on one scale, and the slope that labels give it."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..pool import Pool
from ..priors import Prior

_BLOCK = 65_536  # rows scored at a time
_MOST_SEEN = 100_000  # scores that make the scale
_REFERENCE = 50  # rows that make the scale of a prior that is asked row by row
_IN_QUESTION = 3  # times the batch: rows that such a prior is asked of in a round

MATERIAL = float(np.log(2.0))
"""The change of log odds from which on a row counts as moved up: its odds are doubled."""
SAYS_NOTHING = (
    "tells no row from another, so it orders nothing; use words that the rows hold, in their "
    "language, or scores that differ."
)
"""What to say of a prior that is no help, after its name."""


@dataclass(frozen=True, eq=False)
class StatedPrior:
    """A prior and the pool that it speaks of.

    Parameters
    ----------
    prior : Prior
        What was stated.
    pool : Pool
        All rows.
    """

    prior: Prior
    pool: Pool

    @property
    def lazy(self) -> bool:
        """Whether only rows that come into question are scored."""
        return self.prior.lazy

    def at(self, rows: Rows) -> Floats:
        """Give standardised scores of rows, 0 where nothing is known, shape (m,).

        They are normal scores: a row at a share *u* of the pool's scores has the *u*-quantile of
        the normal distribution, so the scale of what was stated does not count. A prior that is
        asked row by row is asked of all these rows.
        """
        if not self.lazy:
            return self._all[rows]
        return normal_scores(self._score(rows), self._scale)

    @cached_property
    def says_nothing(self) -> bool:
        """Whether it tells no row of the pool from another: none has a score, or all the same.

        Of a prior that is asked row by row nobody knows that before all rows are asked.
        """
        if self.lazy:
            return False
        known = self._scores[~np.isnan(self._scores)]
        return not len(known) or bool(known.min() == known.max())

    def speaks_of(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell which rows it says anything of, shape (m,)."""
        if self.says_nothing:
            return np.zeros(len(rows), dtype=bool)
        return ~np.isnan(self._score(rows) if self.lazy else self._scores[rows])

    @cached_property
    def _scores(self) -> Floats:
        n = len(self.pool)
        starts = range(0, n, _BLOCK)
        return np.concatenate([self._score(np.arange(low, min(low + _BLOCK, n))) for low in starts])

    @cached_property
    def _all(self) -> Floats:
        if self.says_nothing:
            warnings.warn(
                f"The prior, {self.prior.describe()}, {SAYS_NOTHING}", UserWarning, stacklevel=2
            )
        found = self._scores
        known = found[~np.isnan(found)]
        if len(known) > _MOST_SEEN:
            known = np.random.default_rng(0).choice(known, _MOST_SEEN, replace=False)
        return normal_scores(found, np.sort(known))

    @cached_property
    def _scale(self) -> Floats:
        found = self._score(self.row_order[:_REFERENCE])
        return np.sort(found[~np.isnan(found)])

    @cached_property
    def row_order(self) -> Rows:
        """All rows in an order of their own, in which a prior that is asked row by row sees them.

        While no positive is known, a round asks it of a longer and longer beginning of this order.
        """
        return np.random.default_rng(0).permutation(len(self.pool))

    def _score(self, rows: Rows) -> Floats:
        found = np.asarray(self.prior.score(self.pool, rows), dtype=np.float64)
        if found.shape != (len(rows),):
            raise InputError(
                f"The prior, {self.prior.describe()}, gave scores of shape {found.shape} for "
                f"{len(rows)} rows; give one for each."
            )
        return np.where(np.isfinite(found), found, np.nan)

    def first_open(self, size: int, is_open: Callable[[Rows], Any]) -> Rows:
        """List up to ``size`` rows with the highest scores among those that are open, by id."""
        rows = self._by_score[is_open(self._by_score)]
        return np.sort(rows[:size])

    @cached_property
    def _by_score(self) -> Rows:
        return np.argsort(-self._all, kind="stable")

    def first_in_question(self, labels: int, batch: int) -> Rows:
        """List rows that a prior is asked of row by row while no positive is known."""
        return self.row_order[: _REFERENCE + _IN_QUESTION * (labels + batch)]

    def likeliest_in_question(self, by_model: Floats, batch: int) -> Rows:
        """List the places of rows that a prior is asked of row by row: the likeliest."""
        return np.argsort(-by_model, kind="stable")[: _IN_QUESTION * batch]


def normal_scores(values: Floats, reference: Floats) -> Floats:
    """Turn values into normal scores among sorted reference values; NaN becomes 0.

    Examples
    --------
    >>> normal_scores(np.array([5.0, np.nan, 9.0]), np.array([1.0, 5.0, 9.0])).round(2).tolist()
    [0.0, 0.0, 0.67]
    """
    if not len(reference):
        return np.zeros(len(values))
    below = np.searchsorted(reference, values, side="left")
    upto = np.searchsorted(reference, values, side="right")
    found = ndtri(((below + upto) / 2 + 0.5) / (len(reference) + 1.0))
    return np.asarray(np.where(np.isnan(values), 0.0, found))
