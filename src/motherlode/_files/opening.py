"""From a path to rows: read into memory if they are few, left on disk if they are many."""

from pathlib import Path
from typing import Any

from .choices import Choices
from .formats import (
    COPIERS,
    check_pyarrow,
    copy_database,
    copy_dataset,
    dataset_bytes,
    reader_of,
)
from .reading import check_part, read_file
from .saved_arrays import map_array
from .sources import Source, is_address, is_dataset_folder, split_part
from .tables import TableFiles, files_in
from .unpacking import HELD, packing_of


def open_rows(source: Source, choices: Choices | None = None) -> Any:
    """Open the rows of a file, a folder of tables, or a table of a database.

    Parquet, Arrow, CSV, TSV and data bases of more than 32 MB stay on disk, as `TableFiles`, and so
    do arrays, as memory maps; CSV, TSV and databases are written to a temporary Arrow file for
    that. Other files that `READERS` reads become pyarrow tables. `choices` are for text files.
    """
    given = Choices() if choices is None else choices
    name, choices = split_part(source, given)
    path = Path(name)
    if path.suffix.lower() == ".npy" and not path.is_dir():
        check_part(path, choices, has=False)
        return map_array(path)
    check_pyarrow()
    if is_address(name):
        found = copy_database(name, choices)
        return TableFiles([found]) if isinstance(found, Path) else found
    if path.is_dir() and is_dataset_folder(path):
        if dataset_bytes(path, choices) > HELD:
            return TableFiles([copy_dataset(path, choices)])
    elif path.is_dir():
        check_part(path, choices, has=False)
        return _open_tables(files_in(path))
    elif path.exists():
        format = reader_of(path)[0]
        if format in ("parquet", "arrow"):
            check_part(path, choices, has=False)
            return _open_tables([path])
        if format in COPIERS and _is_large(path):
            check_part(path, choices, has=False)
            return TableFiles([COPIERS[format](path, choices)])
    return read_file(source, given).table


def _open_tables(paths: list[Path]) -> Any:
    files = TableFiles(paths)
    n, width = files.shape
    return files if max(files.bytes, 8 * n * width) > HELD else files.table()


def _is_large(path: Path) -> bool:
    # What is packed is a few times as large.
    return path.stat().st_size > (HELD / 4 if packing_of(path) else HELD)
