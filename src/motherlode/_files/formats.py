"""The file formats: which function reads or writes files of which ending.

All that reads or writes a table file uses `READERS` and `WRITERS`: pools, simulations, labelling
projects and their exports. A reader is a function from a path and `Choices` to what was `Found`;
one of another package, a function from a path to a pyarrow table. A writer is a function from
`Lines` to parts of a file; one of another package, a function of a schema and batches. A new format
is a function in a file beside this one or in `writers/`, and a line here.
pyarrow and the functions are imported when a file is read or written, so that the core does not
need them.
"""

import difflib
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._registry import Registry, normal
from ..errors import InputError
from .unpacking import packing_of

if TYPE_CHECKING:
    import pyarrow as pa

    from .writers.lines import Lines

Reader = Callable[..., Any]


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
        "ciw": _in("references", "read_references"),
        "enw": _in("references", "read_references"),
        "xml": _in("endnote", "read_endnote"),
        "asreview": _in("asreview_projects", "read_asreview"),
    },
)
"""By file ending, without the dot: the function that reads a whole file."""

_TEXTS = ("csv", "jsonl", "tsv", "tab", "txt", "json", "ris", "nbib", "ciw", "enw", "xml")
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

WRITERS: Registry[Callable[..., Iterator[bytes]]] = Registry(
    "format to export",
    "motherlode.exporters",
    {
        "csv": _in("writers.delimited", "write_csv"),
        "tsv": _in("writers.delimited", "write_tsv"),
        "jsonl": _in("writers.json_tables", "write_json_lines"),
        "json": _in("writers.json_tables", "write_json_array"),
        "parquet": _in("writers.arrow_tables", "write_parquet"),
        "arrow": _in("writers.arrow_tables", "write_arrow"),
        "xlsx": _in("writers.workbook", "write_workbook"),
        "ris": _in("writers.references", "write_references"),
        "label_studio": _in("writers.label_tools", "write_label_studio"),
        "doccano": _in("writers.label_tools", "write_doccano"),
        "prodigy": _in("writers.label_tools", "write_prodigy"),
        "hugging_face": _in("writers.hugging_face", "write_data_set"),
    },
)
"""By format, which is the file ending without the dot where it has one of its own: its writer."""

_OF_TEXTS = {"csv", "tsv", "ris"}
_SHARED_ENDINGS = {
    "label_studio": "json",
    "doccano": "jsonl",
    "prodigy": "jsonl",
    "hugging_face": "zip",
}
"""The endings of formats that are chosen by their names alone."""

STDOUT = Path("-")
"""The name of standard output, which is CSV where no format is named."""

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


def list_formats() -> list[str]:
    """List the formats to export, as people spell them."""
    return [name.replace("_", "-") for name in WRITERS.names()]


def choose_format(path: Path, name: str | None = None) -> str:
    """Choose the format of a name, or of a file's ending if there is none.

    `STDOUT` has no ending, and is CSV then.

    Raises
    ------
    InputError
        If there is no such format, or the ending does not tell one.
    """
    if name is None and path == STDOUT:
        return "csv"
    if name is None:
        return _by_ending(WRITERS, path, "should end in")[0]
    key = normal(name)
    if key not in WRITERS:
        raise InputError(f"There is no format {name!r} to export; choose {_join(list_formats())}.")
    return key


def ending_of(format: str) -> str:
    """Tell the ending of a format's files, without the dot."""
    return _SHARED_ENDINGS.get(normal(format), normal(format))


def is_of_texts(format: str) -> bool:
    """Tell whether a format has no types, so that cells are written as their file has them."""
    return normal(format) in _OF_TEXTS


def write_parts(format: str, lines: "Lines") -> Iterator[bytes]:
    """Give the parts of a file, one after the other; what is wrong is said before the first."""
    writer = WRITERS.named(format)
    if normal(format) in WRITERS.own:
        return writer(lines)
    # What another package adds is a function of a schema and of lists of dicts.
    return writer(lines.schema, (table.to_pylist() for table in lines.tables))


def _by_ending(registry: Registry[Any], path: Path, should: str) -> tuple[str, Any]:
    ending = path.suffix.lower().removeprefix(".")
    name = ALIASES.get(ending, ending)
    if normal(name) in _SHARED_ENDINGS or name not in registry:
        names = [n for n in registry.names() if n not in _SHARED_ENDINGS]
        known = [e for n in names for e in (n, *(a for a in ALIASES if ALIASES[a] == n))]
        endings = ", ".join(f".{e}" for e in known)
        raise InputError(f"{path} {should} {endings}, which tell its format.")
    return name, registry.named(name)


def _join(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def column(table: "pa.Table", name: str) -> "pa.ChunkedArray":
    """Return the named column, or raise an `InputError` that lists the columns there are."""
    names: list[str] = table.column_names
    if name in names:
        return table.column(name)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    raise InputError(f"There is no column {name!r}{hint}; the columns are: {shown}.")
