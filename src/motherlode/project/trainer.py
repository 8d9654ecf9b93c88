"""The trainer: a process of its own that ranks whenever something new was recorded.

``python -m motherlode.project.trainer PROJECT``. It reads the log and publishes rankings and
nothing else, so it can be killed at any moment, started again, or left out. What is recorded
while it fits is taken together into the next fit.
"""

import os
import socket
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import insert, select, update

from ..errors import InputError
from . import ranking
from .database import Database, Unavailable
from .fold import State
from .folder import Project, opened
from .schema import worker
from .training import rank_queue

_NAME = "trainer"
_POLL_SECONDS = 0.1
_BEAT_SECONDS = 5.0
_SILENT_SECONDS = 30.0
_NICE = 10
ANOTHER_AT_WORK = 3


def train(project: Project) -> int:
    """Rank for as long as this process lives; return if another trainer is at work."""
    me = f"{socket.gethostname()}:{os.getpid()}"
    if not claim(project.database, me, time.time()):
        return ANOTHER_AT_WORK
    pool = None
    state, beat = State(), 0.0
    with project.database.writing(durable=False) as connection:
        ranking.drop_damaged(connection)
    while True:
        try:
            if time.monotonic() - beat > _BEAT_SECONDS:
                if not claim(project.database, me, time.time()):
                    return ANOTHER_AT_WORK
                beat = time.monotonic()
            if pool is None:
                project.rows.check(project.settings.digest)
                pool = project.rows.pool()
            fitted = rank_queue(project, pool, state)
            _say(project.database, None)
        except Unavailable:
            fitted, state = False, State()
            time.sleep(1.0)
        except InputError as problem:
            # Such labels or settings cannot be fitted; the next event may change that.
            fitted = False
            _say(project.database, str(problem))
            time.sleep(1.0)
        if not fitted:
            time.sleep(_POLL_SECONDS)


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


def _say(database: Database, sentence: str | None) -> None:
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


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, also in the middle of a fit."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main(folder: Path) -> int:
    """Run the trainer of a project."""
    _end_with_parent()
    if hasattr(os, "nice"):
        os.nice(_NICE)  # those who label go first
    try:
        with opened(folder) as project:
            return train(project)
    except InputError as problem:
        sys.stderr.write(f"The trainer of {folder} stopped: {problem}\n")
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
