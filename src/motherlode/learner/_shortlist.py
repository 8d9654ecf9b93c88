"""The best rows of a large pool in one pass over it, one block at a time.

A pointwise strategy gives each row its utility without a look at the others, so no more than the
best rows so far need be kept. The same holds for strategies that let pointwise ones take turns:
what a turn asks is among the best rows of the part whose turn it is.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from .._rows.blocks import Block, Stored, over_blocks, threads_for
from ..strategies._base.strategy import Strategy, utilities_key

Scorers = tuple[tuple[Strategy, str], ...]


@dataclass(frozen=True, eq=False)
class Leaders:
    """The best rows so far.

    Attributes
    ----------
    rows : ndarray of int64 of shape (b,)
        Global ids.
    utilities : ndarray of shape (scorers, b)
        By each scorer, of every row that is among the best of any.
    """

    rows: Rows
    utilities: Floats


def shortlisted(view: View, strategy: Strategy, n: int) -> View:
    """The round narrowed to rows among which are the ``n`` best, or the round as it is.

    Ties are broken by the lots of the rows, so the answer is the same whatever the blocks are. The
    utilities of the rows that stay are remembered, and not computed again.

    Parameters
    ----------
    view : View
    strategy : Strategy
        If it has no `Strategy.scorers`, the view is returned unchanged.
    n : int
    """
    scorers = strategy.scorers(view)
    if not scorers or len(view) <= n:
        return view
    warm_up(view, scorers)

    best: Leaders | None = None
    whole = view.matrix

    def score(block: Block, ids: Rows) -> Leaders:
        # Later blocks seldom hold many rows above the n-th best so far.
        found = leaders_of(view.narrowed(ids, block), scorers, n, best)
        if isinstance(whole, Stored) and len(found.rows):
            whole.remember(found.rows, block.take(found.rows))
        return found

    for found in over_blocks(whole, view.candidates, score, threads_for(view.unfitted)):
        best = found if best is None else merged(best, found, view, scorers, n)
    assert best is not None
    short = view.narrowed(np.sort(best.rows))
    order = np.argsort(best.rows)
    for (scorer, _), u in zip(scorers, best.utilities, strict=True):
        short.once(utilities_key(scorer), lambda u=u: u[order])  # type: ignore[misc]
    return short


def warm_up(view: View, scorers: Scorers) -> None:
    """Make what scorers share for a round (fitted models, committees) before blocks need it."""
    known = view.labelled_rows[:1]
    for scorer, _ in scorers:
        if len(known):
            scorer._utilities(view.narrowed(known))


def leaders_of(view: View, scorers: Scorers, n: int, so_far: Leaders | None = None) -> Leaders:
    """The ``n`` best candidates of a view by each scorer, as far as they outdo those so far."""
    lowest = None
    if so_far is not None and len(so_far.rows) >= n:
        lowest = np.partition(so_far.utilities, -n, axis=1)[:, [-n]]
        view = in_reach(view, scorers, lowest[:, 0])
    each = [scorer._utilities(view) for scorer, _ in scorers]
    found = np.stack(each) if len(each) > 1 else each[0][None]
    rows = view.rows
    if lowest is not None:
        above = np.flatnonzero(reduce(np.logical_or, found >= lowest))
        rows, found = rows[above], found[:, above]
    return _best(Leaders(rows, found), view, scorers, n)


def in_reach(view: View, scorers: Scorers, lowest: Floats) -> View:
    """The candidates that may reach the lowest utility that counts, by any scorer."""
    masks = []
    for (scorer, _), least in zip(scorers, lowest, strict=True):
        mask = scorer.contenders(view, float(least))
        if mask is None:
            return view
        masks.append(mask)
    return view.sifted(np.flatnonzero(reduce(np.logical_or, masks)))


def merged(one: Leaders, other: Leaders, view: View, scorers: Scorers, n: int) -> Leaders:
    """The leaders of two sets of rows together; associative and commutative."""
    rows = np.concatenate([one.rows, other.rows])
    u = np.concatenate([one.utilities, other.utilities], axis=1)
    return _best(Leaders(rows, u), view, scorers, n)


def _best(found: Leaders, view: View, scorers: Scorers, n: int) -> Leaders:
    if len(found.rows) <= n:
        return found
    keep = np.zeros(len(found.rows), dtype=bool)
    for (_, purpose), u in zip(scorers, found.utilities, strict=True):
        cut = np.partition(u, -n)[-n]
        above = np.flatnonzero(u > cut)
        level = np.flatnonzero(u == cut)
        if len(above) + len(level) > n:
            lot = view.random_numbers(purpose, found.rows[level])
            level = level[np.argsort(lot, kind="stable")[: n - len(above)]]
        keep[above] = keep[level] = True
    return Leaders(found.rows[keep], found.utilities[:, keep])
