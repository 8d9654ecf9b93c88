"""What an encoder must know of a column, gathered one block of rows at a time.

The counts, means and categories are those of the whole column, whatever the blocks were, so a
table on disk is encoded like the same table in memory.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import narwhals.stable.v2 as nw
import numpy as np

from .._rows.arrays import Floats
from ..errors import InputError
from ._columns import Column, Kind, read_column, row_name

_MOST_COUNTED = 200_000  # distinct strings from which a column that has few twice is not counted
_TEXT_WORDS = 4  # median words a value from which strings read as text
_TEXT_DISTINCT = 0.5  # … if at least this share of them is distinct
_IDENTIFIER_DISTINCT = 0.9  # share of distinct values from which strings name their row
_IDENTIFIER_ROWS = 10  # … in at least so many rows; a handful of categories may differ by chance


class Source(Protocol):
    """A table that is read block by block or column by column."""

    @property
    def columns(self) -> list[str]:
        """Names, in order."""

    def blocks(self) -> "Iterator[tuple[int, nw.DataFrame[Any]]]":
        """The number of the first row, and the rows, of one block after the other."""

    def column(self, name: str) -> Column:
        """One column, whole."""

    def texts(self, name: str) -> Sequence[str]:
        """A column of strings, empty where missing; it may be read again whenever it is gone
        through.
        """


class Summary:
    """One column of a table, added block by block.

    Attributes
    ----------
    kind : str
        "numbers", "dates", "strings", or "nothing" while no value was seen.
    rows, present : int
        How many there are, and how many of them have a value.
    mean, deviation : float
        Of the numbers that are present.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind: Kind = "nothing"
        self.rows = self.present = 0
        self.mean = self._squares = 0.0
        self._counts: Counter[str] | None = Counter()
        self._hashes = np.empty(0, dtype=np.int64)
        self._words = np.zeros(1, dtype=np.int64)
        self._order: int | None = 0  # 1 while ascending, -1 while descending, None if neither
        self._last: Any = None
        self._whole_numbers = True

    def add(self, series: "nw.Series[Any]", low: int = 0) -> Column:
        """Add the next rows, the first of which is row ``low``, and return them as a column."""
        self._watch_order(series)
        column = read_column(self.name, series, low)
        self.rows += len(column.values)
        if column.kind == "nothing":
            return column
        if self.kind not in ("nothing", column.kind):
            raise InputError(
                f"Column {self.name!r} holds {self.kind} and, from row {low} on, {column.kind}; "
                "give it one type."
            )
        self.kind = column.kind
        if column.kind == "strings":
            self._add_strings(column.present)
        else:
            self._add_numbers(column.values[~np.isnan(column.values)])
        return column

    @property
    def missing(self) -> int:
        """Rows without a value."""
        return self.rows - self.present

    @property
    def distinct(self) -> int:
        """Different strings."""
        return len(self._hashes) if self._counts is None else len(self._counts)

    def filled(self, value: float) -> tuple[float, float]:
        """Mean and standard deviation once every gap holds ``value``."""
        mean = (self.present * self.mean + self.missing * value) / self.rows
        squares = self._squares + self.present * (self.mean - mean) ** 2
        squares += self.missing * (value - mean) ** 2
        return mean, float(np.sqrt(squares / self.rows))

    def counts(self, source: Source) -> "Counter[str | None]":
        """How often each string occurs, and None for the gaps."""
        counts: Counter[str | None] = Counter(self._counts)
        if self._counts is None:
            for low, block in source.blocks():
                counts.update(read_column(self.name, block.get_column(self.name), low).present)
        if self.missing:
            counts[None] = self.missing
        return counts

    def reads_as_text(self) -> bool:
        """Whether the strings are free text: four words or more, and mostly distinct."""
        if self.kind != "strings" or self.distinct < _TEXT_DISTINCT * self.present:
            return False
        upto = np.cumsum(self._words)
        middle = np.searchsorted(upto, [(self.present + 1) // 2, self.present // 2 + 1])
        return float(middle.mean()) >= _TEXT_WORDS

    def why_useless(self) -> str | None:
        """Say why a model can learn nothing from the column, or None if it can."""
        if self.kind == "nothing":
            return "holds no value"
        if self._order and self._whole_numbers and row_name(self.name) and not self.missing:
            return "numbers the rows"
        if self.kind == "strings" and not self.reads_as_text():
            many = self.present >= _IDENTIFIER_ROWS
            if many and self.distinct >= _IDENTIFIER_DISTINCT * self.present:
                return "differs in nearly every row"
        return None

    def _add_numbers(self, values: Floats) -> None:
        # Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance, eq. 2.1.
        if not len(values):
            return
        mean = float(values.mean())
        total = self.present + len(values)
        apart = mean - self.mean
        self._squares += float(np.square(values - mean).sum())
        self._squares += apart**2 * self.present * len(values) / total
        self.mean += apart * len(values) / total
        self.present = total

    def _add_strings(self, present: list[str]) -> None:
        self.present += len(present)
        words = np.bincount([len(value.split()) for value in present])
        longer, shorter = sorted((words, self._words), key=len, reverse=True)
        longer[: len(shorter)] += shorter
        self._words = longer
        if self._counts is not None:
            self._counts.update(present)
            if len(self._counts) <= max(_MOST_COUNTED, _TEXT_DISTINCT * self.present):
                return
            present = list(self._counts)
            self._counts = None
        hashes = np.fromiter(map(hash, present), dtype=np.int64, count=len(present))
        self._hashes = np.union1d(self._hashes, hashes)

    def _watch_order(self, series: "nw.Series[Any]") -> None:
        """Keep track of whether the whole numbers of an index go on ascending or descending."""
        if self._order is None or not row_name(self.name) or not len(series):
            return
        if not series.dtype.is_integer() or series.null_count():
            self._order, self._whole_numbers = None, False
            return
        values = series.to_numpy()
        steps = np.diff(values if self._last is None else np.concatenate([[self._last], values]))
        self._last = values[-1]
        if self._order >= 0 and bool((steps > 0).all()):
            self._order = 1
        elif self._order <= 0 and bool((steps < 0).all()):
            self._order = -1
        else:
            self._order = None
