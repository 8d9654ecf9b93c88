"""Read a file of any format as one table, and say how it was read."""

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from .choices import Choices, Found
from .formats import READERS, check_pyarrow, reader_of

if TYPE_CHECKING:
    import pyarrow as pa


def read_file(path: str | PathLike[str], choices: Choices | None = None) -> Found:
    """Read a file whose ending is in `READERS`, or a folder of Parquet and Arrow files.

    The table has at least one row and one column, with distinct names. An `InputError` is raised if
    the file is missing, empty, broken or not what its ending says.
    """
    path = Path(path)
    choices = choices or Choices()
    check_pyarrow()
    name, reader = ("parquet", READERS.named("parquet")) if path.is_dir() else reader_of(path)
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    try:
        # What another package adds is a function of a path to a table.
        found = reader(path, choices) if name in READERS.own else Found(reader(path))
    except OSError as problem:
        raise InputError(f"{path} can't be read: {problem.strerror or problem}.") from None
    _check(path, found.table)
    if not choices.kinds:
        return found
    from .cells import apply_choices

    table, reasons = apply_choices(found.table, choices)
    return replace(found, table=table, reasons={**found.reasons, **reasons})


def read_table(path: str | PathLike[str], choices: Choices | None = None) -> "pa.Table":
    """Read the table of a file; see `read_file`."""
    return read_file(path, choices).table


def _check(path: Path, table: "pa.Table") -> None:
    names = table.column_names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path} has two columns named {twice!r}; give each its own name.")
    if not names or table.num_rows == 0:
        raise InputError(f"{path} holds no rows.")
