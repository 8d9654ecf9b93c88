"""A source: an original data set with all its classes, from which several tasks are cut."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.proving.sources.cut import cut
from benchmarks.proving.sources.task import Data, Folder, Rows, Task

USUAL_ROWS = 2_000


class Labelled(NamedTuple):
    """All rows of a source and the class of each."""

    data: Data
    labels: NDArray[np.str_]


Reader = Callable[[], Labelled]


class Cut(NamedTuple):
    """A class that is to be rare, the negatives for each positive, and the most rows."""

    label: str
    ratio: int
    rows: int = USUAL_ROWS


@dataclass(frozen=True)
class Source:
    """What `tasks` needs to know of an original data set.

    Attributes
    ----------
    name : str
        Short, in lower case.
    kind : str
        One of `KINDS`.
    folder : Folder
        The package that its files are in.
    read : callable
        Reads all rows and their classes; a module's function or a partial of one.
    licence : str
        That of the data.
    cuts : sequence of Cut
        The tasks.
    needs : tuple of str
        Files of the folder that are read.
    """

    name: str
    kind: str
    folder: Folder
    read: Reader
    licence: str
    cuts: Sequence[Cut]
    needs: tuple[str, ...] = ()

    def tasks(self) -> list[Task]:
        """One task a cut, spread over the rows of the source."""
        return [
            Task(
                name=f"{self.name}/{_slug(one.label)}:{one.ratio}",
                source=self.name,
                kind=self.kind,
                ratio=one.ratio,
                read=partial(_read, self.read, one, number / len(self.cuts)),
                folder=self.folder,
                needs=self.needs,
                licence=self.licence,
            )
            for number, one in enumerate(self.cuts)
        ]


def cuts(text: str, rows: int = USUAL_ROWS) -> list[Cut]:
    """Cuts from a line such as "exc:40 vac:50"; a third number is the most rows.

    Parameters
    ----------
    text : str
        Words of the form class:ratio or class:ratio:rows. A class has no blanks or colons.
    rows : int
        The most rows of the cuts that do not say.

    Returns
    -------
    list of Cut
    """
    fields = [word.split(":") for word in text.split()]
    return [Cut(one[0], int(one[1]), int(one[2]) if len(one) > 2 else rows) for one in fields]


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", label.lower()).strip("-")


@dataclass(frozen=True)
class _Bound:
    """As a partial, but equal to another one of the same function and arguments.

    A task that comes out of a pickle brings a partial of its own. Without this each of them
    would read its source again.
    """

    function: Callable[..., Labelled]
    arguments: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...]

    def __call__(self) -> Labelled:
        return self.function(*self.arguments, **dict(self.options))


def _bound(read: Any) -> Any:
    if not isinstance(read, partial):
        return read
    arguments = tuple(_bound(argument) for argument in read.args)
    return _Bound(read.func, arguments, tuple(sorted(read.keywords.items())))


@lru_cache(maxsize=16)
def _once(read: Reader) -> Labelled:
    return read()


def _read(read: Reader, one: Cut, start: float) -> Rows:
    """The rows of one task; bytes are pixels and become float32 in [0, 1]."""
    data, labels = _once(_bound(read))
    rows = cut(data, labels == one.label, one.ratio, one.rows, start=start)
    if isinstance(rows.data, np.ndarray) and rows.data.dtype == np.uint8:
        return rows._replace(data=rows.data / np.float32(255))
    return rows
