"""Rows on their way into a network: weights of classes, batches, and rows held out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse
from sklearn.model_selection import StratifiedShuffleSplit

from ..._rows.arrays import Codes, Floats, Matrix, Rows
from ..._rows.matrix import is_frame
from ...errors import InputError


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
        return np.divide(
            totals.sum() / present.sum(), totals, out=np.ones(len(totals)), where=present
        )
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
    """The batches of one epoch after the other, all of the same size.

    A last batch that would fall short is filled up with the first rows of the epoch: networks
    are compiled for one shape, and labelled rows grow with every round.

    Attributes
    ----------
    codes : ndarray of int of shape (m,)
        Classes of the rows.
    size : int
    balanced : bool
        Whether every batch holds the classes in equal numbers, rows of small classes repeated.
    """

    codes: Codes
    size: int
    balanced: bool = False

    def epoch(self, rng: np.random.Generator) -> Iterator[Rows]:
        """Positions of rows, a batch at a time."""
        n = len(self.codes)
        count = -(-n // self.size)
        order = self._balanced(rng) if self.balanced else cycle(rng.permutation(n).tolist())
        for _ in range(count):
            yield np.fromiter(islice(order, self.size), dtype=np.int64, count=self.size)

    def _balanced(self, rng: np.random.Generator) -> Iterator[int]:
        """Rows of one class after the other; each class in an order of its own."""
        own = [np.flatnonzero(self.codes == c) for c in np.unique(self.codes)]
        turns = [cycle(rng.permutation(rows).tolist()) for rows in own]
        while True:
            for turn in turns:
                yield next(turn)


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
