"""Databases and webhooks that this user named in projects, or accepted; models that they wrote.

A folder may come from somebody else, and its ``project.json`` names a database. Whoever owns that
database learns of each connection, and could ask for a password that ``~/.pgpass`` holds. So
nothing connects to an address that is not in the record of this user, and no word of labels goes
to one. Packages of boosted trees read a model by native code, which a forged one can make run
anything; so such a model is read alone if this user wrote it. The record lies outside of all
projects, and holds no password.
"""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ...errors import InputError

MADE, ACCEPTED = "made", "accepted"
_RECEIVER, _MODEL = "webhook", "model"
_FILE = "databases"
# Others name files of this machine, or turn off what protects a connection.
_HARMLESS = {"application_name", "host", "options", "port", "sslmode", "sslrootcert"}


def name_address(url: str) -> str:
    """Write an address in one form and without its password.

    Examples
    --------
    >>> name_address("postgresql+psycopg://ann:secret@host/wells")
    'postgresql://ann@host/wells'
    """
    parsed = _parse(url)
    query = {key: value for key, value in parsed.query.items() if key != "password"}
    plain = URL.create(
        "postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, query
    )
    text = plain.render_as_string(hide_password=False)
    if not text.isprintable():
        raise InputError("The address of the database holds characters that cannot be printed.")
    return text


def remember_address(url: str, how: str) -> None:
    """Add an address to the record, as made by this user or as accepted."""
    _remember(f"{how} {name_address(url)}")


def remember_receiver(address: str) -> None:
    """Add the address of a webhook to the record, as named or accepted by this user."""
    _remember(f"{_RECEIVER} {address}")


def find_strange_receivers(addresses: Iterable[str]) -> list[str]:
    """List the addresses of webhooks that this user has neither named nor accepted."""
    known = _read_record()
    return [address for address in addresses if f"{_RECEIVER} {address}" not in known]


def remember_model(content: bytes) -> None:
    """Add a file of a model to the record, as written by this user."""
    _remember(_name_model(content))


def wrote_model(content: bytes) -> bool:
    """Tell whether this user wrote a file of a model."""
    return _name_model(content) in _read_record()


def _name_model(content: bytes) -> str:
    return f"{_MODEL} {sha256(content).hexdigest()}"


def _remember(line: str) -> None:
    path = _record()
    if line in _read_record():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One write at the end of the file, so that two processes do not mix their lines.
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, f"{line}\n".encode())
        finally:
            os.close(file)
    except OSError as problem:
        raise _no_record(problem) from None


def may_use_passwords(url: str, folder: Path) -> bool:
    """Say whether saved passwords may go to an address; refuse one that is not in the record.

    They go to databases alone in which this user made a project. An address that was accepted
    brings its password along, or needs none.
    """
    address = name_address(url)
    known = _read_record()
    if f"{MADE} {address}" in known:
        return True
    if f"{ACCEPTED} {address}" not in known:
        raise InputError(
            f"{folder} keeps its labels in {address}, which you have not used before; if you know "
            "that database, accept it by `motherlode trust` and the name of the folder."
        )
    other = sorted(set(_parse(url).query) - _HARMLESS)
    if other:
        raise InputError(
            f"The address of the database of {folder} sets {other[0]!r}, which a folder may not; "
            "make the project anew by `motherlode init --database`."
        )
    return False


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        is_postgres = parsed.get_backend_name() == "postgresql"
    except (ArgumentError, ValueError, TypeError, AttributeError):
        is_postgres = False
    if not is_postgres:
        raise InputError("The database is not given as postgresql://user:password@host/name.")
    return parsed


def _read_record() -> set[str]:
    try:
        return set(_record().read_text("utf-8").splitlines())
    except FileNotFoundError:
        return set()
    except UnicodeDecodeError:
        raise InputError(f"{_record()} is damaged; remove it.") from None
    except OSError as problem:
        raise _no_record(problem) from None


def _no_record(problem: OSError) -> InputError:
    return InputError(
        f"{_record()}, which keeps what you accepted, can't be read and written: "
        f"{problem.strerror}; set XDG_CONFIG_HOME to a folder that can."
    )


def _record() -> Path:
    # A relative path could lie in the very folder that somebody sent.
    named = (os.environ.get(name, "") for name in ("XDG_CONFIG_HOME", "APPDATA"))
    try:
        home = next((p for p in map(Path, named) if p.is_absolute()), Path.home() / ".config")
    except RuntimeError:
        raise InputError("This machine does not say where your home is; set HOME.") from None
    return home / "motherlode" / _FILE
