"""Check the files that a command will write before its work begins."""

import os
from pathlib import Path

from .._files.formats import STDOUT
from ..errors import InputError


def prepare(*paths: Path | None, inputs: tuple[Path, ...] = ()) -> None:
    """Make the folders of `paths`, and see that each can be written and is named once."""
    named = {path.resolve() for path in inputs}
    for path in paths:
        if path is None:
            continue
        if path == STDOUT:
            raise InputError("- is standard output, which takes rows alone; name a file.")
        if path.resolve() in named:
            raise InputError(f"{path} is named twice; give every file its own name.")
        named.add(path.resolve())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise InputError(f"The folder of {path} can't be made: {problem.strerror}.") from None
        if path.is_dir():
            raise InputError(f"{path} is a folder; name a file in it.")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise InputError(f"{path} can't be written: permission denied.")


def prepare_rows(to: Path, inputs: tuple[Path, ...] = ()) -> None:
    """Prepare where rows go: a file, standard output, or an empty folder for a format that is one.

    Parameters
    ----------
    to : Path
        Where they go.
    inputs : tuple of Path
        Files that are read meanwhile.
    """
    if to != STDOUT and not to.is_dir():
        prepare(to, inputs=inputs)


def name_output(to: Path) -> str:
    """Name a file, or standard output, in a sentence."""
    return "standard output" if to == STDOUT else str(to)
