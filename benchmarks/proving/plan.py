"""Which sessions are run, in which order: wherever the work stops, what is done is paired."""

from collections.abc import Iterator, Sequence
from itertools import product

from benchmarks.proving.journal import Key
from benchmarks.proving.sessions import Setting
from benchmarks.proving.sources import Task

MAIN = (Setting("none"), Setting("one"))
"""Led on every task."""

BESIDE = (
    Setting("five"),
    Setting("none", batch=50),
    Setting("one", batch=50),
    Setting("none", named=False),
    Setting("one", named=False),
    Setting("none", batch=1),
    Setting("one", batch=1),
)
"""Led on one task of every third source."""


def one_each(tasks: Sequence[Task]) -> list[Task]:
    """One task of each source, its prevalence another one from source to source."""
    by_source: dict[str, list[Task]] = {}
    for task in tasks:
        by_source.setdefault(task.source, []).append(task)
    return [each[i % len(each)] for i, each in enumerate(by_source.values())]


def keys(tasks: Sequence[Task], arms: Sequence[str], settings: Sequence[Setting]) -> Iterator[Key]:
    """The sessions of some tasks, those of one task together."""
    for task, setting, arm in product(tasks, settings, arms):
        yield Key(task.name, arm, setting)


def plan(tasks: Sequence[Task], arms: Sequence[str], *, quick: bool = False) -> list[Key]:
    """All sessions of a run.

    Parameters
    ----------
    tasks : sequence of Task
    arms : sequence of str
    quick : bool
        One task of each source and the main settings alone.
    """
    few = one_each(tasks)
    found = list(keys(few, arms, MAIN))
    if quick:
        return found
    found += keys(few[::3], arms, BESIDE)
    found += keys([task for task in tasks if task not in few], arms, MAIN)
    return found
