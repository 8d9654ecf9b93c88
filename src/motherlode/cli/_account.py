"""``motherlode account``: who may log in."""

import getpass
import sys
from pathlib import Path

from ..errors import InputError
from ..project._accounts import ROLES, put_account, remove_account
from ..project._data.folder import opened
from ._screen import say, screen


def account(folder: Path, name: str, role: str, remove: bool) -> None:
    """Add, change or remove an account."""
    if role not in ROLES:
        raise InputError(f"--role is {role!r}; it is {' or '.join(ROLES)}.")
    with opened(folder) as project:
        if remove:
            remove_account(project.database, name)
            say(screen(), f"{name} is removed.")
            return
        put_account(project.database, name, role, _password())
    say(screen(), f"{name} may log in as {role}.")


def _password() -> str:
    """Asked for twice on a terminal; one line of the input elsewhere."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise InputError("The two passwords differ; nothing was changed.")
    return password
