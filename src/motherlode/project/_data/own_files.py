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

ABOUT = "motherlode.json"
"""The part of a model file that says what the model reads."""

DRIFT = "drift.json"
"""What the saved model said of rows that came later."""

GUIDELINES, MANIFEST = "guidelines.md", "backup.json"
"""What annotators are told, and what a backup says of itself."""

LABELS, COUNT, MOVED = "labels.sqlite", "labels.count", "labels.moved.sqlite"
"""The labels, how many events were acknowledged, and the labels before they went elsewhere."""

EVALUATION = "evaluation.npz"
"""The scores of a model that is evaluated, and what is asked of the evaluation."""

SECRET = "label-studio.secret"  # the name of a file  # nosec B105
"""What Label Studio sends to a project that is its backend."""

WEBHOOK_SECRET, SENT = "webhook.secret", "webhook.sent"
"""What requests are signed with, and what their receivers have accepted."""

PICTURES = "guidelines"
"""The folder of the pictures that the guidelines show."""

PARTS = ("rows-*.arrow", "texts-*.npy", "images-*.npz")
"""Rows that were added later, and what encoders made of them."""

_ENDINGS = ("", "-wal", "-shm", "-journal")
FOLDERS = ("geometry", PICTURES)
FILES = (
    "project.json", "rows.arrow", "texts.npy", "images.npz", GUIDELINES, COUNT, MANIFEST,
    MODEL, CARD, DRIFT, EVALUATION, SECRET, WEBHOOK_SECRET, SENT,
    *(f"{name}{ending}" for name in (LABELS, MOVED) for ending in _ENDINGS),
)  # fmt: skip
"""All that is read or written in a project's folder, beside `PARTS`."""


def check_own_files(folder: Path) -> None:
    """Refuse a folder in which a file of the project is a link, or no plain file."""
    for path, is_folder in _all(folder):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue  # there is none, or whoever reads it says why not
        if not (stat.S_ISDIR(mode) if is_folder else stat.S_ISREG(mode)):
            raise _refusal(path)


def list_carried(folder: Path) -> list[Path]:
    """List the files that a copy of a project needs beside its labels.

    What can be computed again is left out.
    """
    return [
        path
        for path, is_folder in _all(folder)
        if not is_folder
        and path.parent in (folder, folder / PICTURES)
        and path.name not in (MANIFEST, SECRET, WEBHOOK_SECRET, SENT)
        and not path.name.startswith("labels.")
        and path.exists()
    ]


def put_labels_aside(folder: Path) -> None:
    """Give the files of the labels other names, so that whoever has them open records no more."""
    if not (folder / LABELS).exists():
        return
    for ending in _ENDINGS:  # the database first: without its name nobody acknowledges anything
        (folder / f"{MOVED}{ending}").unlink(missing_ok=True)
        if (folder / f"{LABELS}{ending}").exists():
            (folder / f"{LABELS}{ending}").replace(folder / f"{MOVED}{ending}")


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
    for pattern in PARTS:
        yield from ((path, False) for path in folder.glob(pattern))
    for name in FOLDERS:
        yield folder / name, True
        if (folder / name).is_dir():
            yield from ((path, False) for path in (folder / name).iterdir())


def _refusal(path: Path) -> InputError:
    return InputError(
        f"{path} is a link or no plain file; a project's files lie in its folder, so put a copy "
        "there."
    )
