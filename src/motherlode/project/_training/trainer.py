"""The trainer: a process of its own that ranks whenever something new was recorded.

``python -m motherlode.project._training.trainer PROJECT PID`` runs until the process PID ends. It
reads the log and publishes rankings and nothing else, so it can be killed at any moment, started
again, or left out. What is recorded while it fits is taken together into the next fit.
"""

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from ...errors import InputError, kind_and_place
from ...pool import Pool
from .._data.folder import Project, opened
from .._log.database import Unavailable
from .._log.fold import State
from .._serving import ranking
from .claim import ANOTHER_AT_WORK, claim, myself, say
from .training import rank_queue

_POLL_SECONDS = 0.1
_BEAT_SECONDS = 5.0
_AFTER_FAILURE_SECONDS = 1.0
_NICE = 10


def train(project: Project) -> int:
    """Rank for as long as this process lives; return if another trainer is at work."""
    me = myself()
    if not claim(project.database, me, time.time()):
        return ANOTHER_AT_WORK
    threading.Thread(target=_beat, args=(project, me), daemon=True).start()
    with project.database.writing(durable=False) as connection:
        ranking.drop_damaged(connection)
    project.rows.check(project.settings.digest)
    pool, state = project.rows.pool(), State()
    while True:
        if not _ranked_anew(project, pool, state):
            time.sleep(_POLL_SECONDS)


def _beat(project: Project, me: str) -> None:
    """Keep the claim, also in the middle of a long fit; end this process once another has it."""
    while True:
        time.sleep(_BEAT_SECONDS)
        with suppress(Unavailable):  # as long as it is away nobody else can claim either
            if not claim(project.database, me, time.time()):
                os._exit(ANOTHER_AT_WORK)


def _ranked_anew(project: Project, pool: Pool, state: State) -> bool:
    """Rank if there is something new; if that fails, keep why where `status` finds it."""
    try:
        fitted = rank_queue(project, pool, state)
        said = None
    except Unavailable:
        raise
    except InputError as problem:
        fitted, said = False, str(problem)
    except Exception as problem:
        fitted, said = False, f"{kind_and_place(problem)}."
    say(project.database, said)
    if said is not None:
        time.sleep(_AFTER_FAILURE_SECONDS)
    return fitted


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, also in the middle of a fit."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main(folder: Path, parent: int) -> int:
    """Run the trainer of a project for as long as the process `parent` lives."""
    _end_with(parent)
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
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
