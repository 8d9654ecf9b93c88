"""The files of a project lie in its folder: what is a link or no plain file is refused.

A folder that somebody sent could else show files of this machine to all who label, or have them
written to.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ...errors import InputError

MODEL, CARD = "model.skops", "model.md"
"""What ``motherlode train`` writes in the folder."""

SECRET = "label-studio.secret"
"""What Label Studio sends to a project that is its backend."""

WEBHOOK_SECRET, SENT = "webhook.secret", "webhook.sent"
"""What requests are signed with, and what their receivers have accepted."""

FOLDERS = ("geometry",)
FILES = (
    "project.json", "rows.arrow", "texts.npy", "images.npz", "guidelines.md", "labels.count",
    MODEL, CARD, SECRET, WEBHOOK_SECRET, SENT,
    *(f"labels.sqlite{ending}" for ending in ("", "-wal", "-shm", "-journal")),
)  # fmt: skip
"""All that is read or written in a project's folder."""


def check_own_files(folder: Path) -> None:
    """Refuse a folder in which a file of the project is a link, or no plain file."""
    for path, is_folder in _all(folder):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue  # there is none, or whoever reads it says why not
        if not (stat.S_ISDIR(mode) if is_folder else stat.S_ISREG(mode)):
            raise _refusal(path)


def open_own_file(path: Path) -> BinaryIO:
    """Open a file of a project to read it; refuse a link to elsewhere."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_symlink():
        raise _refusal(path)
    file = os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise _refusal(path)
    return file


def _all(folder: Path) -> Iterator[tuple[Path, bool]]:
    yield from ((folder / name, False) for name in FILES)
    for name in FOLDERS:
        yield folder / name, True
        if (folder / name).is_dir():
            yield from ((path, False) for path in (folder / name).iterdir())


def _refusal(path: Path) -> InputError:
    return InputError(
        f"{path} is a link or no plain file; a project's files lie in its folder, so put a copy "
        "there."
    )
