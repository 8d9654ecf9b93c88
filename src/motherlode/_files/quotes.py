"""The quotes of a large text, all looked at: whether all readers agree, and where it can be cut.

One bit says of each byte whether it is a quote, and 64 of them are looked at together: lists of the
places of quotes take a fifth more time.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

_Bytes = np.ndarray[Any, np.dtype[np.uint8]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]
_Words = np.ndarray[Any, np.dtype[np.uint64]]

_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'
_WORD = 64  # bytes that one word has bits for
_BLOCK = 2**18  # bytes looked at together, which the cache of a core holds
_STEP = 2**23  # bytes of records that are read together
_ONE, _TOP = np.uint64(1), np.uint64(_WORD - 1)
_SHIFTS = [np.uint64(n) for n in (1, 2, 4, 8, 16, 32)]


def cut_records(content: pa.Buffer, start: int, separator: str) -> tuple[int, ...] | None:
    """Find places between records, after the one where the first of them starts.

    The last is the end of the text. Returns None if not every quote opens or ends a cell or is
    doubled, so that readers may not agree what the records are.
    """
    values = np.frombuffer(content, np.uint8)
    # What may stand before an opening quote and after one that ends a cell. Few files have quotes
    # beside a carriage return, and to look for one more sign takes time.
    signs = (_QUOTE, ord(separator), _LINE_FEED)
    cuts = _cut(values, start, signs)
    return cuts if cuts is not None else _cut(values, start, (*signs, _RETURN))


def _cut(values: _Bytes, start: int, signs: Sequence[int]) -> tuple[int, ...] | None:
    size = max(min(_BLOCK, _STEP) // _WORD, 1) * _WORD
    cuts, last, is_inside, before = [], start, np.uint64(0), _ONE
    for low in range(start, len(values), size):
        block = values[low : low + size]
        n = len(block)
        filled = block if n == size else np.pad(block, (0, -n % _WORD))
        is_quote = filled == _QUOTE
        is_sign = is_quote.copy()
        for sign in signs[1:]:
            is_sign |= filled == sign
        quotes, beside = _pack(is_quote), _pack(is_sign)
        inside = _find_inside(quotes, is_inside)
        left = _shift_up(beside, before)
        right = _shift_down(beside)
        if low + n == len(values) or values[low + n] in signs:
            right[(n - 1) // _WORD] |= _ONE << np.uint64((n - 1) % _WORD)
        # A quote that opens a cell counts as inside of it, and one that ends a cell does not.
        left ^= right
        left &= inside
        left ^= right  # now it is as it was where bytes are inside, and as right elsewhere
        if (np.bitwise_and(left, quotes, out=left) != quotes).any():
            return None
        if low + n - last >= _STEP and (after := _last_end(block, inside)):
            last = low + after
            cuts.append(last)
        is_inside, before = inside[-1] >> _TOP, beside[-1] >> _TOP
    return None if is_inside else (*cuts, len(values))


def _pack(mask: _Mask) -> _Words:
    return np.packbits(mask, bitorder="little").view("<u8")


def _shift_up(bits: _Words, first: np.uint64) -> _Words:
    """Give each byte the bit of the one before it."""
    shifted = bits << _ONE
    shifted[1:] |= bits[:-1] >> _TOP
    shifted[0] |= first
    return shifted


def _shift_down(bits: _Words) -> _Words:
    """Give each byte the bit of the one after it; the last has none."""
    shifted = bits >> _ONE
    shifted[:-1] |= bits[1:] << _TOP
    return shifted


def _find_inside(quotes: _Words, is_inside: np.uint64) -> _Words:
    """Tell of each byte whether the number of quotes up to it is odd."""
    inside, shifted = quotes.copy(), np.empty_like(quotes)
    for shift in _SHIFTS:
        inside ^= np.left_shift(inside, shift, out=shifted)
    odd = np.bitwise_xor.accumulate(inside >> _TOP) ^ is_inside
    shifted[0], shifted[1:] = is_inside, odd[:-1]
    inside ^= np.negative(shifted, out=shifted)  # all bits of a word that starts inside
    return inside


def _last_end(block: _Bytes, inside: _Words) -> int:
    """Find the place after the last end of a line that is outside of quotes; 0 if there is none."""
    outside = np.unpackbits(inside.view(np.uint8), bitorder="little")[: len(block)] == 0
    # A line feed may follow a carriage return that ends the block.
    is_end = (block[:-1] == _LINE_FEED) | (block[:-1] == _RETURN)
    ends = np.flatnonzero(is_end & outside[:-1])
    if not len(ends):
        return 0
    end = int(ends[-1])
    return end + 2 if block[end] == _RETURN and block[end + 1] == _LINE_FEED else end + 1
