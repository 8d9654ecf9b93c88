"""The nearest of some centres to every point, as centres are added.

A squared distance is always the sum of the squared differences. Matrix products and the triangle
inequality only say which distances need not be computed. So the answer is the same, to the last
bit, whether centres come one by one or all at once.
"""

from dataclasses import dataclass

import numpy as np

from .._rows.arrays import Codes, Floats, Rows
from ._blocks import blocks
from ._exact import squared_lengths

_CELLS = 2**18  # distances held at a time: 1 or 2 MB
_GATHERED = 2**20  # coordinates held at a time: 4 or 8 MB
_NEAR_PROCESSOR = 2**25  # bytes of points up to which a product with all costs least
_FEW = 0.05  # and above that share of points in question


@dataclass(frozen=True)
class NearestCentre:
    """Which of some centres is nearest to every point, and how far it is.

    Attributes
    ----------
    squares : ndarray of shape (n,)
        Squared distances, of the points' precision; infinite while there is no centre.
    owner : ndarray of int32 of shape (n,)
        The nearest centre, the first of equally near ones.
    centres : ndarray of shape (m, d)
        In the order in which they were added.
    """

    squares: Floats
    owner: Codes
    centres: Floats

    @classmethod
    def none(cls, points: Floats) -> "NearestCentre":
        """Begin without centres.

        Parameters
        ----------
        points : ndarray of shape (n, d)
        """
        n, d = points.shape
        squares = np.full(n, np.inf, points.dtype)
        return cls(squares, np.full(n, -1, np.int32), np.empty((0, d), points.dtype))

    def add(self, points: Floats, lengths: Floats, more: Floats) -> "NearestCentre":
        """Add centres.

        Parameters
        ----------
        points : ndarray of shape (n, d)
        lengths : ndarray of shape (n,)
            Their squared lengths.
        more : ndarray of shape (k, d)
            The new centres.
        """
        squares, owner = self.squares.copy(), self.owner.copy()
        if len(more) == 1 and len(self.centres):
            near, found = self._near(points, lengths, more[0])
            closer = np.flatnonzero(found < squares[near])
            squares[near[closer]], owner[near[closer]] = found[closer], len(self.centres)
        else:
            lengths_of_more = squared_lengths(more)
            for rows in blocks(len(points), max(1, _CELLS // len(more))):
                which, found = _nearest(points[rows], lengths[rows], more, lengths_of_more)
                closer = np.flatnonzero(found < squares[rows])
                place = closer + rows.start
                squares[place], owner[place] = found[closer], which[closer] + len(self.centres)
        return NearestCentre(squares, owner, np.concatenate([self.centres, more]))

    def _near(self, points: Floats, lengths: Floats, centre: Floats) -> tuple[Rows, Floats]:
        """Find the points that a new centre may be nearest to, and how far they are."""
        slack = _slack(points)
        if points.nbytes > _NEAR_PROCESSOR:
            # No point is nearer to the new centre if its own is less than half as far as they are.
            apart = self.centres - centre
            limit = np.einsum("ij,ij->i", apart, apart) * (1.0 - slack) / 4.0
            near = np.flatnonzero(self.squares > limit[self.owner])
            if len(near) < _FEW * len(points):
                return near, _squares(points, near, centre)
        least = points @ (-2.0 * centre)
        least += (1.0 - slack) * lengths
        near = np.flatnonzero(least < self.squares - (1.0 - slack) * (centre @ centre))
        return near, _squares(points, near, centre)


def _slack(points: Floats) -> float:
    """Bound the share of ``|x|² + |c|²`` by which rounding may move a squared distance."""
    return float(4.0 * (points.shape[1] + 4) * np.finfo(points.dtype).eps)


def _squares(points: Floats, rows: Rows, centre: Floats) -> Floats:
    """Compute the squared distances of some points to a centre."""
    found = np.empty(len(rows), points.dtype)
    for part in blocks(len(rows), max(1, _GATHERED // points.shape[1])):
        apart = points[rows[part]] - centre
        found[part] = np.einsum("ij,ij->i", apart, apart)
    return found


def _nearest(
    points: Floats, lengths: Floats, centres: Floats, lengths_of_centres: Floats
) -> tuple[Codes, Floats]:
    """Find the nearest of several centres to each of a block of points, and how far it is."""
    every = np.arange(len(points))
    products = points @ (-2.0 * centres).T
    products += lengths_of_centres
    which = products.argmin(axis=1)
    least = products[every, which]
    apart = points - centres[which]
    found = np.einsum("ij,ij->i", apart, apart)
    # Where rounding could hide a nearer centre, the distances to all are computed.
    most = least + 2.0 * _slack(points) * (lengths + lengths_of_centres.max())
    products[every, which] = np.inf
    doubtful = np.flatnonzero(products[every, products.argmin(axis=1)] <= most)
    products[every, which] = least
    for part in blocks(len(doubtful), max(1, _GATHERED // centres.size)):
        rows = doubtful[part]
        apart_of_all = points[rows][:, None] - centres
        each = np.einsum("ijk,ijk->ij", apart_of_all, apart_of_all)
        which[rows] = each.argmin(axis=1)
        found[rows] = each.min(axis=1)
    return which, found
