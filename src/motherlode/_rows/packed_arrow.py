"""How much an Arrow file unpacks to, read from its descriptions before anything is unpacked.

pyarrow does not tell it, so the few fields that say it are read here. The format is that of
https://arrow.apache.org/docs/format/Columnar.html, whose descriptions are flatbuffers: a table
begins with the distance to the list of its fields' places.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

_MAGIC = b"ARROW1"
_BLOCK, _BUFFER = struct.Struct("<qi4xq"), struct.Struct("<qq")
_DICTIONARIES, _BATCHES = 2, 3  # fields of the footer
_HEADER_TYPE, _HEADER, _BODY = 1, 2, 3  # fields of a message
_DICTIONARY, _BATCH = 2, 3  # what a message holds
_DATA, _BUFFERS, _COMPRESSION = 1, 2, 3


def count_packed_bytes(path: Path) -> int:
    """Count the bytes that the compressed parts of an Arrow file unpack to; 0 if there are none.

    Raises a `ValueError` if the file is damaged.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            return sum(_sizes(held))
    except (struct.error, IndexError, OverflowError):
        raise ValueError("it is no whole Arrow file") from None


def count_packed_stream(path: Path) -> int:
    """Count the same of a file of Arrow's stream format, whose messages follow each other."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            return sum(_sizes_of_stream(held))
    except (struct.error, IndexError, OverflowError):
        raise ValueError("it is no whole Arrow stream") from None


def _sizes_of_stream(held: mmap.mmap) -> Iterator[int]:
    start = 0
    while start < len(held):
        marked = _read(held, "<I", start) == 0xFFFFFFFF
        described = start + (8 if marked else 4)
        length = _read(held, "<i", described - 4)
        if length == 0:
            return
        message = _follow(held, described)
        kind, size = _field(held, message, _HEADER_TYPE), _field(held, message, _BODY)
        if length < 0 or kind is None:
            raise ValueError("it is no whole Arrow stream")
        if held[kind] in (_DICTIONARY, _BATCH):
            yield from _sizes_of_block(held, start, described + length)
        body = 0 if size is None else _read(held, "<q", size)
        if body < 0:
            raise ValueError("it is no whole Arrow stream")
        start = described + length + body


def _sizes(held: mmap.mmap) -> Iterator[int]:
    length = _read(held, "<i", len(held) - len(_MAGIC) - 4)
    if held[-len(_MAGIC) :] != _MAGIC or not 0 < length < len(held):
        raise ValueError("it is no whole Arrow file")
    footer = _follow(held, len(held) - len(_MAGIC) - 4 - length)
    for field in (_DICTIONARIES, _BATCHES):
        for start, described, _ in _structs(held, footer, field, _BLOCK):
            yield from _sizes_of_block(held, start, start + described)


def _sizes_of_block(held: mmap.mmap, start: int, body: int) -> Iterator[int]:
    marked = _read(held, "<I", start) == 0xFFFFFFFF  # files of 2019 and before have no mark
    message = _follow(held, start + (8 if marked else 4))
    kind, header = _field(held, message, _HEADER_TYPE), _field(held, message, _HEADER)
    if kind is None or header is None:
        raise ValueError("it is no whole Arrow file")
    batch = _follow(held, header)
    if held[kind] == _DICTIONARY:
        inner = _field(held, batch, _DATA)
        batch = batch if inner is None else _follow(held, inner)
    if _field(held, batch, _COMPRESSION) is None:
        return
    for place, length in _structs(held, batch, _BUFFERS, _BUFFER):
        if length:
            size = _read(held, "<q", body + place)
            yield length if size < 0 else size  # -1: this part is not compressed


def _read(held: mmap.mmap, form: str, place: int) -> int:
    if place < 0:
        raise IndexError
    return int(struct.unpack_from(form, held, place)[0])


def _follow(held: mmap.mmap, place: int) -> int:
    return place + _read(held, "<I", place)


def _field(held: mmap.mmap, table: int, number: int) -> int | None:
    """Find the place of a field of a table; None if it is left out."""
    fields = table - _read(held, "<i", table)
    offset = 4 + 2 * number
    if offset >= _read(held, "<H", fields):
        return None
    found = _read(held, "<H", fields + offset)
    return table + found if found else None


def _structs(
    held: mmap.mmap, table: int, number: int, form: struct.Struct
) -> Iterator[tuple[int, ...]]:
    place = _field(held, table, number)
    if place is None:
        return
    first = _follow(held, place)
    for i in range(_read(held, "<I", first)):
        at = first + 4 + i * form.size
        if at < 0:
            raise IndexError
        yield form.unpack_from(held, at)
