"""Active search: the most positives that a budget of labels can find."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ._base.incremental import accumulate, cache_of
from ._base.strategy import Strategy, positions, positive_names
from ._base.turns import rank_picks_first

_BLOCK_ROWS = 128
_DECIMALS = 9  # of an expected number of positives


@dataclass(frozen=True)
class ENS(Strategy):
    """Efficient non-myopic search: the row after which the whole budget finds the most positives.

    A row is judged by the positives expected if, after its label, the rest of the budget is
    spent at once on the likeliest rows:
    ``u(x) = p(x) + p(x) S(x positive) + (1 - p(x)) S(x negative)``, ``S`` being the sum of the
    ``t - 1`` largest probabilities of the other rows under the label supposed, with ``t`` labels
    left. With much left it explores where a positive would have many likely neighbours; with
    little it takes what is likely.

    Parameters
    ----------
    budget : int
        Labels that will be given in all; ``t`` is what is left of them. With one left, and after
        the budget, the search is greedy; with two left the expectation is exact. A budget much too
        large makes it explore for too long.
    neighbours : int
        The ``k`` of the nearest-neighbour model. The paper has 50 and 100; a rare class may have
        fewer rows than that in one place, and ``k`` should not be more.
    prior : float in (0, 1)
        The share of positives to assume where no neighbour is labelled; it counts as one label.

    Notes
    -----
    One class, or several taken together, against the rest. The query model is not read: the model
    is ``p(x) = (prior + positives among the k nearest of x) / (1 + labels among them)`` on
    `Pool.points`. With it a label moves only the probabilities of rows that have the labelled row
    among their neighbours, which the method needs. It works from no label at all.

    Each row costs ``O(k + t)``, and rows whose upper bound is below the best are never
    computed; their utility is that bound. Memory is ``O(n k)``. In a batch, labels still to come
    count as negative, as by the "pessimistic oracle" of the batch paper.

    References
    ----------
    Jiang, Malkomes, Converse, Shofner, Moseley & Garnett (2017), Efficient nonmyopic active
    search, ICML; Jiang, Malkomes, Abbott, Moseley & Garnett (2018), Efficient nonmyopic
    batch active search, NeurIPS. Garnett et al. (2012), Bayesian optimal active search and
    surveying, ICML (the model).
    """

    budget: int = 200
    neighbours: int = 10
    prior: float = 0.01

    family: ClassVar[str] = "minority"
    needs: ClassVar[str] = "geometry"
    paper: ClassVar[str] = "Jiang et al. 2017"

    def __post_init__(self) -> None:
        for name in ("budget", "neighbours"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; give at least 1.")
        if not 0 < self.prior < 1:
            raise InputError(f"prior is {self.prior}; give a share between 0 and 1.")

    def utilities(self, view: View) -> Floats:
        """Compute the expected number of positives; the batch comes first, in its order."""
        state, rng = _Search.of(view, self.neighbours, self.prior), view.rng("ens")
        found = first = self._first(view)
        batch, picks = min(view.batch, len(view)), list[int]()
        for asked in range(1, batch):
            picks.append(int(rng.choice(np.flatnonzero(found == found.max()))))
            state.suppose_negative(picks[-1])
            found = state.expect(max(self._left(view) - asked, 1))
        picks.append(int(rng.choice(np.flatnonzero(found == found.max()))))
        return first if batch == 1 else rank_picks_first(picks, first)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Say what each row is expected to find by itself, and as the first of the budget."""
        state, place = _Search.of(view, self.neighbours, self.prior), positions(view.rows, rows)
        p, u = (state.hits / state.seen)[state.node[place]], self._first(view)[place]
        return [
            f"{self}: p({positive_names(view)}) = {q:.2g} by its neighbours, {e:.3g} expected in "
            f"{self._left(view)} labels"
            for q, e in zip(p, u, strict=True)
        ]

    def _first(self, view: View) -> Floats:
        """Compute ``u`` of the candidates by the labels alone."""
        return view.once(
            ("ens", self),
            lambda: _Search.of(view, self.neighbours, self.prior).expect(self._left(view)),
        )

    def _left(self, view: View) -> int:
        return max(self.budget - len(view.labelled_rows), 1)


Edges = tuple[Rows, Rows, Rows]
"""Edges by increasing source: sources, targets, and where the edges of each source start."""


