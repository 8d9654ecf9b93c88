"""Read the table files that people bring: CSV, JSON Lines and Parquet.

One function, one result type, and one sentence for everything that can be wrong with a file.
pyarrow does the reading; it is imported when a file is read, so that the core does without it.
"""

import difflib
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

_ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet")


def read_table(path: str | PathLike[str]) -> "pa.Table":
    """Read a ``.csv``, ``.jsonl``, ``.ndjson`` or ``.parquet`` file.

    A CSV file has a header line and is comma-, semicolon- or tab-separated UTF-8. A blank in a
    column of numbers, booleans or dates is null; in a column of strings it stays an empty string.
    A key that a JSON line leaves out is null.

    Parameters
    ----------
    path : str or path-like
        The file; its ending says what it is.

    Returns
    -------
    pyarrow.Table
        At least one row and one column, with distinct column names.

    Raises
    ------
    InputError
        If the file is missing, empty, broken or not what its ending says.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise InputError(f"{path} should end in {', '.join(_ENDINGS)}, which tell its format.")
    if find_spec("pyarrow") is None:
        raise InputError('Reading table files needs pyarrow: pip install "motherlode[parquet]".')
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file in it.")
    try:
        table = _read(path, ending)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except OSError as problem:
        raise InputError(f"{path} can't be read: {problem.strerror or problem}.") from None
    names = table.column_names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path} has two columns named {twice!r}; give each its own name.")
    if not names or table.num_rows == 0:
        raise InputError(f"{path} holds no rows.")
    return table


def column(table: "pa.Table", name: str) -> "pa.ChunkedArray":
    """Return the named column of a table.

    Raises
    ------
    InputError
        If there is none; the sentence lists the columns there are and the closest name.
    """
    names: list[str] = table.column_names
    if name in names:
        return table.column(name)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    raise InputError(f"There is no column {name!r}{hint}; the columns are: {shown}.")


def _read(path: Path, ending: str) -> "pa.Table":
    from .text_files import read_csv, read_json_lines

    if ending == ".parquet":
        return _read_parquet(path)
    return read_csv(path) if ending == ".csv" else read_json_lines(path)


def _read_parquet(path: Path) -> "pa.Table":
    from pyarrow import ArrowInvalid, parquet

    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty.")
    try:
        with parquet.ParquetFile(path) as file:
            return file.read()
    except (ArrowInvalid, OSError):
        raise InputError(f"{path} is not a Parquet file, or is damaged.") from None
