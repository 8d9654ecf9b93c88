"""Who labels at the terminal."""

import getpass

from ..errors import InputError


def find_annotator(name: str | None) -> str:
    """Find the name that answers are recorded under."""
    if name is None:
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            raise InputError("This machine does not say who you are; say --as NAME.") from None
    if not name.strip() or not name.isprintable() or len(name) > 100:
        raise InputError(f"--as is {name!r}; give a name of 1 to 100 printable characters.")
    return name.strip()
