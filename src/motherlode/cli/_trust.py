"""``motherlode trust``: accept the database and webhooks that somebody else's project names."""

import sys
from contextlib import suppress
from pathlib import Path

from ..errors import InputError
from ..project._data.addresses import (
    ACCEPTED,
    find_strange_receivers,
    name_address,
    remember_address,
    remember_receiver,
)
from ..project._data.folder import open_project, read_address
from ..project._insight.webhooks import describe_secret
from ..project._log.database import Unavailable
from ._screen import make_console, say


def trust(folder: Path) -> None:
    """Show each address and ask; nothing connects to it before."""
    url = read_address(folder)
    if url is not None:
        _trust_database(folder, url)
    receivers = _find_receivers(folder)
    for address in receivers:
        say(make_console(), f"{folder} sends word of each label to {address}.")
        if not _agree("this receiver"):
            raise InputError(f"{address} was not accepted; nothing goes there.")
        remember_receiver(address)
        say(make_console(), f"Accepted. {describe_secret(folder)}")
    if url is None and not receivers:
        say(make_console(), f"{folder} keeps its labels in its folder; there is nothing to accept.")


def _find_receivers(folder: Path) -> list[str]:
    """List the webhooks to be asked about; none while the database does not answer."""
    with suppress(Unavailable), open_project(folder) as project:
        return find_strange_receivers(project.settings.webhook)
    return []


def _trust_database(folder: Path, url: str) -> None:
    address = name_address(url)
    say(make_console(), f"{folder} keeps its labels in {address}.")
    say(make_console(), "Passwords that you saved do not go there; what you label does.")
    if not _agree("this database"):
        raise InputError(f"{address} was not accepted; nothing was changed.")
    remember_address(url, ACCEPTED)
    say(make_console(), "Accepted.")


def _agree(to: str) -> bool:
    """Ask on a terminal; read one line of the input elsewhere."""
    if sys.stdin.isatty():
        sys.stdout.write(f"Do you know {to}? yes or no: ")
        sys.stdout.flush()
    return sys.stdin.readline().strip().lower() == "yes"
