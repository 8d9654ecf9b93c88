"""Whole files of Parquet and of Arrow, as tables."""

from pathlib import Path

import pyarrow as pa
from pyarrow import ArrowInvalid, ipc, parquet

from ..errors import InputError


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file."""
    _check_size(path)
    try:
        with parquet.ParquetFile(path) as file:
            return file.read()
    except (ArrowInvalid, OSError):
        raise InputError(f"{path} is not a Parquet file, or is damaged.") from None


def read_arrow(path: Path) -> pa.Table:
    """Read an Arrow (IPC) or Feather file."""
    _check_size(path)
    try:
        with ipc.open_file(pa.memory_map(str(path))) as file:
            return file.read_all()
    except (ArrowInvalid, OSError):
        raise InputError(f"{path} is not an Arrow file, or is damaged.") from None


def _check_size(path: Path) -> None:
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty.")
