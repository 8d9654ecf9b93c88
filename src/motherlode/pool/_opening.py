"""From a path to rows: in memory if they are few, left where they are if they are many."""

from collections.abc import Callable
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any

from ..errors import InputError
from ._files import read_table
from ._saved_arrays import mapped
from ._tables import ENDINGS, TableFiles, files_in

HELD = 2**25  # bytes of data up to which it is read into memory at once: 32 MB


def open_rows(path: str | PathLike[str]) -> Any:
    """The rows of a file or folder.

    Parameters
    ----------
    path : str or path-like
        A file whose ending is in `motherlode.pool._files.READERS`, as of Parquet, Arrow (IPC,
        Feather), CSV, JSON Lines or an array saved by numpy; or a folder of Parquet and Arrow
        files.

    Returns
    -------
    pyarrow.Table, numpy.memmap or TableFiles
        Parquet, Arrow and CSV of more than 32 MB are left on disk (`TableFiles`), and so are
        arrays, as memory maps; a CSV file is turned into a temporary Parquet file for it.

    Raises
    ------
    InputError
        If there is no such thing, or it is not what its ending says.
    """
    path = Path(path)
    opened = _table_files if path.is_dir() else _LEFT_ON_DISK.get(path.suffix.lower(), read_table)
    return opened(path)


def _table_files(path: Path) -> Any:
    if find_spec("pyarrow") is None:
        raise InputError('Reading table files needs pyarrow: pip install "motherlode[parquet]".')
    if path.is_file() and path.stat().st_size == 0:
        raise InputError(f"{path} is empty.")
    files = TableFiles(files_in(path) if path.is_dir() else [path])
    n, width = files.shape
    if max(files.bytes, 8 * n * width) > HELD:
        return files
    import pyarrow as pa

    return pa.concat_tables(list(files.tables()))


def _csv(path: Path) -> Any:
    if not path.is_file() or path.stat().st_size <= HELD:
        return read_table(path)
    from ._large_csv import as_parquet

    return TableFiles([as_parquet(path)])


_LEFT_ON_DISK: dict[str, Callable[[Path], Any]] = {
    **dict.fromkeys(ENDINGS, _table_files),
    ".csv": _csv,
    ".npy": mapped,
}
"""By file ending: what need not be read as a whole; all other files are."""
