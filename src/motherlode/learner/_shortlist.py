"""The best rows of a large pool in one pass over it, one block at a time.

A pointwise strategy gives each row its utility without a look at the others, so only the best rows
so far need be kept. The same holds for strategies in which pointwise ones take turns: what a turn
asks is among the best rows of the part whose turn it is.
"""

from functools import reduce
from typing import NamedTuple

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from .._rows.blocks import Block, Stored, over_blocks, threads_for
from ..strategies._base.strategy import Strategy, utilities_key

Rankers = tuple[tuple[Strategy, str], ...]


class _Leaders(NamedTuple):
    """Global ids of the best rows so far, and the utility that each ranker gives each of them."""

    rows: Rows
    utilities: Floats


def shortlist(view: View, strategy: Strategy, n: int) -> View:
    """Narrow the round to rows that hold the ``n`` best, if the strategy has `Strategy.rankers`.

    Ties are broken by the random numbers of the rows, so the answer is the same whatever the blocks
    are. The utilities of the rows that stay are remembered, and not computed again.
    """
    rankers = strategy.rankers(view)
    if not rankers or len(view) <= n:
        return view
    _warm_up(view, rankers)

    best: _Leaders | None = None
    whole = view.matrix

    def rank(block: Block, ids: Rows) -> _Leaders:
        # Later blocks seldom hold many rows above the n-th best so far.
        found = _find_leaders(view.narrow(ids, block), rankers, n, best)
        if isinstance(whole, Stored) and len(found.rows):
            whole.remember(found.rows, block.take(found.rows))
        return found

    for found in over_blocks(whole, view.candidates, rank, threads_for(view.unfitted)):
        best = found if best is None else _merge(best, found, view, rankers, n)
    assert best is not None
    short = view.narrow(np.sort(best.rows))
    order = np.argsort(best.rows)
    for (ranker, _), u in zip(rankers, best.utilities, strict=True):
        short.once(utilities_key(ranker), lambda u=u: u[order])  # type: ignore[misc]
    return short


def _warm_up(view: View, rankers: Rankers) -> None:
    """Fit the models and committees that rankers share, before blocks in threads need them."""
    known = view.labelled_rows[:1]
    for ranker, _ in rankers:
        if len(known):
            ranker.compute_utilities(view.narrow(known))


def _find_leaders(view: View, rankers: Rankers, n: int, so_far: _Leaders | None = None) -> _Leaders:
    """Find the ``n`` best candidates by each ranker, as far as they outdo those so far."""
    lowest = None
    if so_far is not None and len(so_far.rows) >= n:
        lowest = np.partition(so_far.utilities, -n, axis=1)[:, [-n]]
        view = _prune(view, rankers, lowest[:, 0])
    each = [ranker.compute_utilities(view) for ranker, _ in rankers]
    found = np.stack(each) if len(each) > 1 else each[0][None]
    rows = view.rows
    if lowest is not None:
        above = np.flatnonzero(reduce(np.logical_or, found >= lowest))
        rows, found = rows[above], found[:, above]
    return _keep_best(_Leaders(rows, found), view, rankers, n)


def _prune(view: View, rankers: Rankers, lowest: Floats) -> View:
    """Drop candidates that cannot reach the lowest utility that counts, by any ranker."""
    masks = []
    for (ranker, _), least in zip(rankers, lowest, strict=True):
        mask = ranker.prune(view, float(least))
        if mask is None:
            return view
        masks.append(mask)
    return view.keep(np.flatnonzero(reduce(np.logical_or, masks)))


def _merge(one: _Leaders, other: _Leaders, view: View, rankers: Rankers, n: int) -> _Leaders:
    """Find the leaders of two sets of rows together, whichever set comes first."""
    rows = np.concatenate([one.rows, other.rows])
    u = np.concatenate([one.utilities, other.utilities], axis=1)
    return _keep_best(_Leaders(rows, u), view, rankers, n)


def _keep_best(found: _Leaders, view: View, rankers: Rankers, n: int) -> _Leaders:
    if len(found.rows) <= n:
        return found
    keep = np.zeros(len(found.rows), dtype=bool)
    for (_, purpose), u in zip(rankers, found.utilities, strict=True):
        cut = np.partition(u, -n)[-n]
        above = np.flatnonzero(u > cut)
        level = np.flatnonzero(u == cut)
        if len(above) + len(level) > n:
            ties = view.random_numbers(purpose, found.rows[level])
            level = level[np.argsort(ties, kind="stable")[: n - len(above)]]
        keep[above] = keep[level] = True
    return _Leaders(found.rows[keep], found.utilities[:, keep])
