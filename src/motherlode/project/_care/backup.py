"""Copy a project as a whole, also while people label in it, and make a project of a copy."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from ...errors import InputError
from .._data.addresses import MADE, remember_address
from .._data.folder import Project, make_folder, open_project, point_to
from .._data.own_files import COUNT, LABELS, MANIFEST, check_own_files, list_carried
from .._data.rows import digest_file
from .._log.copying import SESSIONS
from .._log.database import Progress
from .checking import check_labels, check_rows, say_nothing
from .filling import fill_database, fill_file, refuse_if_in_use

_FORMAT = 1


def back_up(project: Project, folder: Path, tell: Progress) -> int:
    """Copy a project to a new folder, and return how many events the copy holds.

    Labels that are given meanwhile are in the copy or not; those before are. The labels of the
    copy are in a file, also if those of the project are in PostgreSQL.

    Parameters
    ----------
    project : Project
        An open project.
    folder : Path
        The folder to make.
    tell : callable
        Called with how much is done, and of how much.
    """
    check_rows(project)
    with make_folder(folder) as making, _under_name(making, folder):
        _copy_files(project.folder, making)
        point_to(making, None)
        _copy_labels(project, making / LABELS, tell)
        # Rows may have come meanwhile; their file has its name before the log tells of it.
        _copy_files(project.folder, making)
        events = _check_copy(making)
        _write_manifest(making, events)
    return events


def restore(backup: Path, folder: Path, url: str | None, tell: Progress) -> int:
    """Make a project of a backup, and return how many events it holds.

    Parameters
    ----------
    backup : Path
        A folder that `back_up` made.
    folder : Path
        The folder to make.
    url : str or None
        ``postgresql://user@host/name`` of a database; None for a file in the folder.
    tell : callable
        Called with how much is done, and of how much.

    Raises
    ------
    InputError
        If the backup has changed or is damaged, or anything is there already.
    """
    with make_folder(folder) as making, _under_name(making, folder):
        _copy_unchanged(backup, making)
        events = _check_copy(making)
        if url is not None:
            _put_into(making, folder, url, tell)
    return events


def _copy_files(folder: Path, making: Path) -> None:
    """Copy what is beside the labels and is not there yet."""
    for path in list_carried(folder):
        to = making / path.relative_to(folder)
        if path.is_symlink() or path.parent.is_symlink():
            raise InputError(f"{path} is a link, and what it leads to is no part of the project.")
        to.parent.mkdir(exist_ok=True)
        if not to.exists():
            shutil.copy(path, to)


@contextmanager
def _under_name(making: Path, folder: Path) -> Iterator[None]:
    """Let messages name a folder by the name that it is to have."""
    try:
        yield
    except InputError as problem:
        raise InputError(str(problem).replace(str(making), str(folder))) from None


def _check_copy(folder: Path) -> int:
    """See that a copy is whole, and return how many events it holds."""
    with open_project(folder) as copy:
        check_rows(copy)
        found = check_labels(copy, say_nothing)
    if found.faults:
        raise InputError(found.faults[0])
    return found.last


def _copy_labels(project: Project, labels: Path, tell: Progress) -> None:
    if project.database.is_sqlite:
        project.database.copy_to(labels, tell)
        return
    with project.database.snapshot() as source:
        fill_file(source, labels, project, tell, name=str(labels.parent), without=SESSIONS)


def _put_into(making: Path, folder: Path, url: str, tell: Progress) -> None:
    """Put the labels of a copy into a PostgreSQL database."""
    remember_address(url, MADE)
    refuse_if_in_use(folder, url)
    with open_project(making) as copy, copy.database.snapshot() as source:
        fill_database(source, url, copy, tell)
    point_to(making, url)
    for path in making.glob("labels.*"):
        path.unlink()


def _write_manifest(folder: Path, events: int) -> None:
    said = {
        "format": _FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "motherlode": version("motherlode"),
        "events": events,
        "files": {
            path.relative_to(folder).as_posix(): digest_file(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    (folder / MANIFEST).write_text(json.dumps(said, indent=2) + "\n")


def _read_manifest(backup: Path) -> dict[str, str]:
    """Read which files a backup has, and their digests."""
    if not backup.is_dir():
        raise InputError(f"There is no backup {backup}; `motherlode backup` makes one.")
    check_own_files(backup)
    try:
        said = json.loads((backup / MANIFEST).read_text())
        files, is_newer = dict(said["files"]), int(said["format"]) > _FORMAT
    except FileNotFoundError:
        raise InputError(
            f"{backup} holds no {MANIFEST}, so it is no backup; a copy of a project's folder is a "
            "project, and needs no restoring."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{backup / MANIFEST} is damaged; take another backup.") from None
    if is_newer:
        raise InputError(f"{backup} is of a newer motherlode; upgrade this one to restore it.")
    return files


def _copy_unchanged(backup: Path, making: Path) -> None:
    """Copy the files of a backup, and see that each is as the backup was made."""
    there = {path.relative_to(backup).as_posix() for path in list_carried(backup)}
    there |= {LABELS, COUNT}
    for name, digest in _read_manifest(backup).items():
        path = backup / name
        if name not in there or not path.is_file():
            raise InputError(f"{path} is missing, so {backup} is no whole backup; take another.")
        (making / name).parent.mkdir(exist_ok=True)
        shutil.copy(path, making / name)
        if digest_file(making / name) != digest:
            raise InputError(
                f"{path} has changed since the backup was made; take another backup, or use this "
                "folder as a project if people went on in it."
            )
    log = backup / f"{LABELS}-wal"
    if log.exists() and log.stat().st_size:
        raise InputError(f"Somebody labels in {backup}; end that, or make a backup of it.")
