"""Leads the sessions that are lacking, a task at a time, on some processes."""

import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic
from typing import Any

from joblib import Parallel, delayed

from benchmarks.proving.arms import ARMS, Arm
from benchmarks.proving.journal import Journal, Key
from benchmarks.proving.sessions import Ground, Session
from benchmarks.proving.sources import Task


def lead(
    journal: Journal,
    tasks: Sequence[Task],
    wanted: Sequence[Key],
    *,
    arms: Mapping[str, Arm] | None = None,
    jobs: int = 1,
    minutes: float | None = None,
) -> int:
    """Lead what is lacking and keep it; how many sessions are lacking still.

    Parameters
    ----------
    journal : Journal
    tasks : sequence of Task
    wanted : sequence of Key
    arms : mapping of str to Arm, optional
        Arms beside those of `benchmarks.proving.arms`.
    jobs : int
        Processes at work.
    minutes : float, optional
        No task is begun after that time.
    """
    made = ARMS | dict(arms or {})
    by_name = {task.name: task for task in tasks}
    pieces: dict[tuple[str, str], list[Key]] = {}
    for place, key in enumerate(journal.lacking(wanted)):
        # Long lists of one task are cut, so that an interruption costs little.
        pieces.setdefault((key.task, str(place // 40)), []).append(key)
    began = monotonic()

    def todo() -> Iterable[Any]:
        for keys in pieces.values():
            if minutes is not None and monotonic() - began > 60 * minutes:
                return
            each = [(key, made[key.arm]) for key in keys]
            yield delayed(_led)(by_name[keys[0].task], each)

    parallel = Parallel(
        n_jobs=jobs, return_as="generator_unordered", pre_dispatch=jobs, batch_size=1
    )
    for done, sessions in enumerate(parallel(todo()), start=1):
        journal.keep(sessions)
        said = sessions[0].task if sessions else "nothing"
        print(
            f"[{done}/{len(pieces)}] {monotonic() - began:.0f} s: {said}",
            file=sys.stderr,
            flush=True,
        )
    return len(journal.lacking(wanted))


def _led(task: Task, wanted: list[tuple[Key, Arm]]) -> list[Session]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ground = Ground(task)
        return [
            ground.session(key.arm, key.setting, arm.strategy, arm.model) for key, arm in wanted
        ]
