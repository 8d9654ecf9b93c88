"""``motherlode account``: list and change who may log in."""

import getpass
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.text import Text

from ..errors import InputError
from ..project._accounts import (
    ROLES,
    disable_account,
    enable_account,
    has_accounts,
    has_admin,
    list_accounts,
    put_account,
    read_password_hash,
    remove_account,
)
from ..project._data.folder import open_project
from ..project._insight.status import format_time
from ..project._log.database import Database
from ._screen import make_console, make_table, say, say_json


@dataclass(frozen=True)
class Request:
    """What to do with an account."""

    role: str | None = None
    remove: bool = False
    disable: bool = False
    enable: bool = False

    @property
    def parts(self) -> int:
        """How many things are asked for."""
        return sum([self.role is not None, self.remove, self.disable, self.enable])


def account(folder: Path, name: str | None, request: Request, json: bool) -> None:
    """List the accounts, or add, change or remove one."""
    if request.role is not None and request.role not in ROLES:
        raise InputError(f"--role is {request.role!r}; it is {', '.join(ROLES[:-1])} or admin.")
    if request.parts > 1:
        raise InputError("Give one of --role, --remove, --disable and --enable.")
    if name is None and request.parts:
        raise InputError("Say whose account, as in `motherlode account PROJECT ann --disable`.")
    with open_project(folder) as project:
        if name is None:
            _list(project.database, json)
            return
        for sentence in _change(project.database, name, request):
            say(make_console(), sentence)


def _change(database: Database, name: str, request: Request) -> list[str]:
    """Do what is asked, and say what was done."""
    if request.remove:
        remove_account(database, name)
        if has_accounts(database):
            return [f"{name} is removed; what {name} labelled stays."]
        return [
            f"{name} is removed; what {name} labelled stays.",
            "This was the last account: nobody can log in until there is another one. A server "
            "that is started anew prints a link again, which opens all to whoever has it.",
        ]
    if request.disable:
        disable_account(database, name, time.time())
        return [f"{name} can't log in until `--enable`; what {name} labelled stays."]
    if request.enable:
        enable_account(database, name)
        return [f"{name} may log in again."]
    is_new = read_password_hash(database, name) is None
    password = _read_password() if is_new or request.role is None else None
    made = put_account(database, name, request.role, password)
    said = [f"{name} may log in as {made.role}."]
    if made.disabled:
        said = [f"{name} is {made.role}, and disabled: `--enable` lets {name} log in."]
    if not is_new and password is not None:
        said = ["The password is another one now, and all sessions have ended.", *said]
    if not has_admin(database):
        said.append(
            "Nobody is an admin yet, who could manage people, settings and exports on the page: "
            "motherlode account PROJECT NAME --role admin."
        )
    return said


def _list(database: Database, json: bool) -> None:
    listed, console = list_accounts(database, time.time()), make_console()
    if json:
        times = ("disabled_at", "seen_at")
        say_json(
            console,
            [
                {
                    name: format_time(value) if name in times and value is not None else value
                    for name, value in asdict(one).items()
                }
                for one in listed
            ],
        )
        return
    if not listed:
        say(console, "There are no accounts: whoever opens the printed link may do everything.")
        return
    table = make_table("Name")
    for heading in ("Role", "Log-in", "Last seen (UTC)"):
        table.add_column(heading, overflow="fold")
    table.add_column("Open sessions", justify="right")
    for one in listed:
        table.add_row(
            Text(one.name),
            one.role,
            "yes" if one.disabled_at is None else f"disabled since {_short(one.disabled_at)}",
            "never" if one.seen_at is None else _short(one.seen_at),
            f"{one.sessions:,}",
        )
    console.print(table)


def _short(at: float) -> str:
    return format_time(at)[:16].replace("T", " ")


def _read_password() -> str:
    """Ask for a password twice on a terminal; read one line of the input elsewhere."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise InputError("The two passwords differ; nothing was changed.")
    return password
