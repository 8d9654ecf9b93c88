"""Cuts in linear graphs: the pool sorted by how much a row looks like a class, and cut there.

For a class the pool is one chain, with the likeliest rows on top. Good scores put the class above
all others, and what is to be learned is the cut between. Where it lies does not depend on the size
of probabilities, so rare classes and re-weighted models do no harm. `Galaxy` bisects, and asks
around the cut. `Direct` does so with parallel annotators and wrong labels.

The chain holds the labelled rows and the candidates: the whole pool, unless ``candidates`` of the
learner narrow it. Positions in a chain stay inside this module.
"""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .._round.view import View
from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ._base.strategy import Strategy, positions
from ._base.turns import TakingTurns, Turns, rank_picks_first, take_turns

Marks = NDArray[np.int8]
"""Of every place in a chain: 1 for a label of the class, -1 for another label, 0 for none."""


@dataclass(frozen=True)
class _Cuts(Strategy):
    """A strategy on the chains of some classes.

    Parameters
    ----------
    classes : {"minority", "all"}
        Which classes have a chain. For two classes there is one chain, of the positive class.
    """

    classes: str = "minority"

    family: ClassVar[str] = "graph"

    def __post_init__(self) -> None:
        if self.classes not in ("minority", "all"):
            raise InputError(f"classes is {self.classes!r}; it is 'minority' or 'all'.")

    def _list_chains(self, view: View) -> list[int]:
        if self.classes == "minority" or len(view.classes) == 2:
            return list(view.minority)
        return list(range(len(view.classes)))


def _nodes(view: View) -> Floats:
    """Compute probabilities of the labelled rows, then the candidates, shape (m + n, k)."""
    return view.once(
        "chain probabilities",
        lambda: np.concatenate([view.labelled_probabilities, view.probabilities]),
    )


def _chain(view: View, k: int) -> Rows:
    """Sort the nodes (see `_nodes`) by class ``k``, the likeliest first.

    The key is ``p_k - max_c p_c``, for two classes ``p_k`` itself. Of equal keys the more confident
    node comes first. Other ties are broken by random numbers that are drawn once for a session, so
    that the chain stays the same between two labels.
    """
    P = _nodes(view)
    rows = np.concatenate([view.labelled_rows, view.rows])
    ties = np.random.default_rng(view.seed[0]).permutation(len(view.pool))[rows]
    top = P.max(axis=1)
    return np.lexsort((ties, -top, -P[:, k] if P.shape[1] == 2 else top - P[:, k]))


def _marks(view: View, order: Rows, k: int, labels: int | None = None) -> Marks:
    """Mark the places of the chain by the first ``labels`` labels, or by all."""
    of_node = np.zeros(len(order), dtype=np.int8)
    codes = view.labelled_codes[:labels]
    of_node[: len(codes)] = np.where(codes == k, 1, -1)
    return of_node[order]


