"""A project: a folder with the data, and a database with the labels.

``project.json`` says where the database is, ``rows.arrow`` holds the data, ``labels.sqlite`` the
labels unless they are in PostgreSQL, and ``labels.count`` says how many events were acknowledged.
A folder is made under another name and renamed at the end, so that a project is there as a whole
or not at all.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import insert, select

from ..._rows.whole_file import write_whole
from ...errors import InputError
from .._log.database import Database
from .._log.fold import State
from .._log.log import read_changes
from .._log.schema import project as table
from . import rows as rows_file
from .addresses import MADE, may_use_passwords, remember_address
from .in_force import SettingsInForce
from .own_files import LABELS, check_own_files
from .rows import RowData
from .settings import Settings

_FORMAT = 1
ABOUT = "project.json"


@dataclass(frozen=True, eq=False)
class Project:
    """An open project; a ``with`` block closes it.

    Parameters
    ----------
    folder : Path
        Where it is.
    in_force : SettingsInForce
        Its settings: what it was set up with, and what was changed since.
    database : Database
        Holds its log.
    digests : mapping from str to str
        Of the files that hold what encoders made of the rows, by name.
    """

    folder: Path
    in_force: SettingsInForce
    database: Database
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Its settings after the last change that this process has seen."""
        return self.in_force.newest

    def settings_at(self, state: State) -> Settings:
        """Give the settings that are in force in a state.

        Parameters
        ----------
        state : State
            Of this project.
        """
        return self.in_force.after(state.changes)

    @cached_property
    def rows(self) -> RowData:
        """Its rows."""
        beginning = self.in_force.beginning
        root = None if beginning.image_root is None else Path(beginning.image_root)
        return RowData(self.folder, beginning, root, self.digests, lambda: self.in_force.parts)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_project(folder: Path) -> Project:
    """Open a project, and bring its tables to this release's.

    Parameters
    ----------
    folder : Path
        A folder that `create_project` made.

    Raises
    ------
    InputError
        If there is none, or it is damaged, copied in part or from a newer release; or if its
        database is one that this user neither made a project in nor accepted.
    """
    about = read_about(folder)
    copy = folder / rows_file.FILE
    if not copy.is_file() or copy.stat().st_size != about.get("bytes"):
        raise InputError(f"{copy} is missing or copied in part; copy the project's folder again.")
    database = connect(folder, about.get("database"))
    try:
        database.check()
        database.check_count(is_counted=bool(about.get("counted")))
        settings = _settings(database)
        if settings is None or settings.digest != about.get("digest"):
            raise InputError(
                f"The database of {folder} belongs to other data; the project was copied in part "
                "or its database was replaced."
            )
        database.upgrade()
        in_force = SettingsInForce(settings)
        _read_changes(database, in_force, folder)
    except BaseException:
        database.close()
        raise
    return Project(folder, in_force, database, about.get("digests", {}))


def read_address(folder: Path) -> str | None:
    """Read where a project says that its database is; None for a file in its folder."""
    address: str | None = read_about(folder).get("database")
    return address


def point_to(folder: Path, url: str | None) -> None:
    """Let a project have its labels in another database; all at once, or not at all."""
    write_about(folder, read_about(folder) | {"database": url, "counted": url is None})


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """Write what `read_about` reads, as a whole or not at all."""
    with write_whole(folder / ABOUT) as path:
        path.write_text(json.dumps(about, indent=2) + "\n")
        path.chmod(0o600)  # the address of a database may hold a password


def connect(folder: Path, url: str | None) -> Database:
    """Open the database of a project's labels, without a look at what it holds."""
    if url is not None:
        return Database(url, str(folder), saved_passwords=may_use_passwords(url, folder))
    labels = folder / LABELS
    if not labels.is_file():
        raise InputError(f"{labels} is missing; the project was copied in part, copy it again.")
    return Database(address_of(labels), str(folder))


