"""Copy a project as a whole, also while people label in it, and see that one is whole."""

import json
import shutil
from pathlib import Path

from ...errors import InputError
from .._log.events import CHANGED
from .._log.fold import State
from .._log.log import read_after
from . import rows as rows_file
from .folder import ABOUT, LABELS, Project, make_folder, open_project
from .guidelines import is_picture_name
from .own_files import PARTS, PICTURES

# What a project needs beside its labels; what can be computed again is left out.
_FILES = (ABOUT, rows_file.FILE, rows_file.IMAGES, rows_file.VECTORS, "guidelines.md")


def back_up(project: Project, folder: Path) -> int:
    """Copy a project to a new folder, and return how many events the copy holds.

    Labels that are given meanwhile are in the copy or not; those before are.
    """
    if not project.database.is_sqlite:
        raise InputError(
            f"The labels of {project.folder} are in PostgreSQL; copy them by pg_dump, and its "
            "folder by cp."
        )
    check(project)
    with make_folder(folder) as making:
        for name in _FILES:
            _copy(project.folder / name, making / name)
        _copy_pictures(project.folder / PICTURES, making / PICTURES)
        # Whatever the copied log tells of is there: a part has its name before its event.
        project.database.copy_to(making / LABELS)
        for path in _list_parts(project.folder):
            _copy(path, making / path.name)
        about = json.loads((making / ABOUT).read_text()) | {"database": None, "counted": True}
        (making / ABOUT).write_text(json.dumps(about, indent=2) + "\n")
    with open_project(folder) as copy:
        return check(copy)


def check(project: Project) -> int:
    """See that the files and the labels of a project are whole, and return how many events it has.

    Raises
    ------
    InputError
        If anything is missing, damaged or changed.
    """
    settings, database = project.settings, project.database
    project.rows.check()
    if len(project.rows.pool()) != settings.rows:
        raise InputError(
            f"The rows of {project.folder} are not the {settings.rows:,} that it was made of; copy "
            "the folder again."
        )
    database.check_pages()
    state, damaged = State(), f"The log of {project.folder} is damaged"
    with database.reading() as connection:
        for event in read_after(connection, 0):
            known = state.changes.classes
            if event.kind != CHANGED and not 0 <= event.row < project.settings_at(state).rows:
                raise InputError(f"{damaged}: event {event.id} is of row {event.row}.")
            classes = project.in_force.beginning.classes if known is None else known.places
            if event.kind == "label" and event.label not in classes:
                raise InputError(f"{damaged}: the label of event {event.id} is no class.")
            state.add(event)
    return state.last


def _copy_pictures(path: Path, to: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        return
    to.mkdir()
    for picture in path.iterdir():
        if is_picture_name(picture.name):
            _copy(picture, to / picture.name)


def _list_parts(folder: Path) -> list[Path]:
    """List the files of rows that were added later."""
    return sorted(path for pattern in PARTS for path in folder.glob(pattern))


def _copy(path: Path, to: Path) -> None:
    if path.is_symlink():
        raise InputError(f"{path} is a link, and what it leads to is no part of the project.")
    if path.exists():
        shutil.copy(path, to)
