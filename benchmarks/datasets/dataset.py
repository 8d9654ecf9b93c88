"""What a loaded data set is, and what the registry knows of one before it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets.packages import NotFetched, Package
from motherlode.errors import InputError

Kind: TypeAlias = Literal["tabular", "text", "image"]
Data: TypeAlias = NDArray[np.float32] | list[str]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A fully labelled two-class data set.

    Attributes
    ----------
    name : str
        The name it was loaded by.
    data : ndarray of shape (n_rows, n_features), float32, or list of str
        Numbers for the kinds "tabular" and "image" (pixels in [0, 1]), as they come: nothing
        is standardised. Texts for the kind "text".
    labels : ndarray of shape (n_rows,), int8
        1 for the minority class, 0 for the rest.
    kind : {"tabular", "text", "image"}
        What a row is.
    source : str
        The registry and the package that the rows were read from.
    licence : str
        That of the package and that of the data in it.
    note : str
        What to know before reading a result on this set.
    categorical : tuple of int
        Columns that hold the codes of an unordered category.
    """

    name: str
    data: Data
    labels: NDArray[np.int8]
    kind: Kind
    source: str
    licence: str
    note: str = ""
    categorical: tuple[int, ...] = ()

    @property
    def positives(self) -> int:
        """Number of minority rows."""
        return int(self.labels.sum())

    @property
    def prevalence(self) -> float:
        """Share of minority rows, in (0, 0.5)."""
        return self.positives / len(self.labels)


class Rows(NamedTuple):
    """What a reader hands over: the rows, which of them are positive, and the coded columns."""

    data: Data
    positive: NDArray[np.bool_]
    categorical: tuple[int, ...] = ()


class Counts(NamedTuple):
    """What a set must hold; anything else means that the package has changed."""

    rows: int
    features: int | None
    positives: int


@dataclass(frozen=True)
class Entry:
    """One set of the registry: where it is, what it must hold, how it is read."""

    kind: Kind
    counts: Counts
    package: Package
    read: Callable[[], Rows]
    licence: str
    note: str = ""

    def load(self, name: str) -> Dataset:
        """Read the set, and check it against the counts.

        Raises
        ------
        InputError
            If the package holds other rows than it used to.
        NotFetched
            If the package is not on this machine.
        """
        rows = self.read()
        labels = np.asarray(rows.positive).astype(np.int8)
        features = None if isinstance(rows.data, list) else rows.data.shape[1]
        found = Counts(len(rows.data), features, int(labels.sum()))
        if found != self.counts or len(labels) != len(rows.data):
            raise InputError(
                f"{name} from {self.package.source} holds {found}, not {self.counts}: "
                "install the version named in benchmarks/datasets/fetch.sh"
            )
        return Dataset(
            name=name,
            data=rows.data,
            labels=labels,
            kind=self.kind,
            source=self.package.source,
            licence=f"package {self.package.licence}; data {self.licence}",
            note=self.note,
            categorical=rows.categorical,
        )

    def missing(self) -> str | None:
        """What has to be fetched before the set can be read; None if nothing."""
        try:
            self.package.path()
        except NotFetched as lacking:
            return str(lacking)
        return None
