"""A pool seen through a network: the same rows, at the places that its last layer gives them."""

from ..._rows.arrays import Floats, Matrix, Rows
from ...pool import Pool
from ...pool._points import standardised_points


class EmbeddedPool(Pool):
    """A pool whose points are a network's embeddings.

    Models go on reading its features; distances, densities and similarities are those of the
    embeddings, every dimension on one scale.

    Parameters
    ----------
    pool : Pool
    embeddings : ndarray of shape (n, d)
        One for each row.
    """

    def __init__(self, pool: Pool, embeddings: Floats) -> None:
        self.data, self.features, self.transformer = pool.data, pool.features, pool.transformer
        self.progress, self._cache, self._geometry = pool.progress, None, {}
        self._pool, self._embeddings = pool, embeddings
        self.points = standardised_points(embeddings)

    @property
    def vectors(self) -> Matrix:
        """The points, also where features are sparse."""
        return self.points

    def only(self, rows: Rows) -> "EmbeddedPool":
        """Make a pool of some rows."""
        return EmbeddedPool(self._pool.only(rows), self._embeddings[rows])
