"""Rows arrive: they are added, and the saved model looks whether they are like those of before.

Terminal, server and all that watch a source add rows by this one function.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import InputError
from .._data.folder import Project
from .._data.own_files import MODEL
from .._data.rows import Progress, say_nothing
from .._serving.adding import Added, Known, Run, Source, add_rows
from .._serving.papers_again import say_again
from .drift import look_at_added

if TYPE_CHECKING:
    from .._training.project_model import ProjectModel


def receive_rows(
    project: Project,
    source: Source,
    who: str,
    run: Run,
    *,
    known: Known = "refuse",
    clock: Callable[[], float] = time.time,
    progress: Progress = say_nothing,
    read_model: Callable[[], "ProjectModel"] | None = None,
) -> Added:
    """Add rows as `add_rows` does, and compare them with those that were there.

    They are compared with papers in the project, and with rows that the saved model has seen.

    Parameters
    ----------
    project, source, who, run, known, clock, progress
        As for `add_rows`.
    read_model : callable, optional
        Gives the saved model, where it is in memory; by default its file is read.

    Returns
    -------
    Added
        With what is known of papers that come again, and of a change.
    """
    done = add_rows(project, source, who, run, known=known, clock=clock, progress=progress)
    if done.first is not None:
        done = replace(done, again=say_again(project.rows, done.first))
    if not done.added or not (project.folder / MODEL).is_file():
        return done
    try:
        found = (read_model or (lambda: _read_saved(project)))()
        return replace(done, drift=look_at_added(project, found))
    except InputError:  # of an older release, or other classes: `predict` says so
        return done


def _read_saved(project: Project) -> "ProjectModel":
    from .._training.project_model import read_project_model

    return read_project_model(project.folder / MODEL, project.settings)
