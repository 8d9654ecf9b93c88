"""Read a file of any format as one table, and say how it was read."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from .choices import Choices, Found, check_names
from .formats import (
    READERS,
    Reader,
    check_pyarrow,
    has_parts,
    read_database,
    read_dataset,
    read_folder,
    reader_of,
)
from .sources import Source, is_address, is_dataset_folder, split_part

if TYPE_CHECKING:
    import pyarrow as pa


def read_file(source: Source, choices: Choices | None = None) -> Found:
    """Read a file whose ending is in `READERS`, a folder of tables, or a table of a database.

    A part of a file stands after a ``#``: ``book.xlsx#Second sheet``, ``folder#train``,
    ``sqlite:///file.db#table``. docs/reference/files.md lists the formats. The table has at least
    one row and one column, with distinct names. An `InputError` is raised if the file is
    missing, empty, broken or not what its ending says.
    """
    check_pyarrow()
    choices = choices or Choices()
    found = _read(source, choices)
    if not choices.kinds:
        return found
    from .cell_texts import converted
    from .cells import apply_choices

    table, reasons = apply_choices(found.table, choices)
    texts = found.table.select([n for n in choices.kinds if n in table.column_names])
    told = converted(texts, table) if texts.num_columns else {}
    return replace(
        found,
        table=table,
        reasons={**found.reasons, **reasons},
        written={**told, **found.written},
    )


def read_table(source: Source, choices: Choices | None = None) -> "pa.Table":
    """Read the table of a file; see `read_file`."""
    return read_file(source, choices).table


def _read(source: Source, choices: Choices) -> Found:
    name, choices = split_part(source, choices)
    if is_address(name):
        return read_database(name, choices)
    path = Path(name)
    reader, is_own = _find_reader(path, choices)
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    try:
        # What another package adds is a function of a path to a table.
        found = reader(path, choices) if is_own else Found(reader(path))
    except OSError as problem:
        raise InputError(f"{path} can't be read: {problem.strerror or problem}.") from None
    check_names(path, found.table.column_names)
    if found.table.num_rows == 0:
        raise InputError(f"{path} holds no rows.")
    return found


def _find_reader(path: Path, choices: Choices) -> tuple[Reader, bool]:
    if path.is_dir():
        if is_dataset_folder(path):
            return read_dataset, True
        check_part(path, choices, has=False)
        return read_folder, True
    name, reader = reader_of(path)
    check_part(path, choices, has=has_parts(name))
    return reader, name in READERS.own


def check_part(path: Path, choices: Choices, *, has: bool) -> None:
    """Raise an `InputError` if a part is named of a file that has none."""
    if choices.part is not None and not has:
        raise InputError(f"{path} has no parts, so there is no {choices.part!r} in it.")
