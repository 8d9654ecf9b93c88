"""Text files of a person's own: ids, classes and guidelines."""

from pathlib import Path

from ..errors import InputError


def read_text(path: Path) -> str:
    """Read a text file, which has to be UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as problem:
        raise InputError(f"{path} can't be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text; save it as UTF-8.") from None
