"""``motherlode account``: change who may log in."""

import getpass
import sys
from pathlib import Path

from ..errors import InputError
from ..project._accounts import ROLES, put_account, remove_account
from ..project._data.folder import open_project
from ._screen import make_console, say


def account(folder: Path, name: str, role: str, remove: bool) -> None:
    """Add, change or remove an account."""
    if role not in ROLES:
        raise InputError(f"--role is {role!r}; it is {' or '.join(ROLES)}.")
    with open_project(folder) as project:
        if remove:
            remove_account(project.database, name)
            say(make_console(), f"{name} is removed.")
            return
        put_account(project.database, name, role, _read_password())
    say(make_console(), f"{name} may log in as {role}.")


def _read_password() -> str:
    """Ask for a password twice on a terminal; read one line of the input elsewhere."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise InputError("The two passwords differ; nothing was changed.")
    return password
