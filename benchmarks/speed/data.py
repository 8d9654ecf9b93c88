"""The pool that everything is timed on, and its first labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np

COLUMNS = 32
KNOWN = 100
BATCH = 10

_BLOCK = 10_000  # so that making the pool takes no more memory than holding it


@dataclass(frozen=True)
class Setting:
    """A pool of 30 clusters of inner dimension 8 in 32 columns or more, as embeddings have.

    Attributes
    ----------
    X : ndarray of float32 of shape (n, columns)
    y : ndarray of int64 of shape (n,)
        1 in one cluster of about one row in a hundred.
    labelled : ndarray of int64 of shape (100,)
        Rows known from the start, ten of them positive.
    """

    X: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]
    labelled: np.ndarray[Any, Any]


def setting(n: int, seed: int = 0, columns: int = COLUMNS) -> Setting:
    """The pool of n rows, at least a thousand."""
    rng = np.random.default_rng(seed)
    weights = np.r_[0.01, np.full(29, 0.99 / 29)]
    cluster = rng.choice(30, size=n, p=weights)
    cluster[:20] = 0
    centres, turn = 2.0 * rng.normal(size=(30, 8)), rng.normal(size=(8, columns))
    X = np.empty((n, columns), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        part = slice(start, start + _BLOCK)
        inner = centres[cluster[part]] + rng.normal(size=(len(cluster[part]), 8))
        X[part] = inner @ turn + 0.3 * rng.normal(size=(len(inner), columns))
    y = (cluster == 0).astype(np.int64)
    known = np.r_[np.flatnonzero(y == 1)[:10], np.flatnonzero(y == 0)[: KNOWN - 10]]
    return Setting(X, y, rng.permutation(known))
