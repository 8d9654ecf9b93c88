"""The trainer: a process of its own that ranks whenever something new was recorded.

``python -m motherlode.project._training.trainer PROJECT PID`` runs until the process PID ends. It
reads the log and publishes rankings and nothing else, so it can be killed at any moment, started
again, or left out. The next fit uses all that is recorded during a fit.
"""

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from ..._inert.plain_warnings import show_warnings_plainly
from ..._inert.shell_words import as_typed
from ...errors import InputError, kind_and_place
from .._data.folder import Project, open_project
from .._log.database import Unavailable
from .._log.fold import State
from .._serving import ranking
from .retries import describe_failure, find_wait
from .trainer_lock import ANOTHER_AT_WORK, acquire, make_holder_name, write_problem
from .training import CurrentPool, rank_queue

_POLL_SECONDS = 0.1
_RENEW_SECONDS = 5.0
_NICE = 10


def train(project: Project) -> int:
    """Rank for as long as this process lives; return if another trainer is at work."""
    me = make_holder_name()
    if not acquire(project.database, me, time.time()):
        return ANOTHER_AT_WORK
    threading.Thread(target=_renew_lock, args=(project, me), daemon=True).start()
    with project.database.writing(durable=False) as connection:
        ranking.drop_damaged(connection)
    project.rows.check()
    pool, state, failures = CurrentPool(project), State(), 0
    while True:
        fitted, said = _try_to_rank(project, pool, state)
        failures = 0 if said is None else failures + 1
        write_problem(project.database, said and describe_failure(said, failures))
        if failures:
            time.sleep(find_wait(failures))
        elif not fitted:
            time.sleep(_POLL_SECONDS)


def _renew_lock(project: Project, me: str) -> None:
    """Renew the lock, also during a long fit; end this process once another one has it."""
    while True:
        time.sleep(_RENEW_SECONDS)
        with suppress(Unavailable):  # meanwhile no other process can take the lock either
            if not acquire(project.database, me, time.time()):
                os._exit(ANOTHER_AT_WORK)


def _try_to_rank(project: Project, pool: CurrentPool, state: State) -> tuple[bool, str | None]:
    """Rank if there is something new; say whether there was, and why it failed if it did."""
    try:
        return rank_queue(project, pool, state), None
    except Unavailable:
        raise
    except InputError as problem:
        return False, str(problem)
    except Exception as problem:
        return False, _explain(problem, project.folder)


def _explain(problem: Exception, folder: Path) -> str:
    return (
        f"{kind_and_place(problem)}; `motherlode query {as_typed(folder)}` fits the same model "
        "and shows the whole error."
    )


def _end_with(parent: int) -> None:
    """End this process when the one that started it has ended, also during a fit."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main(folder: Path, parent: int) -> int:
    """Run the trainer of a project for as long as the process `parent` lives.

    Why it stopped is the one line that it writes to its output, which the parent reads.
    """
    output = os.dup(1)
    os.dup2(2, 1)  # what libraries print
    _end_with(parent)
    if hasattr(os, "nice"):
        os.nice(_NICE)  # those who label go first
    try:
        with show_warnings_plainly(), open_project(folder) as project:
            return train(project)
    except InputError as problem:
        said = f"{problem}"
    except KeyboardInterrupt:
        return 0
    except Exception as problem:
        said = _explain(problem, folder)
    os.write(output, f"{' '.join(said.split())}\n".encode())
    return 2


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
