"""Exact nearest neighbours from matrix products over all pairs of points, each pair once.

Squared distances of a block of pairs are compared with the worst of the best so far of either
point; the few that beat it are put aside and merged in when there are enough of them. Points are
first sorted so that near ones share blocks: then the first bounds are tight.

Many points are searched in single precision, with a few more neighbours than wanted. Those are
measured again in double precision; a point for which rounding could have hidden a neighbour is
searched again.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .._rows.arrays import Floats, Rows
from ._blocks import blocks, centred, in_parts, pairs
from ._graph import Neighbours
from ._progress import Progress, silent

_BLOCK_ROWS = 1_024
_DOUBLE_ROWS = 10_000  # up to here double precision costs nothing worth saving
_SPARE = 8  # neighbours beyond those wanted
_LARGEST_SQUARE = 1e30  # single precision ends at 1e38
_GATHERED = 4_000_000  # coordinates held at a time: 32 MB
_PENDING = 8  # finds a row, put aside before they are merged


def all_pairs_neighbours(points: Floats, k: int, *, progress: Progress = silent) -> Neighbours:
    """The exact k nearest neighbours of every point, equally near ones by id.

    Parameters
    ----------
    points : ndarray of shape (n, d)
    k : int
        Less than n.
    progress : callable
        See `motherlode.geometry.Progress`.

    Notes
    -----
    Time O(n² d / 2), memory O(n (d + k)).
    """
    n, P = len(points), centred(points)
    squares = squared_lengths(P)
    m = min(k + _SPARE, n - 1)
    if n <= _DOUBLE_ROWS or m == n - 1 or squares.max() > _LARGEST_SQUARE:
        ids, _ = _candidates(P, m, np.float64, progress)
        return Neighbours(*_measured(P, ids, k))
    ids, cut = _candidates(P, m, np.float32, progress)
    found, distances = _measured(P, ids, k)
    sure = np.maximum(cut - _rounding(squares, cut, P.shape[1]), 0.0)
    doubtful = np.flatnonzero(distances[:, -1] ** 2 > sure)
    if len(doubtful) > 0.05 * n:
        ids, _ = _candidates(P, m, np.float64, progress)
        return Neighbours(*_measured(P, ids, k))
    found[doubtful], distances[doubtful] = _one_by_one(P, squares, doubtful, k)
    return Neighbours(found, distances)


def _rounding(squares: Floats, cut: Floats, d: int) -> Floats:
    """The most by which a squared distance below ``cut`` is off in single precision.

    A sum of products of length d + 2 is off by at most (d + 2) u |x| |y|; a point within the
    cut is no longer than x and the cut together.
    """
    x = np.sqrt(squares)
    return np.asarray((d + 4) * 2.0**-24 * (2.0 * x + np.sqrt(np.maximum(cut, 0.0))) ** 2)


@dataclass
class _Best:
    """The nearest found so far of every point, and finds not merged yet."""

    distances: NDArray[np.floating]
    ids: NDArray[np.int32]
    bound: NDArray[np.floating]
    pending: dict[int, list[tuple[Rows, Rows, Floats]]] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)

    def copy(self) -> "_Best":
        """The same finds, to be added to apart from these; nothing may be pending."""
        return _Best(self.distances.copy(), self.ids.copy(), self.bound.copy())

    def offer(self, block: int, rows: Rows, ids: Rows, distances: Floats) -> None:
        """Put finds for points of a block aside."""
        self.pending.setdefault(block, []).append((rows, ids, distances))
        self.waiting[block] = self.waiting.get(block, 0) + len(rows)
        if self.waiting[block] > _PENDING * _BLOCK_ROWS:
            self.merge(block)

    def merge(self, block: int) -> None:
        """Take in what was put aside for a block."""
        finds = self.pending.pop(block, [])
        self.waiting[block] = 0
        rows, ids, distances = (np.concatenate(part) for part in zip(*finds, strict=True))
        still = np.flatnonzero(distances <= self.bound[rows])
        # By row, then distance, then id: the same whatever was merged when.
        still = still[np.lexsort((ids[still], distances[still], rows[still]))]
        rows, ids, distances = rows[still], ids[still], distances[still]
        if not len(rows):
            return
        row, start, count = np.unique(rows, return_index=True, return_counts=True)
        m = self.ids.shape[1]
        place = np.arange(len(rows)) - np.repeat(start, count)
        kept = place < m  # no row has more than m of them among its best
        owner, column = np.repeat(np.arange(len(row)), count)[kept], m + place[kept]
        width = m + min(int(count.max()), m)
        D = np.full((len(row), width), np.inf, dtype=self.distances.dtype)
        near = np.full((len(row), width), -1, dtype=np.int32)
        D[:, :m], near[:, :m] = self.distances[row], self.ids[row]
        D[owner, column], near[owner, column] = distances[kept], ids[kept]
        best = np.argpartition(D, m - 1, axis=1)[:, :m]
        D = np.take_along_axis(D, best, axis=1)
        self.distances[row], self.bound[row] = D, D.max(axis=1)
        self.ids[row] = np.take_along_axis(near, best, axis=1)

    def merge_all(self) -> None:
        """Take in all that was put aside."""
        for block in list(self.pending):
            self.merge(block)


def _candidates(P: Floats, m: int, dtype: DTypeLike, progress: Progress) -> tuple[Rows, Floats]:
    """The m nearest of every point by products in some precision, and the largest square."""
    order = _near_together(P, _BLOCK_ROWS)
    S = P[order].astype(dtype)
    squares, one = squared_lengths(S)[:, None], np.ones((len(S), 1), dtype)
    left, right = np.hstack([-2.0 * S, squares, one]), np.hstack([S, one, squares])
    left, right = left.astype(dtype), right.astype(dtype)
    rows = blocks(len(S), max(_BLOCK_ROWS, m + 1))
    if len(rows) > 1 and rows[-1].stop - rows[-1].start <= m:  # too short to have m of its own
        rows[-2:] = [slice(rows[-2].start, rows[-1].stop)]
    first = _within_blocks(left, right, rows, m)
    parts = in_parts(lambda part: _search(left, right, rows, first.copy(), part, progress))
    D = np.hstack([part.distances for part in parts])
    ids = np.hstack([part.ids for part in parts])
    found, cut = np.empty((len(S), m), np.int64), np.empty(len(S))
    for block in rows:
        # Both parts hold what lies within a block, and it must not count twice.
        by_id = np.argsort(ids[block], axis=1, kind="stable")
        near = np.take_along_axis(ids[block], by_id, axis=1)
        value = np.take_along_axis(D[block], by_id, axis=1)
        value[:, 1:][near[:, 1:] == near[:, :-1]] = np.inf
        best = np.argsort(value, axis=1, kind="stable")[:, :m]
        found[order[block]] = order[np.take_along_axis(near, best, axis=1)]
        cut[order[block]] = np.take_along_axis(value, best[:, -1:], axis=1)[:, 0]
    return found, cut


def _near_together(P: Floats, size: int) -> Rows:
    """The points in the order of the leaves of a tree: halves along the widest coordinate."""
    leaves: list[Rows] = []
    open_ = [np.arange(len(P))]
    while open_:
        rows = open_.pop()
        if len(rows) <= size:
            leaves.append(rows)
            continue
        half = len(rows) // 2
        axis = int(P[rows].var(axis=0).argmax())
        by_axis = rows[np.argpartition(P[rows, axis], half)]
        open_ += [by_axis[half:], by_axis[:half]]
    return np.concatenate(leaves)


def _search(
    left: Floats, right: Floats, rows: list[slice], best: _Best, part: int, progress: Progress
) -> _Best:
    """The nearest by a part of the pairs of blocks, added to those found within blocks."""
    longest = max(block.stop - block.start for block in rows)
    room, flags = np.empty(longest * longest, left.dtype), np.empty(longest * longest, np.bool_)
    at = -1
    for a, b in pairs(len(rows), part):
        A, B = rows[a], rows[b]
        D = room[: (A.stop - A.start) * (B.stop - B.start)].reshape(A.stop - A.start, -1)
        np.matmul(left[A], right[B].T, out=D)
        i, j, square = _below(D, best.bound[A, None], flags)
        if len(i):
            best.offer(a, i + A.start, j + B.start, square)
        i, j, square = _below(D, best.bound[None, B], flags)
        if len(i):
            best.offer(b, j + B.start, i + A.start, square)
        if part == 0 and a != at:
            at = a
            progress("Nearest neighbours", 1.0 - (1.0 - a / len(rows)) ** 2)
    best.merge_all()
    if part == 0:
        progress("Nearest neighbours", 1.0)
    return best


def _within_blocks(left: Floats, right: Floats, rows: list[slice], m: int) -> _Best:
    """The nearest among the points of each point's own block."""
    n = len(left)
    D, ids = np.empty((n, m), left.dtype), np.empty((n, m), np.int32)
    for block in rows:
        own = left[block] @ right[block].T
        np.fill_diagonal(own, np.inf)
        near = np.argpartition(own, m - 1, axis=1)[:, :m]
        D[block], ids[block] = np.take_along_axis(own, near, axis=1), near + block.start
    return _Best(D, ids, D.max(axis=1))


