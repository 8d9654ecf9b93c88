"""What a person names to be read: a file, a part of one, a folder, or a table of a database."""

import re
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path

from ..errors import InputError
from .choices import Choices

ONE, SEVERAL = "dataset_info.json", "dataset_dict.json"
"""What says that a folder is a data set of Hugging Face, or several."""

Source = str | PathLike[str]
_ADDRESS = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
_BENT = re.compile(r"(sqlite|postgres(ql)?|mysql|mariadb|mssql|oracle)(\+\w+)?:/", re.IGNORECASE)


def is_address(source: Source) -> bool:
    """Tell whether it is the address of a database, as in ``sqlite:///file.db#table``."""
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def split_part(source: Source, choices: Choices) -> tuple[str, Choices]:
    """Separate what is named from its part, which stands after a ``#``.

    A ``#`` in the name of a file that is there belongs to the name.
    """
    text = fspath(source)
    if is_address(text):
        address, sign, part = text.partition("#")
        return address, replace(choices, part=part if sign else None)
    if _BENT.match(text):
        raise InputError(
            f"{text} is a path; give the address of a database as a string, with two slashes."
        )
    if not Path(text).exists():
        for place in (found.start() for found in re.finditer("#", text)):
            if text[:place] and Path(text[:place]).exists():
                return text[:place], replace(choices, part=text[place + 1 :])
    return text, choices


def is_dataset_folder(folder: Path) -> bool:
    """Tell whether ``save_to_disk`` of Hugging Face's `datasets` wrote the folder."""
    one = (folder / ONE).is_file() and (folder / "state.json").is_file()
    return one or (folder / SEVERAL).is_file()