class _Search:
    """The nearest-neighbour model of the candidates, and what one more label would do to it.

    It has a node for each candidate, or for each row of the pool where the candidates are most of
    it; then edges are sorted once for all rounds, and counts are kept from round to round.

    ``hits`` and ``seen`` are the positives and the labels among the neighbours of each node, plus
    the prior's; ``node`` is that of each candidate. Along an edge a label of ``source`` moves the
    probability of ``target``.
    """

    def __init__(self, hits: Floats, seen: Floats, edges: Edges, node: Rows) -> None:
        self.hits, self.seen, self.node = hits, seen, node
        self.source, self.target, self.start = edges
        self.left = np.zeros(len(hits), dtype=bool)
        self.left[node] = True

    @classmethod
    def of(cls, view: View, k: int, prior: float) -> "_Search":
        """Make the model of a view."""
        ids = view.pool.neighbours(k).ids
        if cache_of(view) is view.pool:
            edges = view.pool.once(("edges", k), lambda: _edges(ids))
            hits, seen = _counts(view, k, edges)
            return cls(prior + hits, 1.0 + seen, edges, view.rows)
        size = len(view.pool)
        known, positive, place = np.zeros(size), np.zeros(size), np.full(size, -1)
        known[view.labelled_rows] = 1.0
        positive[view.labelled_rows] = view.labelled_minority
        place[view.rows] = np.arange(len(view))
        near = ids[view.rows]
        return cls(
            prior + positive[near].sum(axis=1),
            1.0 + known[near].sum(axis=1),
            _edges(place[near]),
            np.arange(len(view)),
        )

    def suppose_negative(self, row: int) -> None:
        """Take a candidate for negative, and out of those that can be asked."""
        node = self.node[row]
        self.left[node] = False
        self.seen[self.target[self.start[node] : self.start[node + 1]]] += 1.0

    def expect(self, budget: int) -> Floats:
        """Compute ``u`` of every candidate, or its upper bound where that is below the best.

        A row that cannot be asked has -1.
        """
        future = _Future(self, min(budget, int(self.left.sum())) - 1)
        out = np.where(self.left, future.bounds(), -1.0)
        order, best = np.argsort(-out, kind="stable"), -1.0
        for first in range(0, int(self.left.sum()), _BLOCK_ROWS):
            # Bounds and values are rounded differently.
            block = order[first : first + _BLOCK_ROWS]
            block = block[self.left[block] & (out[block] >= best - 10.0**-_DECIMALS)]
            if not len(block):
                break
            out[block] = future.values(block)
            best = max(best, float(out[block].max()))
        # Sums of the same numbers in another order differ by rounding, and equal rows should tie.
        return np.asarray(np.round(out[self.node], _DECIMALS))


def _edges(ids: Rows) -> Edges:
    """Link each node to those that have it in their row of ``ids``; negative ids are no nodes."""
    k = ids.shape[1]
    flat = ids.ravel()
    by_source = np.argsort(flat, kind="stable")
    by_source = by_source[np.count_nonzero(flat < 0) :]
    source = flat[by_source].astype(np.int64)
    start = np.searchsorted(source, np.arange(len(ids) + 1))
    return source, by_source // max(k, 1), start


def _counts(view: View, k: int, edges: Edges) -> tuple[Floats, Floats]:
    """Count positives and labels among the neighbours of each row of the pool."""
    _, target, start = edges
    none = np.zeros(len(view.pool))

    def step(state: tuple[Floats, Floats], labelled: int) -> tuple[Floats, Floats]:
        row, positive = divmod(labelled, 2)
        near = target[start[row] : start[row + 1]]
        hits, seen = state[0].copy(), state[1].copy()
        hits[near] += positive
        seen[near] += 1.0
        return hits, seen

    labelled = 2 * view.labelled_rows + view.labelled_minority
    return accumulate(view.pool, ("labels nearby", k), labelled, lambda: (none, none), step)


class _Future:
    """What the ``t`` labels after the next one would find, for each next row and label."""

    def __init__(self, state: _Search, t: int) -> None:
        self.state, self.t = state, t
        left = state.left.astype(np.float64)  # rows that cannot be asked find nothing
        self.p = state.hits / state.seen * left
        self.if_positive = (state.hits + 1.0) / (state.seen + 1.0) * left
        self.if_negative = state.hits / (state.seen + 1.0) * left
        self.order = np.argsort(-self.p, kind="stable")

    def bounds(self) -> Floats:
        """Compute upper bounds of ``u``.

        The sum of the ``t`` largest of some numbers is at most ``t c + sum max(v - c, 0)`` for
        any ``c``, and equal to it where ``c`` is the ``t``-th largest. So what a label changes
        adds at most the change of ``max(v - c, 0)``, with the ``c`` of the present numbers.
        """
        if self.t == 0:
            return self.p
        cut = self.p[self.order[self.t - 1]]
        over = np.maximum(self.p - cut, 0.0)
        now = self.t * cut + over.sum() - over
        return np.asarray(
            self.p
            + now
            + self.p * self._change(self.if_positive, cut, over)
            + (1.0 - self.p) * self._change(self.if_negative, cut, over)
        )

    def _change(self, then: Floats, cut: float, over: Floats) -> Floats:
        change = np.maximum(then - cut, 0.0) - over
        source, target = self.state.source, self.state.target
        return np.bincount(source, change[target], minlength=len(self.p)).astype(np.float64)

    def values(self, rows: Rows) -> Floats:
        """Compute ``u`` of some nodes by the few probabilities that can be among the largest."""
        start, target = self.state.start, self.state.target
        degree = start[rows + 1] - start[rows]
        owner = np.repeat(np.arange(len(rows)), degree)
        offset = np.arange(degree.sum()) - np.repeat(np.cumsum(degree) - degree, degree)
        moved = target[start[rows][owner] + offset]
        lead = self.order[: self.t + int(degree.max()) + 1]
        place = np.full(len(self.p), -1)
        place[lead] = np.arange(len(lead))
        stay = np.tile(self.p[lead], (len(rows), 1))
        for who, whose in ((rows, np.arange(len(rows))), (moved, owner)):
            leads = place[who] >= 0
            stay[whose[leads], place[who][leads]] = 0.0
        found = []
        for then in (self.if_positive, self.if_negative):
            move = np.zeros((len(rows), int(degree.max())))
            move[owner, offset] = then[moved]
            found.append(_top_sum(np.hstack([stay, move]), self.t))
        p = self.p[rows]
        return np.asarray(p + p * found[0] + (1.0 - p) * found[1])


def _top_sum(values: Floats, t: int) -> Floats:
    """Sum the ``t`` largest of each row."""
    if t == 0:
        return np.zeros(len(values))
    if t < values.shape[1]:
        values = np.partition(values, -t, axis=1)[:, -t:]
    return np.asarray(values.sum(axis=1))
