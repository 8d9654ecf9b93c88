"""Which process is the trainer of a project: one at a time, and none that is gone."""

import os
import socket
from pathlib import Path

from sqlalchemy import insert, select, update

from .database import Database
from .schema import worker

ANOTHER_AT_WORK = 3
"""Exit code of a trainer that found another one at work."""

_NAME = "trainer"
_SILENT_SECONDS = 30.0


def myself() -> str:
    """What this process is called among machines."""
    return f"{socket.gethostname()}:{os.getpid()}"


def claim(database: Database, me: str, now: float) -> bool:
    """Be the trainer, unless another one is: one that beats, or lives on this machine."""
    with database.writing(durable=False) as connection:
        held = connection.execute(select(worker).where(worker.c.name == _NAME)).first()
        if held is None:
            new = insert(worker).values(name=_NAME, holder=me, beat_at=now)
            connection.execute(new)
            return True
        if held.holder != me and _is_at_work(held.holder, held.beat_at, me, now):
            return False
        connection.execute(
            update(worker).where(worker.c.name == _NAME).values(holder=me, beat_at=now)
        )
        return True


def problem(database: Database) -> str | None:
    """Why the trainer cannot rank, or None."""
    with database.reading() as connection:
        return connection.execute(select(worker.c.problem)).scalar()


def say(database: Database, sentence: str | None) -> None:
    """Keep why the trainer cannot rank, or None, for those who wonder."""
    if problem(database) != sentence:
        with database.writing(durable=False) as connection:
            connection.execute(update(worker).values(problem=sentence))


def _is_at_work(holder: str, beat_at: float, me: str, now: float) -> bool:
    host, _, pid = holder.rpartition(":")
    if host == me.rpartition(":")[0]:
        return _lives(int(pid))
    return abs(now - beat_at) < _SILENT_SECONDS


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # A process that ended and that nobody has waited for is no more at work.
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
