"""A table of lines written to a file or folder as a whole, and how its columns are exported."""

import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from .._rows.whole_file import write_whole
from ..errors import InputError
from .cell_texts import format_cells
from .formats import STDOUT, choose_format, is_of_texts, write_parts
from .writers.hugging_face import write_data_set_folder
from .writers.lines import Lines

_FOLDER = "hugging_face"
"""The format that is a folder, unless the name of a zip is given."""


def write_lines(path: Path, format: str | None, describe: Callable[[bool], Lines]) -> None:
    """Write lines to a file or folder, as a whole or not at all; or to standard output.

    Parameters
    ----------
    path : Path
        Its ending says its format, unless one is named. `STDOUT` gets each part once it is made.
    format : str or None
        A name in `WRITERS`; "hugging_face" is a folder unless the path ends in .zip.
    describe : callable
        Gives the lines, told whether cells are to be as their file has them.

    Raises
    ------
    InputError
        If there is no such format, or the file cannot be written.
    """
    chosen = choose_format(path, format)
    if path == STDOUT:
        for part in write_parts(chosen, describe(is_of_texts(chosen))):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    try:
        with write_whole(path) as made:
            if chosen == _FOLDER and path.suffix.lower() != ".zip":
                made.mkdir()
                write_data_set_folder(describe(False), made)
                return
            parts = write_parts(chosen, describe(is_of_texts(chosen)))
            with made.open("wb") as file:
                file.writelines(parts)
    except OSError as problem:
        raise InputError(f"{path} can't be written: {problem.strerror}.") from None


def exported_type(kind: pa.DataType) -> pa.DataType:
    """Give a type to export; of bytes and vectors the export says how large they are."""
    nested = pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return pa.string() if nested else kind


def exported(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give a column as it is exported."""
    kind = exported_type(column.type)
    return column if kind == column.type else pa.chunked_array([format_cells(column)], kind)
