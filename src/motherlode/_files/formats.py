"""The file formats: which function reads or writes files of which ending.

All that reads or writes a table file uses `READERS` and `WRITERS`: pools, simulations, labelling
projects and their exports. A reader is a function from a path and `Choices` to what was `Found`;
one of another package, a function from a path to a pyarrow table. A writer is one of those in
`writers.py`. A new format is a function in a file beside this one, and a line here.
pyarrow and the functions are imported when a file is read or written, so that the core does not
need them.
"""

import difflib
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._registry import Registry
from ..errors import InputError
from .unpacking import packing_of

if TYPE_CHECKING:
    import pyarrow as pa

Reader = Callable[..., Any]
_Writer = Callable[[Any, Any], Iterator[bytes]]


def _in(module: str, name: str) -> Callable[..., Any]:
    """Name a function of a module beside this one, which is imported when it is called."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f".{module}", __package__), name)(*arguments)

    return call


READERS: Registry[Reader] = Registry(
    "reader of files",
    "motherlode.importers",
    {
        "csv": _in("csv_files", "read_csv"),
        "jsonl": _in("json_files", "read_json_lines"),
        "parquet": _in("tables", "read_files"),
        "arrow": _in("tables", "read_files"),
        "npy": _in("saved_arrays", "read_array"),
        "tsv": _in("csv_files", "read_tsv"),
        "tab": _in("csv_files", "read_tsv"),
        "txt": _in("plain_text", "read_lines"),
        "json": _in("json_files", "read_json"),
        "xlsx": _in("workbooks", "read_workbook"),
        "xlsm": _in("workbooks", "read_workbook"),
        "xls": _in("workbooks", "read_workbook"),
        "ods": _in("workbooks", "read_workbook"),
        "ris": _in("references", "read_references"),
        "nbib": _in("references", "read_references"),
        "xml": _in("endnote", "read_endnote"),
    },
)
"""By file ending, without the dot: the function that reads a whole file."""

_TEXTS = ("csv", "jsonl", "tsv", "tab", "txt", "json", "ris", "nbib", "xml")
"""The formats that may be packed."""

_SHEETS = ("xlsx", "xlsm", "xls", "ods")
"""The formats that have parts."""

read_database = _in("databases", "read_database")
read_dataset = _in("dataset_folders", "read_dataset")
read_folder = _in("tables", "read_files")
copy_database = _in("databases", "copy_database")
copy_dataset = _in("dataset_folders", "copy_dataset")
dataset_bytes = _in("dataset_folders", "dataset_bytes")
COPIERS = {
    "csv": _in("csv_files", "copy_csv"),
    "tsv": _in("csv_files", "copy_tsv"),
    "tab": _in("csv_files", "copy_tsv"),
}
"""By file ending: the function that writes the rows of a large file to an Arrow file."""

WRITERS: Registry[_Writer] = Registry(
    "writer of files",
    "motherlode.exporters",
    {
        "csv": _in("writers", "write_csv"),
        "jsonl": _in("writers", "write_json_lines"),
        "parquet": _in("writers", "write_parquet"),
        "arrow": _in("writers", "write_arrow"),
    },
)
"""By file ending, without the dot: the function that writes a file."""

ALIASES = {"ndjson": "jsonl", "pq": "parquet", "feather": "arrow"}
"""Other endings of the same formats."""


def check_pyarrow() -> None:
    """Raise an `InputError` if pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        raise InputError('Reading table files needs pyarrow: pip install "motherlode[parquet]".')


def reader_of(path: Path) -> tuple[str, Reader]:
    """Find what reads a file of that ending, or raise an `InputError` that lists the endings."""
    packing = packing_of(path)
    inner = path.with_suffix("") if packing else path
    name, reader = _by_ending(READERS, inner, "should be a folder or end in")
    if packing and name not in _TEXTS:
        endings = ", ".join(f".{name}{packing}" for name in _TEXTS)
        raise InputError(f"{path} can't be read packed; of packed files, {endings} can.")
    return name, reader


def has_parts(name: str) -> bool:
    """Tell whether a file of the format has parts that can be named after a ``#``."""
    return name in _SHEETS


def writer_of(path: Path) -> _Writer:
    """Find what writes a file of that ending, or raise an `InputError` that lists the endings."""
    return _by_ending(WRITERS, path, "should end in")[1]


def _by_ending(registry: Registry[Any], path: Path, should: str) -> tuple[str, Any]:
    ending = path.suffix.lower().removeprefix(".")
    name = ALIASES.get(ending, ending)
    if not name or name not in registry:
        known = [e for n in registry.names() for e in (n, *(a for a in ALIASES if ALIASES[a] == n))]
        endings = ", ".join(f".{e}" for e in known)
        raise InputError(f"{path} {should} {endings}, which tell its format.")
    return name, registry.named(name)


def column(table: "pa.Table", name: str) -> "pa.ChunkedArray":
    """Return the named column, or raise an `InputError` that lists the columns there are."""
    names: list[str] = table.column_names
    if name in names:
        return table.column(name)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    raise InputError(f"There is no column {name!r}{hint}; the columns are: {shown}.")
