"""Check the files that a command will write before its work begins."""

import os
from pathlib import Path

from ..errors import InputError


def prepare(*paths: Path | None, inputs: tuple[Path, ...] = ()) -> None:
    """Make the folders of `paths`, and see that each can be written and is named once."""
    named = {path.resolve() for path in inputs}
    for path in paths:
        if path is None:
            continue
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
