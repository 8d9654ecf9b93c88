"""Who is logged in, and from where.

The database holds digests of the sessions' secrets, with which nobody can come in.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select

from ._log.database import Database
from ._log.schema import account, session

_SECONDS = 12 * 3600.0
_ID_LENGTH = 16
_LONGEST_BROWSER = 200

# Built once, as each request needs it: building a statement takes longer than running it.
_OWNER = (
    select(session.c.account, account.c.role)
    .join_from(
        session,
        account,
        (session.c.account == account.c.name) & account.c.disabled_at.is_(None),
        isouter=True,
    )
    .where(session.c.digest == bindparam("digest"), session.c.expires_at > bindparam("now"))
)


@dataclass(frozen=True)
class Session:
    """A session that has not ended; `id` tells it from others and lets nobody in."""

    id: str
    started_at: float | None
    address: str | None
    browser: str | None


def start_session(
    database: Database, owner: str, now: float, address: str = "", browser: str = ""
) -> str:
    """Start a session and return its secret, which is kept nowhere else."""
    secret = secrets.token_urlsafe(32)
    with database.writing() as connection:
        connection.execute(delete(session).where(session.c.expires_at < now))
        connection.execute(
            insert(session).values(
                digest=_digest(secret),
                account=owner,
                expires_at=now + _SECONDS,
                started_at=now,
                address=address or None,
                browser=_printable(browser[:_LONGEST_BROWSER]) or None,
            )
        )
    return secret


def find_owner(database: Database, secret: str, now: float) -> tuple[str, str | None] | None:
    """Find whose session a secret opens, and the role if that is an account in use."""
    with database.reading() as connection:
        row = connection.execute(_OWNER, {"digest": _digest(secret), "now": now}).first()
    return None if row is None else (row.account, row.role)


def list_sessions(database: Database, owner: str, now: float) -> list[Session]:
    """List the sessions of an owner that have not ended, the last first."""
    own = select(session).where(session.c.account == owner, session.c.expires_at > now)
    with database.reading() as connection:
        found = connection.execute(own.order_by(session.c.expires_at.desc())).all()
    return [Session(s.digest[:_ID_LENGTH], s.started_at, s.address, s.browser) for s in found]


def end_session(database: Database, secret: str) -> None:
    """End a session."""
    with database.writing() as connection:
        connection.execute(delete(session).where(session.c.digest == _digest(secret)))


def end_sessions(database: Database, owner: str) -> None:
    """End all sessions of an owner."""
    with database.writing() as connection:
        connection.execute(delete(session).where(session.c.account == owner))


def make_id(secret: str) -> str:
    """Make the id of the session that a secret opens."""
    return _digest(secret)[:_ID_LENGTH]


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
