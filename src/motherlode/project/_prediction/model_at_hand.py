"""The model that a project has: the one that ``motherlode train`` wrote, or a new one.

A server keeps it in memory, and reads it again once the file is another. The first row of a server
does not need scikit-learn, so it is loaded with the first model.
"""

import time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from .._data.folder import Project
from .._data.own_files import MODEL
from .._log.fold import State

if TYPE_CHECKING:
    from .._training.project_model import ProjectModel

_REST = 20.0  # seconds without a fit for each second that one took


class AtHand(NamedTuple):
    """A model, and the file it was read from; None if it was fitted now."""

    found: "ProjectModel"
    file: Path | None


def find_model(project: Project, file: Path | None) -> AtHand:
    """Read the model of a file, or of the project's folder; without one fit one on all labels."""
    from .._training.project_model import fit_project_model, read_project_model

    path = project.folder / MODEL if file is None else file
    if file is not None or path.is_file():
        return AtHand(read_project_model(path, project.settings), path)
    return AtHand(fit_project_model(project, None)[0], None)


class ModelKeeper:
    """The model of a project that is served, for many requests.

    Parameters
    ----------
    project : Project
        Whose model it is.
    """

    def __init__(self, project: Project) -> None:
        self._project, self._lock = project, Lock()
        self._kept: AtHand | None = None
        self._mark: object = None
        self._rests_until = 0.0

    def get(self, state: State) -> AtHand:
        """Get the model; it is fitted on the labels of the state if none was written."""
        with self._lock:
            mark = self._look()
            is_old = self._kept is None or mark != self._mark
            if mark is None and self._kept is not None and not is_old:
                behind = self._kept.found.about.last_event < state.last
                is_old = behind and time.monotonic() >= self._rests_until
            if is_old or self._kept is None:
                self._kept = self._make(state, mark is not None)
                self._mark = mark
            return self._kept

    def _make(self, state: State, is_written: bool) -> AtHand:
        if is_written:
            return find_model(self._project, self._project.folder / MODEL)
        from .._training.project_model import fit_project_model

        begun = time.monotonic()
        found = fit_project_model(self._project, None, state)[0]
        now = time.monotonic()
        self._rests_until = now + _REST * (now - begun)
        return AtHand(found, None)

    def _look(self) -> object:
        """Tell one file from the next by what the system knows of it; None without a file."""
        try:
            about = (self._project.folder / MODEL).stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_size, about.st_ino