def create_project(
    folder: Path,
    settings: Settings,
    data: pa.Table,
    url: str | None,
    progress: rows_file.Progress = rows_file.say_nothing,
) -> Project:
    """Make a project of a table.

    If the database holds a project of the same data already, the new folder joins it.

    Parameters
    ----------
    folder : Path
        The folder to make; it may be there if it is empty.
    settings : Settings
        What to label, and how. Its digest and row count are filled in.
    data : pyarrow.Table
        The rows.
    url : str or None
        ``postgresql://user@host/name`` of a database; None for a file in the folder.
    progress : callable
        Called with how many rows are encoded, again and again while an encoder is at work.

    Raises
    ------
    InputError
        If the folder is taken, cannot be written, or the database holds other data.
    """
    with make_folder(folder) as making:
        if url is not None:
            remember_address(url, MADE)
        found = rows_file.write(data, making / rows_file.FILE)
        settings = replace(settings, digest=found, rows=data.num_rows)
        _encode(data, settings, making, progress)
        encoded = [p for p in (making / rows_file.IMAGES, making / rows_file.VECTORS) if p.exists()]
        _lay_out(Database(url or address_of(making / LABELS), str(folder)), settings)
        about = {
            "format": _FORMAT,
            "database": url,
            "digest": settings.digest,
            "bytes": (making / rows_file.FILE).stat().st_size,
            "counted": url is None,
            "digests": {path.name: rows_file.digest_file(path) for path in encoded},
        }
        write_about(making, about)
    return open_project(folder)


def _encode(data: pa.Table, settings: Settings, making: Path, progress: rows_file.Progress) -> None:
    """Encode texts and images, once for all who open the project."""
    from .encoders import get_encoder  # loads scikit-learn, which opening a project can spare

    name, kind = settings.recipe.encoder, settings.kind
    encoder = None if name is None else get_encoder(name, kind)
    if kind == "image":
        root = Path(settings.image_root or ".")
        column, path = settings.columns[0], making / rows_file.IMAGES
        rows_file.write_images(data, column, root, path, encoder, progress)
    elif encoder is not None:
        path = making / rows_file.VECTORS
        rows_file.write_texts(data, settings.columns, path, encoder, progress)


@contextmanager
def make_folder(folder: Path) -> Iterator[Path]:
    """Make a folder beside the wanted one; rename it if all goes well, else remove it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already; name a folder that is not there.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with write_whole(folder) as making:
            making.mkdir(mode=0o700)  # what people say of the rows is nobody else's business
            yield making
    except OSError as problem:
        raise InputError(f"{folder} can't be made: {problem.strerror}.") from None


def _lay_out(database: Database, settings: Settings) -> None:
    try:
        database.upgrade()
        with database.writing() as connection:
            there = connection.execute(select(table.c.settings)).scalar()
            if there is None:
                connection.execute(insert(table).values(id=1, settings=settings.to_json()))
                return
        joined = Settings.from_json(there)
        same = (joined.digest, joined.classes) == (settings.digest, settings.classes)
        if not same:
            raise InputError(
                f"The database holds the project {joined.name!r} of other data or classes; "
                "give each project a database of its own."
            )
        _check_encoder(joined, settings)
    finally:
        database.close()


def _check_encoder(joined: Settings, settings: Settings) -> None:
    """Refuse to join a project whose models read other vectors than those of this folder."""
    from .encoders import choose_encoder

    one, other = (choose_encoder(s.recipe.encoder, s.kind) for s in (joined, settings))
    if one != other:
        how = "leave --encoder out" if one is None else f"give --encoder {one}"
        raise InputError(
            f"Models of the project {joined.name!r} in the database read {one or 'words'} and not "
            f"{other or 'words'}; {how}."
        )


def _settings(database: Database) -> Settings | None:
    with database.reading() as connection:
        text = connection.execute(select(table.c.settings)).scalar()
    return None if text is None else Settings.from_json(text)


def _read_changes(database: Database, in_force: SettingsInForce, folder: Path) -> None:
    try:
        with database.reading() as connection:
            in_force.after(read_changes(connection))
    except InputError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError):
        raise InputError(
            f"The log of {folder} is damaged: a change of its settings can't be read."
        ) from None


def read_about(folder: Path) -> dict[str, Any]:
    """Read what a project says of its files; refuse a folder that holds none."""
    path = folder / ABOUT
    if not folder.is_dir():
        raise InputError(f"There is no project {folder}; make it with `motherlode init`.")
    check_own_files(folder)
    try:
        about = json.loads(path.read_text())
        version = int(about["format"])
        dict(about.get("digests", {}))  # else it is damaged
    except FileNotFoundError:
        raise InputError(
            f"{folder} holds no {ABOUT}: it is no motherlode project, or was copied in part."
        ) from None
    except OSError as problem:
        raise InputError(f"{path} can't be read: {problem.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path} is damaged; copy the project's folder again.") from None
    if version > _FORMAT:
        raise InputError(
            f"{folder} was written by a newer motherlode; upgrade this one to open it."
        )
    return about


def address_of(path: Path) -> str:
    """Give the address of a SQLite database in a file."""
    return f"sqlite:///{path.resolve()}"
