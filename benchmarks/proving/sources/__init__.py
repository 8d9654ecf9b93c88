"""Many real pools, each with one rare class, from many sources that share no rows.

`tasks` gives all of them, `available` those whose files are on this machine. A task is read
only when its `load` is called. `python -m benchmarks.proving.sources` prints the list.
"""

from benchmarks.proving.sources import (
    frames,
    languages,
    pictures,
    reviews,
    tables,
    texts,
    vectors,
    words,
)
from benchmarks.proving.sources.task import KINDS, Rows, Task

__all__ = ["KINDS", "Rows", "Task", "available", "tasks"]

_MODULES = (tables, frames, texts, words, languages, reviews, pictures, vectors)


def tasks() -> list[Task]:
    """All tasks, in a fixed order, also those whose package is not here.

    Returns
    -------
    list of Task
    """
    return [task for module in _MODULES for source in module.SOURCES for task in source.tasks()]


def available() -> list[Task]:
    """The tasks whose files are on this machine.

    Returns
    -------
    list of Task
    """
    return [task for task in tasks() if task.missing() is None]
