"""What a path holds: the rows of a file, or a folder of images."""

from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

from .._files.opening import open_rows
from .._files.sources import holds_tables, is_dataset_folder
from ..embedding import image_files
from ..errors import InputError


def open_path(path: str | PathLike[str]) -> Any:
    """Open the rows at a path; a folder that holds images and no tables is a list of its images."""
    folder = Path(path)
    if folder.is_dir() and not is_dataset_folder(folder) and not holds_tables(folder):
        with suppress(InputError):
            return image_files(folder)
    return open_rows(path)
