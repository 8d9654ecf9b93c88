"""Files and folders that are written as a whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, which gets the wanted name once the block has ended well.

    Nothing is left behind if the block fails, and no other process ever sees half of it. The wanted
    name is that of a file or of a folder; its own folder must exist. A file, or an empty folder, of
    that name is replaced. The path is in a folder beside the wanted name, so that renaming copies
    nothing. After a power cut the name stands for the old content or for the new, each as a whole.
    """
    with tempfile.TemporaryDirectory(
        dir=path.parent, prefix=f".{path.name}-", ignore_cleanup_errors=True
    ) as aside:
        made = Path(aside) / path.name
        yield made
        for inside in sorted(made.rglob("*"), reverse=True):  # files before their folders
            flush(inside)
        flush(made)
        give_name(made, path)


def give_name(made: Path, path: Path) -> None:
    """Give a file that is on the disk its name, in place of a file that has it."""
    os.replace(made, path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    if os.name == "nt":  # which flushes only what is open to be written
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
