"""Secrets of a project that other programs share: each in a file that only its owner can read."""

import os
import re
import secrets
from pathlib import Path

from ...errors import InputError
from .own_files import open_own_file

_LONGEST = 1_000
_SECRET = re.compile(r"[A-Za-z0-9_=-]{16,}")


def keep_secret(folder: Path, name: str) -> str:
    """Read the secret in a file of a project's folder, or make one.

    Parameters
    ----------
    folder : Path
        The project's folder.
    name : str
        Of the file, one of `FILES`.
    """
    path = folder / name
    try:
        if not path.exists() and not path.is_symlink():
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(33))  # no padding: also plain Base64
        with open_own_file(path) as held:
            found = held.read(_LONGEST).decode("ascii", "replace").strip()
    except OSError as problem:
        raise InputError(f"{path} can't be written or read: {problem.strerror}.") from None
    if not _SECRET.fullmatch(found):
        raise InputError(f"{path} holds no secret of 16 or more letters and digits; delete it.")
    return found
