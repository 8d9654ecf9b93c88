"""Approximate nearest neighbours past the size of exact ones: inverted lists of faiss."""

from typing import Any

import faiss
import numpy as np

from .._rows.arrays import Floats, Rows
from ._blocks import blocks
from ._exact import neighbours_of_some
from ._graph import Neighbours, drop_self
from ._progress import Progress, silent

LEAST_RECALL = 0.95
"""Of the true neighbours; an index that finds fewer is used for want of better only."""

_CHECKED = 256
_ADDED = 65_536  # points copied to single precision at a time
_ASKED = 16_384
_TRAINED_ON = 40  # points for each list


class InvertedLists:
    """Points in ``4 sqrt(n)`` clusters, of which those nearest to a point are searched for ``k``.

    How many are searched is doubled until `LEAST_RECALL` of the true neighbours of 256 random
    points are found, or an eighth of all clusters is searched. `recall` is the share found.

    References
    ----------
    Jégou, Douze & Schmid (2011), Product quantization for nearest neighbor search, IEEE TPAMI
    (inverted lists). Douze et al. (2024), The Faiss library, arXiv:2401.08281.
    """

    def __init__(self, points: Floats, k: int, *, progress: Progress = silent) -> None:
        self._points, self._k = points, k
        rng, n = np.random.default_rng(0), len(points)
        lists = int(4 * np.sqrt(n))
        progress("Index of neighbours", 0.0)
        self._index: Any = faiss.index_factory(points.shape[1], f"IVF{lists},Flat")
        drawn = np.sort(rng.choice(n, min(_TRAINED_ON * lists, n), replace=False))
        self._index.train(_single(points[drawn]))
        for part in blocks(n, _ADDED):
            self._index.add(_single(points[part]))
        rows = np.sort(rng.choice(n, min(_CHECKED, n), replace=False))
        self.recall = self._widen(rows, neighbours_of_some(points, rows, k), lists // 8)
        progress("Index of neighbours", 1.0)

    def neighbours(self, progress: Progress = silent) -> Neighbours:
        """Find those of all points."""
        n = len(self._points)
        ids = np.empty((n, self._k), np.int64)
        distances: Any = np.empty((n, self._k), np.float32)  # the index knows no more digits
        for part in blocks(n, _ASKED):
            ids[part], distances[part] = self._find(np.arange(n)[part])
            progress("Nearest neighbours", part.stop / n)
        return Neighbours(ids, distances, self.recall)

    def _widen(self, rows: Rows, known: Rows, most: int) -> float:
        """Search the fewest lists that find enough, at most ``most``, and return the recall."""
        self._index.nprobe = min(8, most)
        while True:
            found, _ = self._find(rows)
            hits = sum(len(np.intersect1d(a, b)) for a, b in zip(found, known, strict=True))
            recall = hits / known.size
            if recall >= LEAST_RECALL or self._index.nprobe >= most:
                return recall
            self._index.nprobe = min(2 * self._index.nprobe, most)

    def _find(self, rows: Rows) -> tuple[Rows, Floats]:
        squares, ids = self._index.search(_single(self._points[rows]), self._k + 1)
        ids, distances = drop_self(rows, ids, np.sqrt(np.maximum(squares, 0.0)))
        short = np.flatnonzero((ids < 0).any(axis=1))  # the lists searched hold too few points
        if len(short):
            ids[short] = neighbours_of_some(self._points, rows[short], self._k)
            difference = self._points[ids[short]] - self._points[rows[short]][:, None]
            distances[short] = np.linalg.norm(difference, axis=2)
        return ids, distances


def _single(points: Floats) -> Any:
    return np.ascontiguousarray(points, dtype=np.float32)
