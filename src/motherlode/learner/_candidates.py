"""Which unlabelled rows may be asked in a round: the first axis of a method.

A candidate rule narrows the round before any utility is computed, and the cost of the round
with it. The learner's own is `BySize`; ``candidates=AllRows()`` turns it off.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

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
        """Some of ``view.rows``, at least ``view.batch`` of them, in increasing order."""


@dataclass(frozen=True)
class AllRows:
    """Every unlabelled row."""

    def rows(self, view: View) -> Rows:
        """All of them."""
        return view.rows


@dataclass(frozen=True)
class RandomRows:
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
        if not isinstance(self.size, int | np.integer) or self.size < 1:
            raise InputError(f"size is {self.size!r}; give a whole number of at least 1.")

    def rows(self, view: View) -> Rows:
        """A sample without replacement."""
        size = min(max(self.size, view.batch), len(view))
        return np.sort(view.sample(size, view.rng("candidates")))


@dataclass(frozen=True)
class BySize:
    """All rows of a pool that is not large; some thousands of a large one, most of them promising.

    The promising ones come from a look at the whole pool, which is taken again each time the
    labels have doubled: the ``size / 2`` best rows by `MostLikely` and `Margin` in turns, under
    the query model fitted to the labels of that time. The other half is a fresh uniform sample, so
    that no row is out of reach for long and a look that went wrong does no lasting harm.

    Parameters
    ----------
    large : int
        Rows from which on a pool is narrowed.
    size : int
        How many candidates a round then has.

    Notes
    -----
    A pure function of the labels, in the order taught: the look is at those of the last power of
    two, not at what a session remembers, and is kept with the pool. Between looks a round costs
    what `size` rows cost, and over a session of m labels the pool is read log2(m) times.

    References
    ----------
    Ertekin, Huang, Bottou & Giles (2007), CIKM, for the random half. Lesci & Vlachos (2024),
    AnchorAL, NAACL, find that a fixed random sub-pool loses the rare class, and that candidates
    chosen anew by the labels do not; the look at the whole pool is ours.
    """

    large: int = 200_000
    size: int = 10_000

    def __post_init__(self) -> None:
        for name in ("large", "size"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1.")

    def rows(self, view: View) -> Rows:
        """All candidates, or those promising at the last look and a random sample."""
        if whole(self, view):
            return view.rows
        found = self._promising(view)
        size = max(self.size, view.batch) - len(found)
        others = view.sample(min(size, len(view)), view.rng("candidates"))
        both = np.union1d(found, others)
        if len(both) >= view.batch:
            return both
        # Rows of the sample were promising too, and a batch of this size needs all others.
        return np.union1d(found, view.sample(view.batch, view.rng("candidates")))

    def _promising(self, view: View) -> Rows:
        """What was best at the last look, as far as it may still be asked."""
        m = len(view.labelled_rows)
        seen = 2 ** (m.bit_length() - 1) if m else 0
        codes = view.labelled_codes[:seen]
        if len(np.unique(codes)) < 2:
            return view.labelled_rows[:0]
        key = (self, view.seed[0], repr(view.unfitted), view.minority, len(view.copies),
               view.labelled_rows[:seen].tobytes(), codes.tobytes())  # fmt: skip
        best: Rows = view.pool.once(("look", key), lambda: self._look(view, seen))
        return best[view.holds(best)]

    def _look(self, view: View, seen: int) -> Rows:
        rows, codes, n = view.labelled_rows[:seen], view.labelled_codes[:seen], self.size // 2

        past = replace(
            view.training, rows=rows, codes=codes, skipped=rows[:0], seed=(view.seed[0], seen)
        )
        then = view.replace(
            training=past, rows=view.copies.fresh(past.left), batch=n, asked_by=None, turn=seen,
            model=lambda: past.fit(view.unfitted, seed=view.seed[0]),
        )  # fmt: skip
        turns = Interleave(MostLikely(), Margin())
        short = shortlist(then, turns, n)
        u = turns.compute_utilities(short)
        return np.sort(short.rows[np.argsort(-u, kind="stable")[:n]])


def whole(rule: Candidates, view: View) -> bool:
    """Whether a rule keeps all candidates, so that they need not be listed."""
    small = isinstance(rule, BySize) and len(view) <= max(rule.large, rule.size)
    return small or rule == AllRows()
