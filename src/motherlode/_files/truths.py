"""Columns of true and false."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .spellings import Gaps, Plain, ends_of, null_blanks, say_some, strings_of

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
        self._gaps, self._plain = gaps, Plain(gaps, _cast)
        words = _TOLD if is_told else _PLAIN
        self._words = pa.array(words, pa.string())
        self._values = pa.array(words.values(), pa.bool_())
        self._present = self._bad = 0
        self._example = ""

    def add(self, cells: pa.ChunkedArray) -> None:
        """Take in a block of cells."""
        looked_at, plain = self._plain.read(cells, count=True)
        if plain is not None:
            self._present += len(plain) - plain.null_count
            return
        dropped = looked_at.drop_null()
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
        looked_at, plain = self._plain.read(cells)
        if plain is not None:
            return plain
        place = pc.index_in(pc.utf8_lower(looked_at), self._words)
        return pc.take(self._values, place) if len(self._values) else place


def _cast(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Cast cells that are all blank or one of the words true and false."""
    made = []
    for chunk in map(strings_of, cells.chunks):
        lengths = np.diff(ends_of(chunk))
        # A cast reads 1 and 0 too, which are numbers.
        if ((lengths > 0) & (lengths < len("true"))).any():
            return None
        try:
            made.append(null_blanks(chunk).cast(pa.bool_()))
        except pa.ArrowInvalid:
            return None
    return pa.chunked_array(made, pa.bool_())
