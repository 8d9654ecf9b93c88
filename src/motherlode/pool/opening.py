"""From a path to rows: in memory if they are few, left where they are if they are many."""

from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .files import read_table

HELD = 2**25  # bytes of data up to which it is read into memory at once: 32 MB
_ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet", ".pq", ".arrow", ".feather", ".npy")


def open_rows(path: str | PathLike[str]) -> Any:
    """The rows of a file or folder.

    Parameters
    ----------
    path : str or path-like
        A Parquet, Arrow (IPC, Feather), CSV or JSON Lines file, an array saved by numpy, or a
        folder of Parquet and Arrow files.

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
    ending = path.suffix.lower()
    if path.is_dir() or ending in _ENDINGS[3:7]:
        return _table_files(path)
    if ending == ".npy":
        return _mapped(path)
    if ending not in _ENDINGS:
        raise InputError(
            f"{path} should be a folder or end in {', '.join(_ENDINGS)}, which tell its format."
        )
    if ending == ".csv" and path.is_file() and path.stat().st_size > HELD:
        from .large_csv import as_parquet
        from .tables import TableFiles

        return TableFiles([as_parquet(path)])
    return read_table(path)


def _table_files(path: Path) -> Any:
    if find_spec("pyarrow") is None:
        raise InputError('Reading table files needs pyarrow: pip install "motherlode[parquet]".')
    from .tables import TableFiles, files_in

    if path.is_file() and path.stat().st_size == 0:
        raise InputError(f"{path} is empty.")
    files = TableFiles(files_in(path) if path.is_dir() else [path])
    n, width = files.shape
    if max(files.bytes, 8 * n * width) > HELD:
        return files
    import pyarrow as pa

    return pa.concat_tables(list(files.tables()))


def _mapped(path: Path) -> np.ndarray[Any, Any]:
    try:
        return np.load(path, mmap_mode="r")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (ValueError, EOFError, OSError):
        raise InputError(f"{path} holds no array that numpy can map; save it by np.save.") from None
