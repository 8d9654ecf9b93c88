"""From a path to rows: read into memory if they are few, left on disk if they are many."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from .formats import check_pyarrow
from .reading import read_table
from .saved_arrays import map_array
from .tables import ENDINGS, TableFiles, files_in

HELD = 2**25  # bytes: up to 32 MB are read into memory as a whole


def open_rows(path: str | PathLike[str]) -> Any:
    """Open the rows of a file, or of a folder of Parquet and Arrow files.

    Parquet, Arrow and CSV of more than 32 MB stay on disk, as `TableFiles`, and so do arrays, as
    memory maps; for that a CSV file is written as a temporary Parquet file. Other files that
    `READERS` reads become pyarrow tables.
    """
    path = Path(path)
    if path.is_dir():
        return _open_tables(path)
    return _LEFT_ON_DISK.get(path.suffix.lower(), read_table)(path)


def _open_tables(path: Path) -> Any:
    check_pyarrow()
    files = TableFiles(files_in(path) if path.is_dir() else [path])
    n, width = files.shape
    return files if max(files.bytes, 8 * n * width) > HELD else files.table()


def _open_csv(path: Path) -> Any:
    if not path.is_file() or path.stat().st_size <= HELD:
        return read_table(path)
    from .large_csv import write_as_parquet

    return TableFiles([write_as_parquet(path)])


_LEFT_ON_DISK: dict[str, Callable[[Path], Any]] = {
    **dict.fromkeys(ENDINGS, _open_tables),
    ".csv": _open_csv,
    ".npy": map_array,
}
"""By file ending: the files that need not be read as a whole."""