@dataclass(frozen=True)
class Galaxy(_Cuts):
    """Graph-based active learning at the extreme: bisect to the cut of a class, then ask around it.

    For each pick a class is drawn evenly. Its chain is sorted by ``p_k - max_c p_c``. Where two
    neighbouring labelled rows lie apart, one of the class and one not, there is a gap; the middle
    row of the shortest gap is asked. Where no gap is left, the unlabelled row nearest to a cut is
    asked, and where the class has no cut yet, any row.

    Parameters
    ----------
    classes : {"minority", "all"}
        Which classes have a chain; the paper has all. For two classes there is one chain.

    Notes
    -----
    The paper sees each label before it asks the next, from a model that stays: ``query(1)`` with
    ``refit_every=b``. In a larger query the labels to come are drawn from the model's
    probabilities. So its first row is the paper's, and the others are what might follow. A wrong
    label makes a cut of its own, and rows around it are asked, too: see `Direct`. It sorts once,
    ``O(k n log n)``, and passes over the chain once a pick; memory ``O(k n)``.

    References
    ----------
    Zhang, Katz-Samuels & Nowak (2022), GALAXY: graph-based active learning at the extreme, ICML,
    arXiv:2202.01402.
    """

    paper: ClassVar[str] = "Zhang et al. 2022"

    def utilities(self, view: View) -> Floats:
        """Rank the batch first, in its order, then all others by their probability."""
        return rank_picks_first(list(self._pick(view)), view.minority_probability)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Say which gap or cut each row is for."""
        if view.model is None:
            return super().reasons(view, rows)
        asked, place = self._pick(view), positions(view.rows, rows)
        return [f"{self}: {asked.get(int(i), 'drawn, though not in its batch')}" for i in place]

    def _pick(self, view: View) -> dict[int, str]:
        """List the positions of the picks among the candidates, in order, and what each is for."""
        return view.once(("galaxy", self), lambda: self._ask(view)) if view.model else {}

    def _ask(self, view: View) -> dict[int, str]:
        P, m, rng = _nodes(view), len(view.labelled_rows), view.rng("galaxy")
        chained = self._list_chains(view)
        orders = [_chain(view, k) for k in chained]
        marks = [_marks(view, order, k) for order, k in zip(orders, chained, strict=True)]
        places = [np.argsort(order) for order in orders]
        asked: dict[int, str] = {}
        for _ in range(min(view.batch, len(view))):
            i = int(rng.integers(len(chained)))
            at, why = _next_of_cut(marks[i], rng)
            node = int(orders[i][at])
            asked[node - m] = f"{why} {view.classes[chained[i]]}"
            label = int(np.searchsorted(P[node].cumsum(), rng.random() * P[node].sum(), "right"))
            for k, mark, place in zip(chained, marks, places, strict=True):
                mark[place[node]] = 1 if label == k else -1
        return asked


def _next_of_cut(marks: Marks, rng: np.random.Generator) -> tuple[int, str]:
    """Find the unlabelled place that tells most about the cut, and say why."""
    at = np.flatnonzero(marks)
    left = np.flatnonzero(marks[at][1:] != marks[at][:-1])
    if not len(left):
        return int(rng.choice(np.flatnonzero(marks == 0))), "at random, no cut seen yet for class"
    above, below = at[left], at[left + 1]
    gaps = below - above - 1
    if gaps.any():
        i = _lowest(np.where(gaps > 0, gaps, len(marks)), rng)
        return int((above[i] + below[i]) // 2), f"halves a gap of {gaps[i]} at the cut of class"
    free = np.flatnonzero(marks == 0)
    after = np.searchsorted(free, above)
    places = np.concatenate([free[after[after > 0] - 1], free[after[after < len(free)]]])
    cuts = np.concatenate([above[after > 0], above[after < len(free)] + 1])
    i = _lowest(np.abs(places - cuts), rng)
    return int(places[i]), "nearest to the cut of class"


def _lowest(values: Codes, rng: np.random.Generator) -> int:
    return int(rng.choice(np.flatnonzero(values == values.min())))


@dataclass(frozen=True)
class Direct(TakingTurns, _Cuts):
    """Find the optimal cut of a class in spite of wrong labels, and ask on both sides of it.

    In the chain of a class a cut ``h`` is as good as ``acc(h) = sum_(j < h) w_j - sum_(j >= h)
    w_j``, where ``w`` is 1 for a label of the class and -1 for another. Half of a round narrows the
    version space: rows are drawn evenly from between the last positive above all negatives and the
    first negative below all positives. The labels that came in shrink this interval, each time from
    the end where ``acc`` is lower, by a factor that leaves one row when the half is spent. The
    other half asks the nearest rows on either side, in turn, of the best ``h``. Classes share a
    round evenly.

    Parameters
    ----------
    classes : {"minority", "all"}
        Which classes have a chain. For two classes there is one chain.
    per_round : int, optional
        Labels between two fits, to be set like the learner's ``refit_every``. By default the
        labels since the last fit and the rows that are asked now.

    Notes
    -----
    The rows of one query are labelled in parallel: ``query(20)`` with ``refit_every=200`` and
    ``per_round=200`` is the paper's ``B1 = 20``, and ``query(200)`` is one step of each half. The
    paper shrinks the interval step by step, and here all labels shrink it anew at each query, so a
    step that later labels would not repeat is undone. A round of one label has no first half. ``O(k
    n log n)``, memory ``O(k n)``.

    References
    ----------
    Nuggehalli, Zhang, Jain & Nowak (2025), Improved algorithm for deep active learning under
    imbalance via optimal separation, ICML, arXiv:2312.09196.
    """

    per_round: int | None = None

    paper: ClassVar[str] = "Nuggehalli et al. 2025"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.per_round is not None and self.per_round < 1:
            raise InputError(f"per_round is {self.per_round}; give the labels of a round, or None.")

    def utilities(self, view: View) -> Floats:
        """Rank the batch first, in its order, then all others by the best of their ranks."""
        return np.zeros(len(view)) if view.model is None else super().utilities(view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Say which half of the round asks, and for which class."""
        if view.model is None:
            return super().reasons(view, rows)
        chained = self._by_frequency(view)
        halves = ["narrows where the cut lies for class", "next to the best cut of class"]
        return [
            f"{self}: {halves[arm // len(chained)]} {view.classes[chained[arm % len(chained)]]}"
            for arm in self._arm_of(view, rows).tolist()
        ]

    def _by_frequency(self, view: View) -> list[int]:
        n = np.bincount(view.labelled_codes, minlength=len(view.classes))
        return sorted(self._list_chains(view), key=lambda k: -n[k])

    def _take(self, view: View) -> Turns:
        chained, b = self._by_frequency(view), min(view.batch, len(view))
        first = (self.per_round or view.fresh + b) // 2 // len(chained)
        narrowing, beside = [], []
        for i, k in enumerate(chained):
            spent = min(max(view.fresh - i * first, 0), first)
            steps = max(first // b, 1)
            narrow, near = _orders(view, k, 1.0 - min(spent // b, steps) / steps)
            narrowing.append(narrow)
            beside.append(near)
        at = np.arange(view.fresh, view.fresh + b)
        later = len(chained) + at % len(chained)
        turns = np.where(at < first * len(chained), at // max(first, 1), later)
        return take_turns([*narrowing, *beside], turns)


def _orders(view: View, k: int, width: float) -> tuple[Codes, Codes]:
    """Rank the candidates for narrowing, and for asking beside the best cut, of class ``k``."""
    m, rng, order = len(view.labelled_rows), view.rng(f"direct {k}"), _chain(view, k)
    w = _marks(view, order, k)
    free = np.flatnonzero(w == 0)
    quality = _cut_quality(w)
    lo, hi = _version_space(_marks(view, order, k, m - view.fresh))
    inside = free[(free >= lo) & (free < hi)]
    unlabelled_before = int((order[lo:hi] >= m - view.fresh).sum())
    inside = _shrink(inside, quality, ceil(unlabelled_before**width), rng)
    near = _beside(free, _best_cut(quality), first_above=len(view.labelled_rows) % 2 == 0)
    narrow = np.concatenate([rng.permutation(inside), near[~np.isin(near, inside)]])
    return tuple(np.argsort(order[places] - m) for places in (narrow, near))  # type: ignore[return-value]


def _cut_quality(w: Marks) -> Codes:
    """Compute ``acc(h)`` of every cut, 0 (above all) ... N (below all)."""
    above = np.concatenate([[0], np.cumsum(w, dtype=np.int64)])
    return np.asarray(2 * above - above[-1])


def _best_cut(quality: Codes) -> int:
    """Find the cut with the highest quality; of several, the middle one."""
    best = np.flatnonzero(quality == quality.max())
    return int(best[len(best) // 2])


def _version_space(w: Marks) -> tuple[int, int]:
    """Find where cuts may lie: after the pure positives on top, before the pure negatives below."""
    positive, negative = np.flatnonzero(w > 0), np.flatnonzero(w < 0)
    first_negative = negative[0] if len(negative) else len(w)
    last_positive = positive[-1] if len(positive) else -1
    pure = positive[positive < first_negative]
    below = negative[negative > last_positive]
    return int(pure[-1]) + 1 if len(pure) else 0, int(below[0]) if len(below) else len(w)


def _shrink(inside: Rows, quality: Codes, size: int, rng: np.random.Generator) -> Rows:
    """Drop the end at the worse cut, again and again, until ``size`` places are left."""
    start, stop = 0, len(inside)
    while stop - start > size:
        worse_above = int(quality[inside[start]]) - int(quality[inside[stop - 1] + 1])
        if worse_above < 0 or (worse_above == 0 and rng.random() < 0.5):
            start += 1
        else:
            stop -= 1
    return inside[start:stop]


def _beside(free: Rows, cut: int, first_above: bool) -> Rows:
    """Sort unlabelled places by their distance to a cut, one above and one below it in turn."""
    above, below = free[free < cut][::-1], free[free >= cut]
    turn = np.concatenate([2 * np.arange(len(above)), 2 * np.arange(len(below))])
    turn[len(above) :] += 1 if first_above else -1
    return np.concatenate([above, below])[np.argsort(turn, kind="stable")]