def _below(
    D: Floats, bound: NDArray[np.floating], flags: NDArray[np.bool_]
) -> tuple[Rows, Rows, Floats]:
    """Row, column and value of the cells of a block that are at most their bound."""
    flat = np.less_equal(D, bound, out=flags[: D.size].reshape(D.shape)).ravel()
    whole = D.size - D.size % 8
    # Few cells are: eight flags are looked at at a time.
    eights = np.flatnonzero(flat[:whole].view(np.uint64))
    near = (8 * eights[:, None] + np.arange(8)).ravel()
    cells = np.concatenate([near[flat[near]], whole + np.flatnonzero(flat[whole:])])
    i, j = np.divmod(cells, D.shape[1])
    return i, j, D.ravel()[cells]


def _measured(P: Floats, ids: Rows, k: int) -> tuple[Rows, Floats]:
    """The k nearest of some candidates of each point, by differences in double precision."""
    found, distances = np.empty((len(P), k), np.int64), np.empty((len(P), k))
    for block in blocks(len(P), max(1, _GATHERED // (ids.shape[1] * P.shape[1]))):
        found[block], distances[block] = nearest_of(P, np.arange(len(P))[block], ids[block], k)
    return found, distances


def nearest_of(P: Floats, rows: Rows, ids: Rows, k: int) -> tuple[Rows, Floats]:
    """The k nearest among candidates ``ids`` of each of ``rows``, nearest first, then by id."""
    by_id = np.sort(ids, axis=1)
    difference = P[by_id] - P[rows][:, None]
    squares = np.einsum("ijk,ijk->ij", difference, difference)
    best = np.argsort(squares, axis=1, kind="stable")[:, :k]
    near: Rows = np.take_along_axis(by_id, best, axis=1)
    return near, np.sqrt(np.take_along_axis(squares, best, axis=1))


def _one_by_one(P: Floats, squares: Floats, rows: Rows, k: int) -> tuple[Rows, Floats]:
    """The k nearest of some points, each compared with all in double precision."""
    found, distances = np.empty((len(rows), k), np.int64), np.empty((len(rows), k))
    m = min(k + _SPARE, len(P) - 1)
    for block in blocks(len(rows), max(1, _GATHERED // len(P))):
        D = squares - 2.0 * (P[rows[block]] @ P.T)
        D[np.arange(len(D)), rows[block]] = np.inf
        near = np.argpartition(D, m - 1, axis=1)[:, :m]
        found[block], distances[block] = nearest_of(P, rows[block], near, k)
    return found, distances


def neighbours_of_some(points: Floats, squares: Floats, rows: Rows, k: int) -> Rows:
    """Ids of the exact k nearest neighbours of a few points, itself left out, nearest first.

    Parameters
    ----------
    points : ndarray of shape (n, d)
        Not far from the origin, compared with their distances.
    squares : ndarray of shape (n,)
        Their squared lengths.
    rows : ndarray of int64 of shape (m,)
    k : int
        Less than n.

    Returns
    -------
    ndarray of int64 of shape (m, k)
    """
    return _one_by_one(points, squares, rows, k)[0]


def squared_lengths(points: Floats) -> Floats:
    """``|x|²`` of every point."""
    return np.asarray(np.einsum("ij,ij->i", points, points))
