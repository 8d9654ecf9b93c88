"""A digest of the rows of a pool, by which a saved learner knows its pool again."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse

from .._rows.arrays import Matrix
from .._rows.blocks import Stored, read_slices
from .._rows.matrix import is_frame, n_rows, take
from ..errors import InputError
from ._columns import open_frame, read_column, read_objects

_ROWS = 65_536  # at a time; a part of what the digest is of, so never changed
_SEEN = 1_000  # rows that are looked at where they are with other processes


def digest_of_rows(data: Matrix) -> str:
    """Compute a digest of the values of all rows, in their order.

    The same rows have the same digest in memory and in files, and as a frame of pandas, polars or
    Arrow. Of rows that are with other processes a thousand count, and how many there are.

    Examples
    --------
    >>> digest_of_rows(["red", "green"]) == digest_of_rows(["red", "green"])
    True
    >>> digest_of_rows(["red", "green"]) == digest_of_rows(["green", "red"])
    False
    """
    found = blake2b(str(n_rows(data)).encode(), digest_size=16)
    for part in _parts(data):
        for piece in _pieces(part):
            found.update(len(piece).to_bytes(8, "big"))
            found.update(piece)
    return found.hexdigest()


def _parts(data: Matrix) -> Iterator[Matrix]:
    if isinstance(data, Stored) and data.elsewhere:
        n = n_rows(data)
        yield take(data, np.unique(np.linspace(0, n - 1, min(n, _SEEN)).astype(np.int64)))
        return
    parts = data.blocks(_ROWS) if isinstance(data, Stored) else read_slices(data, _ROWS)
    for _, part in parts:
        yield part


def _pieces(part: Matrix) -> Iterator[bytes]:
    """Give the values of some rows as pieces of bytes, whose lengths count too."""
    if issparse(part):
        csr = part.tocsr().copy()
        csr.sum_duplicates()
        csr.eliminate_zeros()
        yield np.int64(csr.shape[1]).tobytes()
        yield csr.indptr.astype(np.int64).tobytes()
        yield csr.indices.astype(np.int64).tobytes()
        yield csr.data.astype(np.float64).tobytes()
    elif is_frame(part):
        frame = open_frame(part)
        for name in frame.columns:
            yield name.encode()
            yield from _of_column(frame, name)
    elif isinstance(part, np.ndarray) and part.dtype.kind in "biuf":
        yield repr(part.shape[1:]).encode()
        yield np.ascontiguousarray(part, dtype=np.float64).tobytes()
    else:
        yield from map(_of_value, part)


def _of_column(frame: Any, name: str) -> Iterator[bytes]:
    series = frame.get_column(name)
    try:
        values = read_column(name, series).values
    except InputError:  # lists and the like, which only a model of the user's reads
        values = read_objects(series)
    if values.dtype.kind == "f":
        yield (np.asarray(values, dtype=np.float64) + 0.0).tobytes()
    else:
        yield from map(_of_value, values)


def read_image_file(path: Path) -> bytes:
    """Read the file of an image, or raise an `InputError` that names it."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise InputError(f"The image {path} can't be read: {problem.strerror}.") from None


def _of_value(value: Any) -> bytes:
    if isinstance(value, str):
        return b"t" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, Path):
        return b"f" + read_image_file(value)
    if isinstance(value, np.ndarray) and value.dtype != object:
        return repr((value.shape, value.dtype.str)).encode() + value.tobytes()
    return b"" if value is None else b"r" + repr(value).encode()
