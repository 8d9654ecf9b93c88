"""What an encoder must know of a column, collected one block of rows at a time.

The counts, means and categories are those of the whole column, whatever the blocks were. So a table
on disk is encoded like the same table in memory.
"""

from collections import Counter
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from .._rows.arrays import Floats
from ..errors import InputError
from ._columns import Column, Kind, is_row_name, read_column
from ._sources import Source

_MOST_COUNTED = 200_000  # with more distinct strings, a column with few repeats is not counted
_TEXT_WORDS = 4  # strings are text from this median number of words on
_TEXT_DISTINCT = 0.5  # … if at least this share of them is distinct
_IDENTIFIER_DISTINCT = 0.9  # from this share of distinct values on, strings name their row
_IDENTIFIER_ROWS = 10  # … in at least so many rows; a few categories may happen to differ
_ID_DISTINCT = 0.5  # … and from this share on where the name is that of an id: each stands twice
_ID_ROWS = 200_000  # the first rows, by which whole numbers of such a name are judged


class Summary:
    """One column of a table, added block by block: its `kind`, `rows`, `present` and `mean`.

    The kind is "nothing" while no value was seen; the mean is that of the numbers present.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind: Kind = "nothing"
        self.rows = self.present = 0
        self.mean = self._squares = 0.0
        self._counts: Counter[str] | None = Counter()
        self._hashes = np.empty(0, dtype=np.int64)
        self._words: Counter[int] = Counter()  # how many strings have so many words
        self._order: int | None = 0  # 1 while ascending, -1 while descending, None if neither
        self._last: Any = None
        self._whole_numbers = True
        self._ids: set[Any] = set()
        self._ids_read = 0
        self.rounded = False

    def add(self, series: "nw.Series[Any]", low: int = 0) -> Column:
        """Add the rows from row ``low`` on, and return them as a column."""
        column = read_column(self.name, series, low)
        self._watch_order(series, column)
        self.rows += len(column.values)
        self.rounded |= column.rounded
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
        """The number of rows without a value."""
        return self.rows - self.present

    @property
    def distinct(self) -> int:
        """The number of different strings."""
        return len(self._hashes) if self._counts is None else len(self._counts)

    def spread_filled_with(self, value: float) -> tuple[float, float]:
        """Compute mean and standard deviation with ``value`` in every gap."""
        mean = (self.present * self.mean + self.missing * value) / self.rows
        squares = self._squares + self.present * (self.mean - mean) ** 2
        squares += self.missing * (value - mean) ** 2
        return mean, float(np.sqrt(squares / self.rows))

    def counts(self, source: Source) -> "Counter[str | None]":
        """Count each string, and the gaps as None."""
        counts: Counter[str | None] = Counter(self._counts)
        if self._counts is None:
            for part in source.read(self.name):
                counts.update(part.present)
        if self.missing:
            counts[None] = self.missing
        return counts

    def reads_as_text(self) -> bool:
        """Tell whether the strings are free text: four words or more, and mostly distinct."""
        if self.kind != "strings" or self.distinct < _TEXT_DISTINCT * self.present:
            return False
        words, strings = zip(*self._words.items(), strict=True)
        return float(np.median(np.repeat(words, strings))) >= _TEXT_WORDS

    def why_useless(self) -> str | None:
        """Say why a model can learn nothing from the column, or None if it can."""
        if self.kind == "nothing":
            return "holds no value"
        if self._order and self._whole_numbers and is_row_name(self.name) and not self.missing:
            return "numbers the rows"
        if self.kind == "strings" and not self.reads_as_text():
            many = self.present >= _IDENTIFIER_ROWS
            if many and self.distinct >= _IDENTIFIER_DISTINCT * self.present:
                return "differs in nearly every row"
        return "is named like an id, and few rows share a value" if self._reads_as_ids() else None

    def _reads_as_ids(self) -> bool:
        """Tell whether a column is named like an id, and has few rows of one value."""
        if self.present < _IDENTIFIER_ROWS or not is_row_name(self.name):
            return False
        if self.kind == "strings":
            return not self.reads_as_text() and self.distinct >= _ID_DISTINCT * self.present
        return self._whole_numbers and len(self._ids) >= _ID_DISTINCT * self._ids_read

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
        self._words.update(len(value.split()) for value in present)
        if self._counts is not None:
            self._counts.update(present)
            if len(self._counts) <= max(_MOST_COUNTED, _TEXT_DISTINCT * self.present):
                return
            present = list(self._counts)
            self._counts = None
        hashes = np.fromiter(map(hash, present), dtype=np.int64, count=len(present))
        self._hashes = np.union1d(self._hashes, hashes)

    def _watch_order(self, series: "nw.Series[Any]", column: Column) -> None:
        """Note whether the numbers of an index still ascend or descend, and which there are."""
        if not (self._whole_numbers and is_row_name(self.name) and len(column.values)):
            return
        if not series.dtype.is_integer() or series.null_count():
            self._order, self._whole_numbers = None, False
            return
        # As Python's own numbers, where neighbours are the same after rounding.
        values = np.array(series.to_list(), dtype=object) if column.rounded else column.values
        first = values[: _ID_ROWS - self._ids_read]
        self._ids.update(first.tolist())
        self._ids_read += len(first)
        if self._order is None:
            return
        steps = np.diff(values if self._last is None else np.concatenate([[self._last], values]))
        self._last = values[-1]
        if self._order >= 0 and bool((steps > 0).all()):
            self._order = 1
        elif self._order <= 0 and bool((steps < 0).all()):
            self._order = -1
        else:
            self._order = None
