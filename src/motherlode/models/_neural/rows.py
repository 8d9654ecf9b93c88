"""Rows on their way into a network: weights of classes, batches, and rows held out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse
from sklearn.model_selection import train_test_split

from ..._rows.arrays import Codes, Floats, Matrix, Rows
from ..._rows.matrix import is_frame
from ...errors import InputError


def dense(X: Matrix) -> Floats:
    """Return rows as a dense array in single precision, which networks read."""
    if issparse(X):
        X = X.toarray()
    elif is_frame(X):
        X = nw.from_native(X, eager_only=True).to_numpy()
    return np.asarray(X, dtype=np.float32)


def class_weights(given: Any, classes: np.ndarray[Any, Any], totals: Floats) -> Floats:
    """Return one weight a class, shape (k,), from the total weight of each class's rows.

    "balanced" weighs the classes that have rows alike; a class that a dict leaves out weighs 1.
    scikit-learn's `compute_class_weight` fails on a class without rows.
    """
    if isinstance(given, str) and given == "balanced":
        even = totals.sum() / (totals > 0).sum()
        return np.divide(even, totals, out=np.ones(len(totals)), where=totals > 0)
    names, given = classes.tolist(), {} if given is None else given
    known = isinstance(given, Mapping) and all(label in names for label in given)
    if not known or not all(np.isfinite(w) and w > 0 for w in given.values()):
        raise InputError(
            f"class_weight is {given!r}; give None, 'balanced' or a dict from some of the classes "
            f"{names} to numbers above 0."
        )
    return np.array([float(given.get(label, 1.0)) for label in names])


@dataclass(frozen=True, eq=False)
class Batches:
    """The order in which each epoch shows the rows: a sampler of whole batches.

    A last batch that would fall short is filled up with the first rows of the epoch: networks
    are traced for one shape, and batch normalisation fails on a batch of one row. Keras' own
    order is no choice: on TensorFlow, under a seed, it is the same in every epoch.

    Attributes
    ----------
    codes : ndarray of int of shape (m,)
        Classes of the rows.
    balanced : bool
        Whether every batch holds the classes in equal numbers, rows of small classes repeated.
    """

    codes: Codes
    size: int
    balanced: bool
    rng: np.random.Generator

    def __len__(self) -> int:
        """Count the rows in an epoch."""
        return -(-len(self.codes) // self.size) * self.size

    def __iter__(self) -> Iterator[int]:
        """Give positions of rows, batch after batch."""
        groups = np.unique(self.codes) if self.balanced else [self.codes]
        own = [np.flatnonzero(self.codes == group) for group in groups]
        turns = [cycle(self.rng.permutation(rows).tolist()) for rows in own]
        return islice((next(turn) for turn in cycle(turns)), len(self))


def held_out(codes: Codes, share: float, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Return positions to train on and to hold out, stratified; all and none where that cannot be.

    Each class with a row in either part needs two, and at least one of each is held out.
    """
    n, counts = len(codes), np.unique(codes, return_counts=True)[1]
    size = max(round(share * n), len(counts))
    if counts.min() < 2 or n - size < len(counts):
        return np.arange(n), np.arange(0)
    seed = int(rng.integers(2**31 - 1))
    kept, out = train_test_split(np.arange(n), test_size=size, stratify=codes, random_state=seed)
    missing = np.setdiff1d(codes, codes[out])
    extra = np.array([kept[codes[kept] == c][0] for c in missing], dtype=np.int64)
    return np.sort(np.setdiff1d(kept, extra)), np.sort(np.concatenate([out, extra]))
