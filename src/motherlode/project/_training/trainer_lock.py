"""The lock that makes one process at a time the trainer of a project.

A process keeps the lock as long as it renews it. Process ids say nothing: another process may have
the same id later, after a restart or in another container.
"""

import os
import secrets
import socket

from sqlalchemy import insert, select, update

from .._log.database import Database
from .._log.schema import worker

ANOTHER_AT_WORK = 3
"""Exit code of a trainer that found another one at work."""

SILENT_SECONDS = 30.0
"""A lock that was not renewed for so long is free."""

_NAME = "trainer"
_NEVER = -1e18  # a time at which a free lock was renewed


def make_holder_name() -> str:
    """Make a name for this process that no other ever has; it ends with the process id."""
    return f"{socket.gethostname()}:{secrets.token_hex(4)}:{os.getpid()}"


def acquire(database: Database, me: str, now: float) -> bool:
    """Take the lock or renew it, unless another process holds it; say whether it is held now."""
    with database.writing(durable=False) as connection:
        held = connection.execute(select(worker).where(worker.c.name == _NAME)).first()
        if held is None:
            connection.execute(insert(worker).values(name=_NAME, holder=me, beat_at=now))
            return True
        if held.holder != me and abs(now - held.beat_at) < SILENT_SECONDS:
            return False
        own = worker.c.name == _NAME
        connection.execute(update(worker).where(own).values(holder=me, beat_at=now))
        return True


def release(database: Database, host: str, pid: int) -> None:
    """Free the lock if it is held by a process that is known to have ended."""
    with database.writing(durable=False) as connection:
        held = connection.execute(select(worker).where(worker.c.name == _NAME)).first()
        if held is not None and _parse(held.holder) == (host, pid):
            connection.execute(update(worker).values(beat_at=_NEVER))


def read_holder(database: Database) -> str | None:
    """Read who holds the lock, or held it last."""
    with database.reading() as connection:
        return connection.execute(select(worker.c.holder)).scalar()


def read_problem(database: Database) -> str | None:
    """Read why the trainer cannot rank; None if it can."""
    with database.reading() as connection:
        return connection.execute(select(worker.c.problem)).scalar()


def write_problem(database: Database, problem: str | None) -> None:
    """Record why the trainer cannot rank, or that it can."""
    if read_problem(database) == problem:
        return
    with database.writing(durable=False) as connection:
        if not connection.execute(update(worker).values(problem=problem)).rowcount:
            free = insert(worker).values(name=_NAME, holder="", beat_at=_NEVER, problem=problem)
            connection.execute(free)


def _parse(holder: str) -> tuple[str, int] | None:
    host, _, rest = holder.partition(":")
    pid = rest.rpartition(":")[2]
    return (host, int(pid)) if pid.isdigit() else None
