"""Guidelines for annotators: the text that was set, else a file of the folder, and its pictures.

Pictures lie in the folder ``guidelines`` of the project, and the text names them as
``![a crack](crack.png)``.
"""

import re
from hashlib import blake2b
from pathlib import Path

from ..._rows.whole_file import write_whole
from ...errors import InputError
from .folder import Project
from .images import find_media_type
from .own_files import PICTURES, open_own_file

FILE = "guidelines.md"
LARGEST_PICTURE = 5_000_000
"""Bytes of a picture in the guidelines."""

_LARGEST_TEXT = 200_000
_MOST_PICTURES = 200
_PICTURE = re.compile(r"[^\W_][\w .()-]{0,99}\.(png|jpe?g|gif|webp|bmp)", re.I)


def read_guidelines(project: Project) -> str | None:
    """Read the guidelines that were set, else those in the project's folder; None without any."""
    text = project.settings.guidelines
    return read_file(project.folder) if text is None else text


def read_file(folder: Path) -> str | None:
    """Read the guidelines in a project's folder; None without such a file.

    Raises
    ------
    InputError
        If it can't be read, or is a link.
    """
    try:
        with open_own_file(folder / FILE) as file:
            return file.read(_LARGEST_TEXT).decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise InputError(f"{FILE} can't be read: {problem.strerror}.") from None


def is_picture_name(name: str) -> bool:
    """Say whether a name can be that of a picture in the guidelines: a plain file name.

    Examples
    --------
    >>> is_picture_name("crack 1.png"), is_picture_name("../a.png"), is_picture_name("a.svg")
    (True, False, False)
    """
    return _PICTURE.fullmatch(name) is not None


def put_picture(folder: Path, content: bytes) -> str:
    """Keep a picture for the guidelines, and return its name, which its content gives it.

    Raises
    ------
    InputError
        If it is none that browsers show, or too large, or one too many.
    """
    kind = find_media_type(content)
    if kind is None:
        raise InputError("The file is no PNG, JPEG, GIF, WebP or BMP picture; save it as one.")
    if len(content) > LARGEST_PICTURE:
        raise InputError("The picture is larger than 5 MB; make it smaller.")
    place = _own_folder(folder)
    place.mkdir(exist_ok=True)
    name = f"{blake2b(content, digest_size=8).hexdigest()}.{kind.removeprefix('image/')}"
    if (place / name).exists():
        return name
    if sum(1 for _ in place.iterdir()) >= _MOST_PICTURES:
        raise InputError(f"The guidelines have {_MOST_PICTURES} pictures already; remove some.")
    try:
        with write_whole(place / name) as part:
            part.write_bytes(content)
    except OSError as problem:
        raise InputError(f"The picture can't be kept: {problem.strerror}.") from None
    return name


def read_picture(folder: Path, name: str) -> bytes | None:
    """Read a picture of the guidelines; None where there is none of that name."""
    if not is_picture_name(name):
        return None
    try:
        with open_own_file(_own_folder(folder) / name) as file:
            return file.read(LARGEST_PICTURE + 1)
    except OSError:
        return None


def _own_folder(folder: Path) -> Path:
    place = folder / PICTURES
    if place.is_symlink():
        raise InputError(f"{place} is a link; a project's files lie in its folder.")
    return place
