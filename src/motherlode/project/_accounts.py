"""Who may log in.

The database holds argon2 hashes of passwords, with which nobody can log in.
"""

import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, insert, select

from ..errors import InputError
from ._log.database import Database
from ._log.schema import account, session

ANNOTATOR, ADMIN = "annotator", "admin"
ROLES = (ANNOTATOR, ADMIN)

_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 10, 1_000
_hasher = PasswordHasher()
_ANY = select(account.c.name).limit(1)


@cache
def make_dummy_hash() -> str:
    """Make a hash to check where there is no account, so that the time taken tells nothing.

    This takes a sixth of a second. Call it before the first attempt to log in, which would be
    slower than others otherwise.
    """
    return _hasher.hash(secrets.token_hex())


@dataclass(frozen=True)
class Account:
    """Somebody who may log in."""

    name: str
    role: str


def put_account(database: Database, name: str, role: str, password: str) -> None:
    """Add an account, or give one a new role and password; its sessions end."""
    if not name.strip() or not name.isprintable() or name != name.strip() or len(name) > 100:
        raise InputError(f"The name is {name!r}; give 1 to 100 printable characters.")
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise InputError(f"The password has {len(password)} characters; give 10 to 1,000.")
    hashed = _hasher.hash(password)
    with database.writing() as connection:
        connection.execute(delete(account).where(account.c.name == name))
        connection.execute(delete(session).where(session.c.account == name))
        connection.execute(insert(account).values(name=name, role=role, password=hashed))


def remove_account(database: Database, name: str) -> None:
    """Remove an account and its sessions; its labels stay."""
    with database.writing() as connection:
        connection.execute(delete(session).where(session.c.account == name))
        gone = connection.execute(delete(account).where(account.c.name == name)).rowcount
        if not gone:
            raise InputError(f"There is no account {name!r}.")


def has_accounts(database: Database) -> bool:
    """Say whether anybody may log in."""
    with database.reading() as connection:
        return connection.execute(_ANY).first() is not None


def read_password_hash(database: Database, name: str) -> str | None:
    """Read the hash of an account's password; None without such an account."""
    with database.reading() as connection:
        return connection.execute(select(account.c.password).where(account.c.name == name)).scalar()


def check_password(database: Database, name: str, password: str) -> Account | None:
    """Return the account of a name if the password is right."""
    with database.reading() as connection:
        found = connection.execute(select(account).where(account.c.name == name)).first()
    try:
        _hasher.verify(make_dummy_hash() if found is None else found.password, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    return None if found is None else Account(found.name, found.role)
