"""An encoder's vectors of a pool, computed once and kept in the pool's cache."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from .._rows.arrays import Matrix
from .._rows.blocks import between, read_slices
from .._rows.matrix import n_rows
from ..embedding import Embedding, Vectors
from ..embedding._encoding import check_width
from ..errors import InputError
from ..geometry import Progress
from ._cache import Cache, content_key, digest_of

_CHUNK = 1024  # rows kept as one entry: an interruption loses no more
_PROBE = 8  # rows encoded anew at each opening, to see whose vectors the cache holds
_SAME = 0.01  # of a vector's length: rounding in other batches or processors is smaller
_NAME = "embedding"


def embed(data: Any, embedding: Embedding, cache: Cache | None, progress: Progress) -> Vectors:
    """Encode all rows (texts, paths of images, or rows of an array), shape (n, d).

    The cache keeps the vectors in chunks, under a key of the rows' content and of the encoder, so
    interrupted work goes on where it stopped. An encoder is recognised by its vectors of the first
    rows: a name says little about a network, and its weights have no common form. Rows that are
    neither texts, images nor numbers are encoded anew each time. Progress is reported batch by
    batch.
    """
    n, whole = n_rows(data), None
    encoder = None if cache is None else _encoder_of(data, embedding, cache)
    for low, rows in read_slices(data, _CHUNK):
        vectors, key = None, ""
        if cache is not None and encoder is not None:
            key = content_key(_NAME, (encoder,), str(_digest(rows)))
            vectors = (cache.load(key) or {}).get("vectors")
        if vectors is None:
            vectors = _encode(embedding.batches(rows, low), low, n, progress)
            if cache is not None and key:
                cache.save(key, {"vectors": vectors})
        if whole is None:
            whole = np.empty((n, vectors.shape[1]), dtype=np.float32)
        check_width(whole.shape[1], vectors, low)
        whole[low : low + len(vectors)] = vectors
    progress("Embeddings", 1.0)
    assert whole is not None  # a pool has a row
    return whole


def _encode(batches: Iterator[Vectors], low: int, n: int, progress: Progress) -> Vectors:
    """Encode batches into one array, and report each."""
    made = []
    for vectors in batches:
        made.append(vectors)
        low += len(vectors)
        progress("Embeddings", low / n)
    return np.concatenate(made)


def _encoder_of(data: Any, embedding: Embedding, cache: Cache) -> str | None:
    """Recognise the encoder among those that the cache knows; None if rows have no digest."""
    first = between(data, 0, _PROBE)
    rows = _digest(first)
    if rows is None:
        return None
    found = embedding.transform(first)
    for place in count():
        key = content_key(f"{_NAME}-encoder", (place,), rows)
        held = cache.load(key)
        if held is None:
            cache.save(key, {"vectors": found})
            return digest_of(found)
        if _agree(held["vectors"], found):
            return digest_of(held["vectors"])
    raise AssertionError("places never end")


def _agree(held: Vectors, found: Vectors) -> bool:
    if held.shape != found.shape:
        return False
    apart = np.linalg.norm(held - found, axis=1)
    return bool((apart <= _SAME * np.linalg.norm(held, axis=1)).all())


def _digest(rows: Matrix) -> str | None:
    found = blake2b(digest_size=16)
    for row in range(n_rows(rows)):
        content = _content(rows[row]) if isinstance(rows, list | np.ndarray) else None
        if content is None:
            return None
        found.update(len(content).to_bytes(8, "big"))
        found.update(content)
    return found.hexdigest()


def _content(row: Any) -> bytes | None:
    if isinstance(row, str):
        return row.encode("utf-8", "surrogatepass")
    if isinstance(row, Path):
        return _image_content(row)
    if isinstance(row, np.ndarray) and row.dtype != object:
        return repr((row.shape, row.dtype.str)).encode() + row.tobytes()
    return None


def _image_content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise InputError(f"The image {path} can't be read: {problem.strerror}.") from None
