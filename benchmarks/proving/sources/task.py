"""One task: a pool whose rows are labelled, cut so that one class of it is rare."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.datasets.packages import NotFetched

Data: TypeAlias = NDArray[np.float32] | pd.DataFrame | list[str]

KINDS = (
    "numbers",
    "mixed",
    "missing",
    "posts",
    "newswire",
    "messages",
    "glosses",
    "abstracts",
    "lines",
    "languages",
    "pictures",
    "vectors",
)
"""What a row can be; a task has one of them."""


class Rows(NamedTuple):
    """The rows of a task in a shuffled order, and which of them are of the rare class."""

    data: Data
    positive: NDArray[np.bool_]


class Folder(Protocol):
    """Where a source's files are: a package, or a folder beside the project."""

    @property
    def source(self) -> str:
        """The registry and the package, or the name of the folder."""

    @property
    def licence(self) -> str:
        """That of the package."""

    def path(self, *parts: str) -> Path:
        """Path of a file; raises NotFetched if it is not there."""


@dataclass(frozen=True)
class Task:
    """A rare class to be found in a pool.

    Attributes
    ----------
    name : str
        Source, class and ratio, such as "yeast/exc:40"; no other task has it.
    source : str
        The original data set. Two sources share no rows.
    kind : str
        One of `KINDS`.
    ratio : int
        Negatives for each positive.
    read : callable
        Reads the rows. It is a partial of a module's function, so that a task can be pickled.
    folder : Folder
        The package whose files are read.
    needs : tuple of str
        Files of the folder without which the task cannot be read.
    licence : str
        That of the data; `folder` knows that of the package.
    """

    name: str
    source: str
    kind: str
    ratio: int
    read: Callable[[], Rows]
    folder: Folder
    needs: tuple[str, ...] = ()
    licence: str = ""

    def load(self) -> Rows:
        """Read the rows, always the same ones in the same order.

        Returns
        -------
        Rows
            `data` is a float32 array of shape (n_rows, n_features), a DataFrame or a list of
            str; `positive` is a bool array of shape (n_rows,).

        Raises
        ------
        NotFetched
            If the package is not on this machine.
        """
        return self.read()

    def missing(self) -> str | None:
        """What has to be fetched before the task can be read; None if nothing."""
        try:
            for name in self.needs or ("",):
                self.folder.path(*name.split("/"))
        except NotFetched as lacking:
            return str(lacking)
        return None
