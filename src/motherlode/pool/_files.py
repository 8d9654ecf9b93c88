"""The file formats: which function reads or writes files of which ending.

All that reads or writes a table file uses `READERS` and `WRITERS`: pools, simulations, labelling
projects and their exports. A reader is a function from a path to a pyarrow table; a writer is one
of those in `_writers.py`. A new format is a function in a file beside this one, and a line here.
pyarrow and the functions are imported when a file is read or written, so that the core does not
need them.
"""

import difflib
from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._registry import Registry
from ..errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

Reader = Callable[[Path], "pa.Table"]
_Writer = Callable[[Any, Any], Iterator[bytes]]


def _in(module: str, name: str) -> Callable[..., Any]:
    """Name a function of a module beside this one, which is imported when it is called."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f"..{module}", __name__), name)(*arguments)

    return call


READERS: Registry[Reader] = Registry(
    "reader of files",
    "motherlode.importers",
    {
        "csv": _in("_text_files", "read_csv"),
        "jsonl": _in("_text_files", "read_json_lines"),
        "parquet": _in("_tables", "read_files"),
        "arrow": _in("_tables", "read_files"),
        "npy": _in("_saved_arrays", "read_array"),
    },
)
"""By file ending, without the dot: the function that reads a whole file."""

WRITERS: Registry[_Writer] = Registry(
    "writer of files",
    "motherlode.exporters",
    {
        "csv": _in("_writers", "write_csv"),
        "jsonl": _in("_writers", "write_json_lines"),
        "parquet": _in("_writers", "write_parquet"),
        "arrow": _in("_writers", "write_arrow"),
    },
)
"""By file ending, without the dot: the function that writes a file."""

ALIASES = {"ndjson": "jsonl", "pq": "parquet", "feather": "arrow"}
"""Other endings of the same formats."""


def read_table(path: str | PathLike[str], texts: Collection[str] = ()) -> "pa.Table":
    """Read a file whose ending is in `READERS`, or a folder of Parquet and Arrow files.

    A CSV file has a header line and is comma-, semicolon- or tab-separated UTF-8. A blank in a
    column of numbers, booleans or dates is null; in a column of strings it stays an empty string.
    Columns of it that ``texts`` names are read as strings, whatever they look like. A key that a
    JSON line leaves out is null. Columns of a numpy array are x0, x1, ... The table has at least
    one row and one column, with distinct names. An `InputError` is raised if the file is missing,
    empty, broken or not what its ending says.
    """
    path = Path(path)
    reader = READERS.named("parquet") if path.is_dir() else _reader_of(path)
    read: Callable[..., pa.Table] = reader
    check_pyarrow()
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    try:
        table = read(path, texts) if read is READERS.own["csv"] else read(path)
    except OSError as problem:
        raise InputError(f"{path} can't be read: {problem.strerror or problem}.") from None
    names = table.column_names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path} has two columns named {twice!r}; give each its own name.")
    if not names or table.num_rows == 0:
        raise InputError(f"{path} holds no rows.")
    return table


def check_pyarrow() -> None:
    """Raise an `InputError` if pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        raise InputError('Reading table files needs pyarrow: pip install "motherlode[parquet]".')


def _reader_of(path: Path) -> Reader:
    """Find what reads a file of that ending, or raise an `InputError` that lists the endings."""
    return _by_ending(READERS, path, "should be a folder or end in")


def writer_of(path: Path) -> _Writer:
    """Find what writes a file of that ending, or raise an `InputError` that lists the endings."""
    return _by_ending(WRITERS, path, "should end in")


def _by_ending(registry: Registry[Any], path: Path, should: str) -> Any:
    ending = path.suffix.lower().removeprefix(".")
    name = ALIASES.get(ending, ending)
    if not name or name not in registry:
        known = [e for n in registry.names() for e in (n, *(a for a in ALIASES if ALIASES[a] == n))]
        endings = ", ".join(f".{e}" for e in known)
        raise InputError(f"{path} {should} {endings}, which tell its format.")
    return registry.named(name)


def column(table: "pa.Table", name: str) -> "pa.ChunkedArray":
    """Return the named column, or raise an `InputError` that lists the columns there are."""
    names: list[str] = table.column_names
    if name in names:
        return table.column(name)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    raise InputError(f"There is no column {name!r}{hint}; the columns are: {shown}.")
