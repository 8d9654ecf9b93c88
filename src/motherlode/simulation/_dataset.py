"""A data set whose labels are all known, and its split into a pool to label and a test part."""

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from .._rows.arrays import Matrix, Rows
from .._rows.matrix import is_frame, n_rows, take
from ..errors import InputError
from ..estimation._value import check_share

# Streams of random numbers of one seed, independent of each other and of the learner's.
SPLIT, START = 1, 2


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows with known labels, to simulate labelling sessions on.

    Parameters
    ----------
    name : str
        What tables and charts call it.
    data : array, sparse matrix, frame or list of str, of n rows
        Anything `motherlode.Pool` takes, but a path.
    labels : array-like of shape (n,)
        The class of every row: integers, strings or booleans.
    minority : label, or collection of labels, optional
        The positive class or classes. By default the rarest.

    Raises
    ------
    InputError
        If data and labels do not fit together, or no class is positive, or all are.

    Examples
    --------
    >>> fruit = Dataset("fruit", [[0.0], [0.1], [0.9]], ["pear", "pear", "quince"])
    >>> fruit.minority, fruit.is_positive
    (('quince',), array([False, False,  True]))
    """

    name: str
    data: Matrix
    labels: Any
    minority: Any = None

    def __post_init__(self) -> None:
        if isinstance(self.data, str | PathLike):
            raise InputError(
                f"The data of {self.name!r} is a path; read it and hand over rows and labels."
            )
        labels = _check_labels(self.labels, n_rows(self.data), self.name)
        object.__setattr__(self, "data", _make_indexable(self.data))
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "minority", _choose_minority(self.minority, labels, self.name))

    @property
    def classes(self) -> list[Any]:
        """The different labels, sorted."""
        return list(np.unique(self.labels).tolist())

    @property
    def is_positive(self) -> NDArray[np.bool_]:
        """Whether a row is of a positive class, shape (n,)."""
        return are_positive(self.labels, self.minority)

    @cached_property
    def leaks(self) -> dict[str, str]:
        """Columns that give the labels away, each with how: it equals them, or maps onto them."""
        from ..pool._leaks import find_leaks

        return find_leaks(self.data, range(len(self.labels)), self.labels.tolist())

    def __repr__(self) -> str:
        counts = f"{len(self.labels):,} rows, {self.is_positive.sum():,} positive"
        return f"Dataset({self.name!r}, {counts})"


def are_positive(labels: NDArray[Any], minority: tuple[Any, ...]) -> NDArray[np.bool_]:
    """Say whether each label is a positive one."""
    return np.isin(labels, np.array(minority, dtype=labels.dtype))


def split(
    dataset: Dataset, seed: int, test_share: float = 0.4
) -> tuple[Matrix, NDArray[Any], Matrix, NDArray[Any]]:
    """Split a data set into a pool and a test part, the same way for the same seed.

    Every class is split by itself, so both parts hold its share of rows, and at least one row of
    a class that has two; the only row of a class goes to the pool. Rows come in random order, so
    their place tells nothing.

    Parameters
    ----------
    dataset : Dataset
        The rows to split.
    seed : int
        Sets which rows go where, and their order.
    test_share : float in (0, 1), default 0.4
        The share of the rows that go to the test part.

    Returns
    -------
    pool_data, pool_labels, test_data, test_labels
        The data in the container they came in.

    Raises
    ------
    InputError
        If the pool and the test part cannot both hold positive rows and others.
    """
    check_share(test_share, "test_share")
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(SPLIT,)))
    for_test = np.concatenate(
        [_draw(rng, np.flatnonzero(dataset.labels == c), test_share) for c in dataset.classes]
    )
    in_test = np.zeros(len(dataset.labels), dtype=bool)
    in_test[for_test] = True
    positive = dataset.is_positive
    for part in (in_test, ~in_test):
        if not (positive[part].any() and (~positive[part]).any()):
            raise InputError(
                f"The data set {dataset.name!r} has too few rows to split: a positive class and "
                "another need two rows each, one for the pool and one for the test part."
            )
    pool, test = (rng.permutation(np.flatnonzero(part)) for part in (~in_test, in_test))
    pool_data, test_data = take(dataset.data, pool), take(dataset.data, test)
    return pool_data, dataset.labels[pool], test_data, dataset.labels[test]


def _draw(rng: np.random.Generator, rows: Rows, share: float) -> Rows:
    n = 0 if rows.size == 1 else int(np.clip(round(share * rows.size), 1, rows.size - 1))
    return rng.permutation(rows)[:n]


def _make_indexable(data: Any) -> Matrix:
    """Put the data into a container that `motherlode._rows.matrix.take` indexes by place."""
    if issparse(data):
        return data.tocsr()
    if isinstance(data, np.ndarray) or is_frame(data):
        return data
    items = list(data)
    return items if all(isinstance(item, str) for item in items) else np.asarray(items)


def _check_labels(labels: Any, n: int, name: str) -> NDArray[Any]:
    known = np.asarray(labels)
    if known.ndim != 1 or known.size != n:
        raise InputError(
            f"The data set {name!r} has {n} rows and labels of shape {known.shape}; give one "
            "label for each row."
        )
    if known.dtype == object:
        if {type(label) for label in known.tolist()} not in ({str}, {int}, {bool}):
            raise InputError(
                f"The labels of {name!r} mix types or have gaps; make them all integers or all "
                "strings."
            )
        known = np.array(known.tolist())
    if known.dtype.kind == "f" and not np.isfinite(known).all():
        raise InputError(f"Some labels of {name!r} are missing; a simulation must know them all.")
    return known


def _choose_minority(minority: Any, labels: NDArray[Any], name: str) -> tuple[Any, ...]:
    classes, counts = np.unique(labels, return_counts=True)
    if classes.size < 2:
        raise InputError(f"The data set {name!r} has {classes.size} class; there must be two.")
    if minority is None:
        return (classes[counts.argmin()].item(),)
    several = isinstance(minority, list | tuple | set | frozenset | np.ndarray)
    positive_class = sorted(np.asarray(list(minority) if several else [minority]).tolist())
    unknown = [label for label in positive_class if label not in classes.tolist()]
    if unknown or not positive_class or len(positive_class) >= classes.size:
        raise InputError(
            f"The positive classes in {name!r} are {positive_class}; they must be some of "
            f"{classes.tolist()}, not all."
        )
    return tuple(positive_class)
