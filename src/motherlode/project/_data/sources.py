"""Read rows that are to be added to a project, from a file, a folder or a database."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa

from ..._files.choices import EVERY, Choices
from ..._files.formats import COPIERS, reader_of
from ..._files.reading import read_table
from ..._files.sources import is_address, split_part
from ...errors import InputError
from .fitting import Fitted, fit_columns
from .folder import Project


def read_source(project: Project, source: str, choices: Choices) -> tuple[Fitted, str, Path | None]:
    """Read rows of a file of any format, a folder of images, or a table of a database.

    Parameters
    ----------
    project : Project
        Whose columns they get.
    source : str
        As `read_file` takes it.
    choices : Choices
        What was said of the file.

    Returns
    -------
    fitted : Fitted
        The rows.
    name : str
        What they are called in the log; it holds no password.
    root : Path or None
        The folder that paths of images are relative to.

    Raises
    ------
    InputError
        If it cannot be read, or does not fit the project.
    """
    settings, held = project.settings, project.rows.table
    path = Path(split_part(source, Choices())[0])
    if settings.kind == "image" and not is_address(source) and path.is_dir():
        from ...embedding import image_files  # loads scikit-learn, which adding a file can spare

        paths = [found.relative_to(path).as_posix() for found in image_files(path)]
        if not paths:
            raise InputError(f"{path} holds no images.")
        table = pa.table({settings.columns[0]: paths})
        return fit_rows(project, table, choices, source), source, path
    texts = frozenset(f.name for f in held.schema if pa.types.is_string(f.type))
    delimited = not is_address(source) and not path.is_dir() and reader_of(path)[0] in COPIERS
    kept = EVERY if delimited else texts
    table = read_table(source, replace(choices, texts=kept, kinds={}))
    name = _name_address(source) if is_address(source) else Path(source).name
    root = None
    if settings.kind == "image":
        root = Path() if is_address(source) else path.parent
    return fit_rows(project, table, choices, name), name, root


def fit_rows(project: Project, table: pa.Table, choices: Choices, name: str) -> Fitted:
    """Give rows the columns of a project.

    Parameters
    ----------
    project : Project
        Whose columns they get.
    table : pyarrow.Table
        The rows.
    choices : Choices
        What was said of them.
    name : str
        What they are called in messages.
    """
    settings = project.settings
    needed = {*settings.columns, *([] if settings.id is None else [settings.id])}
    return fit_columns(table, project.rows.table, needed, choices, name)


def _name_address(source: str) -> str:
    """Name a database without who reads it, and how."""
    found = urlsplit(source)
    part = f"#{found.fragment}" if found.fragment else ""
    return f"{found.scheme}://{found.hostname or ''}{found.path}{part}"
