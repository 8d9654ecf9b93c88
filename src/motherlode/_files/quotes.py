"""The quotes of a large text, all looked at: whether all readers agree, and where it can be cut."""

from typing import Any

import numpy as np
import pyarrow as pa

_Bytes = np.ndarray[Any, np.dtype[np.uint8]]
_Places = np.ndarray[Any, np.dtype[np.intp]]

_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'
_BLOCK = 2**17  # bytes whose quotes are looked at together
_STEP = 2**23  # bytes of records that are read together


def cut_records(content: pa.Buffer, start: int, separator: str) -> tuple[int, ...] | None:
    """Find places between records, after the one where the first of them starts.

    The last is the end of the text. Returns None if not every quote opens or ends a cell or is
    doubled, so that readers may not agree what the records are.
    """
    values = np.frombuffer(content, np.uint8)
    # What may stand before an opening quote and after one that ends a cell.
    beside = np.zeros(256, dtype=bool)
    beside[[ord(separator), _LINE_FEED, _RETURN, _QUOTE]] = True
    total, cuts, last = 0, [], start
    size = min(_BLOCK, _STEP)
    for low in range(start, len(values), size):
        block = values[low : low + size]
        quotes = np.flatnonzero(block == _QUOTE)
        opens, ends = quotes[total % 2 :: 2] + (low - 1), quotes[1 - total % 2 :: 2] + (low + 1)
        opens = opens[1:] if len(opens) and opens[0] < start else opens
        ends = ends[:-1] if len(ends) and ends[-1] == len(values) else ends
        if not (beside[values[opens]].all() and beside[values[ends]].all()):
            return None
        if low + len(block) - last >= _STEP and (after := _last_end(block, quotes, total)):
            last = low + after
            cuts.append(last)
        total += len(quotes)
    if total % 2:
        return None
    return (*cuts, len(values))


def _last_end(block: _Bytes, quotes: _Places, before: int) -> int:
    """Find the place after the last end of a line that is outside of quotes; 0 if there is none.

    `quotes` are the places of quotes, and `before` is how many come before the block.
    """
    # A line feed may follow a carriage return that ends the block.
    ends = np.flatnonzero((block[:-1] == _LINE_FEED) | (block[:-1] == _RETURN))
    outside = ends[(np.searchsorted(quotes, ends) + before) % 2 == 0]
    if not len(outside):
        return 0
    end = int(outside[-1])
    return end + 2 if block[end] == _RETURN and block[end + 1] == _LINE_FEED else end + 1
