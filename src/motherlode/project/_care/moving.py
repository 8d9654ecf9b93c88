"""Move the labels of a project between a file in its folder and PostgreSQL.

What moves is copied in one transaction and compared. Then ``project.json`` is replaced, which
happens at once or not at all: before that moment the old database counts, and after it the new
one. The old one stays as it is, and takes no more answers.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ..._rows.whole_file import write_whole
from ...errors import InputError
from .._data.addresses import MADE, name_address, remember_address
from .._data.folder import Project, open_project, point_to, read_address
from .._data.own_files import LABELS, MOVED, put_labels_aside
from .._log.copying import Content
from .._log.database import Progress
from .._log.revisions import seal
from .._log.sqlite_file import SqliteFile
from .filling import fill_database, fill_file, refuse_if_in_use


@dataclass(frozen=True)
class Moved:
    """What was moved.

    Attributes
    ----------
    events : int
        How many.
    left : str
        Where the old labels are, which nobody reads any more.
    """

    events: int
    left: str


def move(folder: Path, url: str | None, tell: Progress) -> Moved:
    """Move the labels of a project to another database.

    Parameters
    ----------
    folder : Path
        The folder of the project.
    url : str or None
        ``postgresql://user@host/name`` of a database that holds nothing; None for a file in the
        folder.
    tell : callable
        Called with how much is done, and of how much.

    Raises
    ------
    InputError
        If a program has the project open, the labels are there already, or the database holds
        anything else.
    """
    old = read_address(folder)
    if _name(old) == _name(url):
        raise InputError(f"{folder} keeps its labels there already; nothing was changed.")
    if url is not None:
        remember_address(url, MADE)
        refuse_if_in_use(folder, url)
    refuse_if_in_use(folder, old)
    with open_project(folder) as project:
        project.database.checkpoint()
        try:
            with project.database.holding() as source:
                content = _copy(source, project, url, tell)
                point_to(folder, url)
                _close_old(source, folder)
        except OSError as problem:
            raise InputError(f"{folder} can't be written: {problem.strerror}.") from None
    return Moved(content.events, str(folder / MOVED) if old is None else name_address(old))


def _name(url: str | None) -> str | None:
    return None if url is None else name_address(url)


def _copy(source: Connection, project: Project, url: str | None, tell: Progress) -> Content:
    if url is not None:
        return fill_database(source, url, project, tell)
    labels = project.folder / LABELS
    with write_whole(labels) as path:
        content = fill_file(source, path, project, tell, name=str(project.folder))
        put_labels_aside(project.folder)  # what an earlier move left behind
    SqliteFile(labels).write_count(content.last)
    return content


def _close_old(source: Connection, folder: Path) -> None:
    """Let nobody record an answer who opened the project before."""
    if source.dialect.name == "sqlite":
        put_labels_aside(folder)
    else:
        seal(source)
