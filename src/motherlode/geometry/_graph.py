"""A graph of nearest neighbours."""

from dataclasses import dataclass
from typing import Any

from .._rows.arrays import Floats, Rows


@dataclass(frozen=True)
class Neighbours:
    """The k nearest neighbours of every point, itself left out, nearest first.

    Attributes
    ----------
    ids : ndarray of int64 of shape (n, k)
        Places of the neighbours.
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
        """Keep the k nearest of them.

        Parameters
        ----------
        k : int
            If there are fewer, all are kept.

        Returns
        -------
        Neighbours
        """
        return Neighbours(self.ids[:, :k], self.distances[:, :k], self.recall)


def drop_self(rows: Rows, ids: Rows, *others: Any) -> list[Any]:
    """Drop each row from its k + 1 nearest ``ids``, and the same cells from what goes with them.

    A row among many copies of itself may be missing there; then the last neighbour is dropped.
    """
    own = ids == rows[:, None]
    own[~own.any(axis=1), -1] = True
    return [each[~own].reshape(len(ids), -1) for each in (ids, *others)]
