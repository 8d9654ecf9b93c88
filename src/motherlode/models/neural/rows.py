"""Rows on their way into a network: weights of classes, batches, and rows held out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse
from sklearn.model_selection import StratifiedShuffleSplit

from ...arrays import Codes, Floats, Matrix, Rows
from ...errors import InputError
from ...matrix import is_frame


def dense(X: Matrix) -> Floats:
    """Rows as a dense array in single precision, which networks read."""
    if issparse(X):
        X = X.toarray()
    elif is_frame(X):
        X = nw.from_native(X, eager_only=True).to_numpy()
    return np.asarray(X, dtype=np.float32)


def class_weights(given: Any, classes: np.ndarray[Any, Any], totals: Floats) -> Floats:
    """One weight a class; "balanced" weighs the classes that have rows alike.

    Parameters
    ----------
    given : None, "balanced" or dict from class to float
    classes : ndarray of shape (k,)
    totals : ndarray of shape (k,)
        Weight of each class's rows.
    """
    if given is None:
        return np.ones(len(classes))
    if isinstance(given, str) and given == "balanced":
        present = totals > 0
        even = totals.sum() / present.sum()
        return np.divide(even, totals, out=np.ones(len(totals)), where=present)
    if not isinstance(given, Mapping):
        raise InputError(
            f"class_weight is {given!r}; give None, 'balanced' or a dict from class to weight."
        )
    unknown = [label for label in given if label not in classes.tolist()]
    if unknown:
        raise InputError(
            f"class_weight names {unknown[0]!r}, which is not among the classes {classes.tolist()}."
        )
    weights = np.array([float(given.get(label, 1.0)) for label in classes.tolist()])
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise InputError(f"class_weight is {given!r}; every weight must be a number above 0.")
    return weights


@dataclass(frozen=True, eq=False)
class Batches:
    """The order in which each epoch shows the rows: a sampler of whole batches.

    A last batch that would fall short is filled up with the first rows of the epoch: networks
    are traced for one shape, and batch normalisation fails on a batch of one row.

    Attributes
    ----------
    codes : ndarray of int of shape (m,)
        Classes of the rows.
    size : int
    balanced : bool
        Whether every batch holds the classes in equal numbers, rows of small classes repeated.
    rng : numpy.random.Generator
        Gives every epoch an order of its own.
    """

    codes: Codes
    size: int
    balanced: bool
    rng: np.random.Generator

    def __len__(self) -> int:
        """Rows in an epoch."""
        return -(-len(self.codes) // self.size) * self.size

    def __iter__(self) -> Iterator[int]:
        """Positions of rows, batch after batch."""
        own = [np.arange(len(self.codes))]
        if self.balanced:
            own = [np.flatnonzero(self.codes == c) for c in np.unique(self.codes)]
        turns = [cycle(self.rng.permutation(rows).tolist()) for rows in own]
        return islice((next(turn) for turn in cycle(turns)), len(self))


def held_out(codes: Codes, share: float, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Positions to train on and to hold out, stratified; all and none where that cannot be.

    Each class with a row in either part needs two, and at least one of each is held out.
    """
    n, counts = len(codes), np.unique(codes, return_counts=True)[1]
    size = max(round(share * n), len(counts))
    if counts.min() < 2 or n - size < len(counts):
        return np.arange(n), np.arange(0)
    split = StratifiedShuffleSplit(1, test_size=size, random_state=int(rng.integers(2**31 - 1)))
    kept, out = next(split.split(codes, codes))
    missing = np.setdiff1d(codes, codes[out])
    extra = np.array([kept[codes[kept] == c][0] for c in missing], dtype=np.int64)
    return np.sort(np.setdiff1d(kept, extra)), np.sort(np.concatenate([out, extra]))
