"""Columns of true and false."""

import pyarrow as pa
import pyarrow.compute as pc

from .spellings import Gaps, say_some

_PLAIN = {"true": True, "false": False}
_TOLD = {**_PLAIN, "yes": True, "no": False, "y": True, "n": False, "t": True, "f": False,
         "1": True, "0": False, "on": True, "off": False}  # fmt: skip


def is_truth(cell: str) -> bool:
    """Tell whether a cell is true or false."""
    return cell.lower() in _PLAIN


class Truths:
    """What is known of a column whose cells look like true and false."""

    word = "true and false"

    def __init__(self, gaps: Gaps, *, is_told: bool = False) -> None:
        self._gaps = gaps
        words = _TOLD if is_told else _PLAIN
        self._words = pa.array(words, pa.string())
        self._values = pa.array(words.values(), pa.bool_())
        self._present = self._bad = 0
        self._example = ""

    def add(self, cells: pa.ChunkedArray) -> None:
        """Take in a block of cells."""
        dropped = self._gaps.drop(cells, count=True).drop_null()
        fits = pc.is_in(pc.utf8_lower(dropped), self._words)
        self._present += len(dropped)
        wrong = dropped.filter(pc.invert(fits))
        self._bad += len(wrong)
        if len(wrong) and not self._example:
            self._example = wrong[0].as_py()

    def decide(self) -> tuple[pa.DataType | None, str | None]:
        """Decide the type, None for text, with the reason."""
        if self._bad:
            words = ("is neither true nor false", "are neither true nor false")
            return None, say_some(self._bad, self._present, *words, self._example)
        return pa.bool_(), self._gaps.explain()

    def convert(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """Convert cells of the column."""
        place = pc.index_in(pc.utf8_lower(self._gaps.drop(cells)), self._words)
        return pc.take(self._values, place) if len(self._values) else place
