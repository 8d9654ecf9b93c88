"""What a person names to be read: a file, a part of one, a folder, or a table of a database."""

import re
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path

from ..errors import InputError
from .choices import Choices

ONE, SEVERAL = "dataset_info.json", "dataset_dict.json"
"""What says that a folder is a data set of Hugging Face, or several."""

PARQUET, ARROW = (".parquet", ".pq"), (".arrow", ".feather")
ENDINGS = PARQUET + ARROW
"""The endings of files whose rows can be read without reading the whole file."""

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
        name, sign, part = text.partition("#")
        if sign and "#" in Path(text).suffix:
            return name, replace(choices, part=part)
    return text, choices


def name_of(source: Source) -> str:
    """Name what is read by its file, or by the table of a database."""
    text = fspath(source)
    address, _, part = text.partition("#")
    if is_address(text):
        return part if re.fullmatch(r"[\w.]+", part) else Path(address).stem
    return Path(split_part(text, Choices())[0]).stem


def holds_tables(folder: Path) -> bool:
    """Tell whether a folder holds files of tables, which are read as one."""
    return any(path.suffix.lower() in ENDINGS for path in folder.rglob("*"))


def is_dataset_folder(folder: Path) -> bool:
    """Tell whether ``save_to_disk`` of Hugging Face's `datasets` wrote the folder."""
    one = (folder / ONE).is_file() and (folder / "state.json").is_file()
    return one or (folder / SEVERAL).is_file()
