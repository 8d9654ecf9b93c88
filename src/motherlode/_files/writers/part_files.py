"""Formats that can only be written to a file or folder: sent part by part all the same."""

from collections.abc import Iterator
from pathlib import Path

_PART = 2**20  # bytes


def read_parts(path: Path) -> Iterator[bytes]:
    """Read a file part by part."""
    with path.open("rb") as file:
        while part := file.read(_PART):
            yield part
