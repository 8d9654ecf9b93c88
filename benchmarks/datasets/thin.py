"""Make a class rarer by dropping some of its rows, always the same ones."""

import numpy as np
from numpy.typing import NDArray


def thin(positive: NDArray[np.bool_], ratio: int, seed: int = 0) -> NDArray[np.int64]:
    """Rows to keep so that there is one positive to `ratio` negatives.

    Parameters
    ----------
    positive : ndarray of shape (n_rows,), bool
        Which rows are positive.
    ratio : int
        Negatives kept for each positive; all negatives are kept.
    seed : int
        Of the draw of the positives that stay.

    Returns
    -------
    ndarray of int64
        Kept rows in their old order.
    """
    negatives = np.flatnonzero(~positive)
    kept = np.random.default_rng(seed).choice(
        np.flatnonzero(positive), size=round(len(negatives) / ratio), replace=False
    )
    return np.sort(np.concatenate([negatives, kept]))
