"""Which process is the trainer of a project: one at a time, and none that is gone.

A claim lasts as long as its heart beats. Process numbers tell nothing of it: another process may
have the number now, on a machine that was started anew or in another container of the same name.
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
"""After so long without a beat a claim is over."""

_NAME = "trainer"
_NEVER = -1e18  # of a heart that does not beat


def myself() -> str:
    """A name for this process that no other ever has; its number comes last, for people."""
    return f"{socket.gethostname()}:{secrets.token_hex(4)}:{os.getpid()}"


def claim(database: Database, me: str, now: float) -> bool:
    """Be the trainer, or stay so, unless another one's heart beats."""
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


def let_go(database: Database, host: str, pid: int) -> None:
    """End the claim of a process that is known to be gone, so that nobody waits for its heart."""
    with database.writing(durable=False) as connection:
        held = connection.execute(select(worker).where(worker.c.name == _NAME)).first()
        if held is not None and _whose(held.holder) == (host, pid):
            connection.execute(update(worker).values(beat_at=_NEVER))


def holder(database: Database) -> str | None:
    """Who has the claim, or had it last."""
    with database.reading() as connection:
        return connection.execute(select(worker.c.holder)).scalar()


def problem(database: Database) -> str | None:
    """Why the trainer cannot rank, or None."""
    with database.reading() as connection:
        return connection.execute(select(worker.c.problem)).scalar()


def say(database: Database, sentence: str | None) -> None:
    """Keep why the trainer cannot rank, or None, for those who wonder."""
    if problem(database) == sentence:
        return
    with database.writing(durable=False) as connection:
        if not connection.execute(update(worker).values(problem=sentence)).rowcount:
            nobody = insert(worker).values(name=_NAME, holder="", beat_at=_NEVER, problem=sentence)
            connection.execute(nobody)


def _whose(holder: str) -> tuple[str, int] | None:
    host, _, rest = holder.partition(":")
    pid = rest.rpartition(":")[2]
    return (host, int(pid)) if pid.isdigit() else None
