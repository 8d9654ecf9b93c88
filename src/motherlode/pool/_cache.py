"""Arrays on disk under a key of what they were computed from."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from ..errors import InputError

Arrays = Mapping[str, np.ndarray[Any, Any]]

_FORMAT = 1
"""Goes into every key: raise it when a pool computes something else than before."""

_READ = 1 << 24  # bytes at a time


@dataclass(frozen=True)
class Cache:
    """A folder of named arrays that outlives the process.

    Every array is a ``.npy`` file, mapped into memory and not read as a whole when it is used. A
    small JSON file written last lists them with their checksums, so an entry is whole or not
    there: a damaged one counts as missing and is written anew. Files appear under their names
    by a rename, so that two processes may share a folder.

    Parameters
    ----------
    folder : path
        Made if it is missing. It may be deleted at any time.
    """

    folder: Path

    def load(self, key: str) -> Arrays | None:
        """The arrays kept under a key; None if there are none or they are damaged."""
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
        """Keep arrays under a key.

        Raises
        ------
        InputError
            If the folder cannot be written to.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            listed = {}
            for name, array in arrays.items():
                path = self._path(key, f"{name}.npy")
                with _Replacing(path) as file:
                    np.save(file, array, allow_pickle=False)
                listed[name] = _checksum(path)
            with _Replacing(self._path(key, "json")) as file:
                file.write(json.dumps(listed).encode())
        except OSError as error:
            raise InputError(
                f"What a pool computed cannot be kept in {self.folder} ({error.strerror}); "
                "give Pool(cache=...) a folder that can be written to."
            ) from error

    def _path(self, key: str, ending: str) -> Path:
        return self.folder / f"{key}.{ending}"


class _Replacing:
    """A file that takes its name once it is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        self._file = tempfile.NamedTemporaryFile(dir=self._path.parent, prefix=".", delete=False)
        return self._file

    def __exit__(self, kind: Any, *_: object) -> None:
        self._file.close()
        if kind is None:
            os.replace(self._file.name, self._path)
        else:
            os.unlink(self._file.name)


def content_key(name: str, parameters: tuple[Any, ...], digest: str) -> str:
    """A file name for what is computed with some parameters from points of some digest."""
    text = repr((_FORMAT, name, parameters, digest))
    return f"{name}-{blake2b(text.encode(), digest_size=16).hexdigest()}"


def digest_of(points: np.ndarray[Any, Any]) -> str:
    """A digest of the shape, type and bytes of points."""
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
