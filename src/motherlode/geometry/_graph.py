"""A graph of nearest neighbours."""

from dataclasses import dataclass

import numpy as np

from .._rows.arrays import Floats, Rows


@dataclass(frozen=True)
class Neighbours:
    """The k nearest neighbours of every point, itself left out, nearest first.

    Attributes
    ----------
    ids : ndarray of int64 of shape (n, k)
    distances : ndarray of shape (n, k)
        Euclidean.
    recall : float
        Share of the true neighbours found, measured on a random sample of points; 1 where they
        are exact.
    """

    ids: Rows
    distances: Floats
    recall: float = 1.0

    def first(self, k: int) -> "Neighbours":
        """The k nearest of them."""
        if k >= self.ids.shape[1]:
            return self
        return Neighbours(self.ids[:, :k], self.distances[:, :k], self.recall)


def without_self(ids: Rows, distances: Floats, rows: Rows) -> tuple[Rows, Floats]:
    """Of k + 1 neighbours, nearest first, all but the row; or but the last, if it is not there.

    A row among many copies of itself may be missing from its own neighbours.
    """
    own = ids == rows[:, None]
    own[~own.any(axis=1), -1] = True
    shape = len(ids), ids.shape[1] - 1
    return ids[~own].reshape(shape).astype(np.int64), distances[~own].reshape(shape)
