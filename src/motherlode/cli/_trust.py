"""``motherlode trust``: accept the database that a project from somebody else names."""

import sys
from pathlib import Path

from ..errors import InputError
from ..project._data.addresses import ACCEPTED, name_address, remember_address
from ..project._data.folder import read_address
from ._screen import make_console, say


def trust(folder: Path) -> None:
    """Show the address and ask; nothing connects."""
    url = read_address(folder)
    if url is None:
        say(make_console(), f"{folder} keeps its labels in its folder; there is nothing to accept.")
        return
    address = name_address(url)
    say(make_console(), f"{folder} keeps its labels in {address}.")
    say(make_console(), "Passwords that you saved do not go there; what you label does.")
    if not _agree():
        raise InputError(f"{address} was not accepted; nothing was changed.")
    remember_address(url, ACCEPTED)
    say(make_console(), "Accepted.")


def _agree() -> bool:
    """Ask on a terminal; read one line of the input elsewhere."""
    if sys.stdin.isatty():
        sys.stdout.write("Do you know this database? yes or no: ")
        sys.stdout.flush()
    return sys.stdin.readline().strip().lower() == "yes"
