"""Which unlabelled rows may be asked in a round.

A rule for candidates narrows the round before any utility is computed, and with it the cost of the
round. The learner's own is `BySize`; ``candidates=AllRows()`` turns it off.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from .._inert.whole_numbers import check_whole
from .._round.stand_in import fit_to_ask
from .._round.view import View
from .._rows.arrays import Rows
from ..errors import InputError
from ..strategies._compose import Interleave
from ..strategies._minority import MostLikely
from ..strategies._uncertainty import Margin
from ._shortlist import shortlist


class Candidates(Protocol):
    """A rule that says which rows may be asked; a frozen value."""

    def rows(self, view: View) -> Rows:
        """Choose candidates.

        Parameters
        ----------
        view : View
            The round; its rows are all that may be asked.

        Returns
        -------
        ndarray of int64
            Global ids, at least ``view.batch`` of ``view.rows``, in increasing order.
        """


@dataclass(frozen=True)
class AllRows(Candidates):
    """Every unlabelled row."""

    def rows(self, view: View) -> Rows:
        """Choose all of ``view.rows``."""
        return view.rows


@dataclass(frozen=True)
class RandomRows(Candidates):
    """A fresh uniform sample of the unlabelled rows each round.

    Parameters
    ----------
    size : int
        Rows to keep; a batch that is larger keeps as many as it needs.

    References
    ----------
    Ertekin, Huang, Bottou & Giles (2007), Learning on the border: active learning in imbalanced
    data classification, CIKM, section 3.1: of 59 random rows one is among the best 5 % with
    probability 0.95.
    """

    size: int

    def __post_init__(self) -> None:
        check_whole(self.size, "size")

    def rows(self, view: View) -> Rows:
        """Draw a sample without replacement."""
        size = min(max(self.size, view.batch), len(view))
        return np.sort(view.sample(size, view.rng("candidates")))


@dataclass(frozen=True)
class BySize(Candidates):
    """All rows of a small pool; some thousands of a large one, half of them promising.

    The whole pool is ranked each time the labels have doubled. The promising rows are the
    ``size / 2`` best by `MostLikely` and `Margin` in turns, under the query model fitted to the
    labels of that time. The other half is a fresh uniform sample, so that no row is left out for
    long and a bad ranking does no lasting harm. Where a prior is stated, the ``size / 4`` rows that
    it puts first are candidates too.

    Parameters
    ----------
    large : int
        Pools of more rows than this are narrowed.
    size : int
        How many candidates a round of a large pool has.

    Notes
    -----
    The candidates are a function of the labels, in the order taught: the ranking goes by the first
    ``2**k`` labels, for the largest such number, and is kept with the pool. Otherwise a round costs
    what `size` rows cost, and over a session of m labels the pool is read log2(m) times.

    References
    ----------
    Ertekin, Huang, Bottou & Giles (2007), CIKM, for the random half. Lesci & Vlachos (2024),
    AnchorAL, NAACL, find that a fixed random sub-pool loses the rare class, and that candidates
    chosen anew by the labels do not; the ranking of the whole pool is ours.
    """

    large: int = 200_000
    size: int = 10_000

    def __post_init__(self) -> None:
        for name in ("large", "size"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1.")

    def rows(self, view: View) -> Rows:
        """Choose all candidates, or the promising ones and a random sample."""
        if keeps_all(self, view):
            return view.rows
        found = np.union1d(self._list_promising(view), self._first_by_prior(view))
        size = max(self.size, view.batch) - len(found)
        others = view.sample(min(size, len(view)), view.rng("candidates"))
        both = np.union1d(found, others)
        if len(both) >= view.batch:
            return both
        # Rows of the sample were promising too, so a batch of this size needs a larger one.
        return np.union1d(found, view.sample(view.batch, view.rng("candidates")))

    def _first_by_prior(self, view: View) -> Rows:
        """List the rows that a prior puts first, as far as they may still be asked."""
        if view.prior is None or view.prior.lazy:
            return view.labelled_rows[:0]
        return view.prior.first_open(self.size // 4, view.holds)

    def _list_promising(self, view: View) -> Rows:
        """List the best rows of the last ranking, as far as they may still be asked."""
        m = len(view.labelled_rows)
        seen = 2 ** (m.bit_length() - 1) if m else 0
        codes = view.labelled_codes[:seen]
        if len(np.unique(codes)) < 2:
            return view.labelled_rows[:0]
        key = (self, view.seed[0], repr(view.unfitted), view.minority, len(view.copies),
               view.labelled_rows[:seen].tobytes(), codes.tobytes())  # fmt: skip
        best: Rows = view.pool.once(("ranking", key), lambda: self._rank_pool(view, seen))
        return best[view.holds(best)]

    def _rank_pool(self, view: View, seen: int) -> Rows:
        rows, codes, n = view.labelled_rows[:seen], view.labelled_codes[:seen], self.size // 2

        past = replace(
            view.training, rows=rows, codes=codes, skipped=rows[:0], seed=(view.seed[0], seen)
        )
        then = view.replace(
            training=past, rows=view.copies.fresh(past.left), batch=n, asked_by=None, turn=seen,
            model=lambda: fit_to_ask(past, view.unfitted, seed=view.seed[0]),
        )  # fmt: skip
        turns = Interleave(MostLikely(), Margin())
        short = shortlist(then, turns, n)
        u = turns.compute_utilities(short)
        return np.sort(short.rows[np.argsort(-u, kind="stable")[:n]])


def keeps_all(rule: Candidates, view: View) -> bool:
    """Tell whether a rule keeps all candidates, so that they need not be listed."""
    small = isinstance(rule, BySize) and len(view) <= max(rule.large, rule.size)
    return small or rule == AllRows()
