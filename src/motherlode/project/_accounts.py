"""Who may log in, and what they may do.

The database holds argon2 hashes of passwords, with which nobody can log in. As long as there are
accounts, one of them is an admin who may log in, so that nobody is locked out.
"""

import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from .._inert.description import pluralise
from ..errors import InputError
from ._log.database import Database
from ._log.schema import account, session

ANNOTATOR, REVIEWER, ADMIN = "annotator", "reviewer", "admin"
ROLES = (ANNOTATOR, REVIEWER, ADMIN)
SEE_ALL = (REVIEWER, ADMIN)
"""Roles that see the answers of everybody, and settle disagreements."""

_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 10, 1_000
_hasher = PasswordHasher()
_ANY = select(account.c.name).limit(1)
_ADMINS = select(account.c.name).where(account.c.role == ADMIN, account.c.disabled_at.is_(None))
_SEE = update(account).where(account.c.name == bindparam("who")).values(seen_at=bindparam("now"))


@cache
def make_dummy_hash() -> str:
    """Make a hash to check where there is no account, so that the time taken tells nothing.

    This takes a sixth of a second. Call it before the first attempt to log in, which would be
    slower than others otherwise.
    """
    return _hasher.hash(secrets.token_hex())


@dataclass(frozen=True)
class Account:
    """Somebody who may log in, unless the account is disabled."""

    name: str
    role: str
    disabled: bool = False


@dataclass(frozen=True)
class ListedAccount:
    """An account, when it was used last and disabled, and how many sessions it has open."""

    name: str
    role: str
    disabled_at: float | None
    seen_at: float | None
    sessions: int


def put_account(
    database: Database, name: str, role: str | None = None, password: str | None = None
) -> Account:
    """Add an account, or give one another role or password; with a new password its sessions end.

    What is None stays. A new account needs a password, and is an annotator without a role.
    """
    if not name.strip() or not name.isprintable() or name != name.strip() or len(name) > 100:
        raise InputError(f"The name is {name!r}; give 1 to 100 printable characters.")
    if role is not None and role not in ROLES:
        raise InputError(f"The role is {role!r}; it is {', '.join(ROLES[:-1])} or {ROLES[-1]}.")
    changes = {} if password is None else {"password": _hash(password)}
    if role is not None:
        changes["role"] = role
    with database.writing() as connection:
        found = connection.execute(select(account).where(account.c.name == name)).first()
        if found is None:
            if password is None:
                raise InputError(f"There is no account {name!r}.")
            changes.setdefault("role", ANNOTATOR)
            connection.execute(insert(account).values(name=name, **changes))
            return Account(name, changes["role"])
        if role not in (None, ADMIN):
            _keep_an_admin(connection, name)
        if changes:
            connection.execute(update(account).where(account.c.name == name).values(**changes))
        if password is not None:
            connection.execute(delete(session).where(session.c.account == name))
        return Account(name, role or found.role, found.disabled_at is not None)


def disable_account(database: Database, name: str, now: float) -> None:
    """Let nobody in by an account until it is enabled again; its sessions end, its labels stay."""
    with database.writing() as connection:
        _keep_an_admin(connection, name)
        _change(connection, name, disabled_at=now)
        connection.execute(delete(session).where(session.c.account == name))


def enable_account(database: Database, name: str) -> None:
    """Let somebody log in again, with the password that the account had."""
    with database.writing() as connection:
        _change(connection, name, disabled_at=None)


def remove_account(database: Database, name: str) -> None:
    """Remove an account and its sessions; its labels stay."""
    with database.writing() as connection:
        _keep_an_admin(connection, name, unless_alone=True)
        connection.execute(delete(session).where(session.c.account == name))
        gone = connection.execute(delete(account).where(account.c.name == name)).rowcount
        if not gone:
            raise InputError(f"There is no account {name!r}.")


def change_own_password(database: Database, name: str, old: str, new: str, here: str) -> None:
    """Give an account another password, if the old one is right; all sessions but `here` end.

    `here` is the id of a session, as `make_id` of `_sessions` gives it.
    """
    if check_password(database, name, old) is None:
        raise InputError("The old password is wrong; nothing was changed.")
    hashed = _hash(new)
    with database.writing() as connection:
        _change(connection, name, password=hashed)
        other = ~session.c.digest.startswith(here, autoescape=True)
        connection.execute(delete(session).where(session.c.account == name, other))


def list_accounts(database: Database, now: float) -> list[ListedAccount]:
    """List all accounts by name."""
    open_ones = (
        select(func.count())
        .where(session.c.account == account.c.name, session.c.expires_at > now)
        .scalar_subquery()
    )
    columns = account.c.name, account.c.role, account.c.disabled_at, account.c.seen_at, open_ones
    with database.reading() as connection:
        found = connection.execute(select(*columns).order_by(account.c.name))
        return [ListedAccount(*row) for row in found]


def note_seen(database: Database, name: str, now: float) -> None:
    """Keep when somebody was here."""
    with database.writing(durable=False) as connection:
        connection.execute(_SEE, {"who": name, "now": now})


def has_accounts(database: Database) -> bool:
    """Say whether there are accounts."""
    with database.reading() as connection:
        return connection.execute(_ANY).first() is not None


def has_admin(database: Database) -> bool:
    """Say whether there is an admin who may log in."""
    with database.reading() as connection:
        return connection.execute(_ADMINS.limit(1)).first() is not None


def read_password_hash(database: Database, name: str) -> str | None:
    """Read the hash of an account's password; None without such an account."""
    with database.reading() as connection:
        return connection.execute(select(account.c.password).where(account.c.name == name)).scalar()


def check_password(database: Database, name: str, password: str) -> Account | None:
    """Return the account of a name if the password is right, also if it is disabled."""
    with database.reading() as connection:
        found = connection.execute(select(account).where(account.c.name == name)).first()
    try:
        _hasher.verify(make_dummy_hash() if found is None else found.password, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    if found is None:
        return None
    return Account(found.name, found.role, found.disabled_at is not None)


def _hash(password: str) -> str:
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise InputError(
            f"The password is {pluralise(len(password), 'character')} long; give 10 to 1,000."
        )
    return _hasher.hash(password)


def _change(connection: Connection, name: str, **values: object) -> None:
    changed = connection.execute(update(account).where(account.c.name == name).values(**values))
    if not changed.rowcount:
        raise InputError(f"There is no account {name!r}.")


def _keep_an_admin(connection: Connection, name: str, *, unless_alone: bool = False) -> None:
    """Refuse what would leave no admin who may log in."""
    # No other writer overlaps, so two admins can't remove each other at once.
    if list(connection.execute(_ADMINS).scalars()) != [name]:
        return
    others = connection.execute(_ANY.where(account.c.name != name)).first()
    if others is None and unless_alone:
        return
    raise InputError(
        f"{name} is the only admin who may log in; make somebody else an admin first, by --role "
        "admin or on the page People."
    )
