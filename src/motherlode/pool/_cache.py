"""Arrays on disk, under a key of what they were computed from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from .._rows.whole_file import write_whole
from ..errors import InputError

Arrays = Mapping[str, np.ndarray[Any, Any]]

_FORMAT = 1
"""A part of every key: raise it when a pool computes something else than before."""

_READ = 1 << 24  # bytes at a time


@dataclass(frozen=True)
class Cache:
    """A folder of named arrays that outlives the process; it may be deleted at any time.

    Every array is a ``.npy`` file, which is mapped into memory. A small JSON file is written last
    and lists them with their checksums, so a damaged entry counts as missing and is written anew.
    Files get their names by a rename, so that two processes may share a folder.
    """

    folder: Path

    def load(self, key: str) -> Arrays | None:
        """Load the arrays kept under a key; None if there are none or they are damaged."""
        try:
            listed = json.loads(self._path(key, "json").read_text("utf-8"))
            arrays = {}
            for name, checksum in listed.items():
                path = self._path(key, f"{name}.npy")
                if _checksum(path) != checksum:
                    return None
                arrays[name] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, AttributeError):
            return None
        return arrays

    def save(self, key: str, arrays: Arrays) -> None:
        """Keep arrays under a key, or raise an `InputError` if the folder cannot be written to."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            listed = {}
            for name, array in arrays.items():
                path = self._path(key, f"{name}.npy")
                with write_whole(path) as made:
                    np.save(made, array, allow_pickle=False)
                listed[name] = _checksum(path)
            with write_whole(self._path(key, "json")) as made:
                made.write_text(json.dumps(listed), "utf-8")
        except OSError as error:
            raise InputError(
                f"What a pool computed cannot be kept in {self.folder} ({error.strerror}); "
                "give Pool(cache=...) a folder that can be written to."
            ) from error

    def _path(self, key: str, ending: str) -> Path:
        return self.folder / f"{key}.{ending}"


def content_key(name: str, parameters: tuple[Any, ...], digest: str) -> str:
    """Name the file of what is computed with some parameters from points of some digest."""
    text = repr((_FORMAT, name, parameters, digest))
    return f"{name}-{blake2b(text.encode(), digest_size=16).hexdigest()}"


def digest_of(points: np.ndarray[Any, Any]) -> str:
    """Compute a digest of the shape, type and bytes of points."""
    found = blake2b(repr((points.shape, points.dtype.str)).encode(), digest_size=16)
    step = max(1, _READ // max(1, points.itemsize * points.shape[1]))
    for start in range(0, len(points), step):
        found.update(np.ascontiguousarray(points[start : start + step]).data)
    return found.hexdigest()


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(_READ):
            found = crc32(block, found)
    return found
