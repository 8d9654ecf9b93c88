"""Add rows to a project, beside a server as well as without one.

A part is written whole under another name. Inside one write transaction it gets its own name, and
then the event is appended that makes it count. So a part without its event is one that nobody
knows of, and the next one takes its name.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from ..._files.cell_texts import format_cells
from ..._rows.whole_file import flush, give_name
from ...errors import InputError
from .._data import rows as rows_file
from .._data.folder import Project
from .._data.ids import check_ids
from .._log import log
from .._log.changes import Changes
from .._log.events import CHANGED, NO_ROW, Event
from .._log.parts import ROWS, Part, number_part
from .arrivals import find_arrival_time
from .comparing import Compared, compare_rows, find_keys

Known = Literal["refuse", "leave", "update"]
"""What becomes of rows whose ids are there already: all rows are refused, or these are left as they
are, or they get their new content."""
Run = Callable[[Callable[[Connection, Changes], "Part | None"]], "Part | None"]
"""Runs an operation inside a write transaction."""

_ASIDE, _STALE_SECONDS = ".adding-", 86_400.0
_MOST_ROUNDS = 100


@dataclass(frozen=True)
class Source:
    """Rows that are to be added.

    Attributes
    ----------
    table : pyarrow.Table
        With the project's columns.
    name : str
        What they are called.
    root : Path or None
        The folder that paths of images are relative to.
    """

    table: pa.Table
    name: str
    root: Path | None = None


@dataclass(frozen=True)
class Added:
    """What became of some rows.

    Attributes
    ----------
    added, updated, unchanged : int
        How many were new, got other content, or were there with this content.
    left : tuple of str
        Ids of rows that have other content in the project, and were left as they are.
    changed : tuple of int
        Global ids of the rows that got other content.
    event : int or None
        The event that added them; None if there was nothing to do.
    first : int or None
        The global id of the first new row.
    drift : str or None
        Whether rows that came since the training of the saved model are like those of before, as a
        sentence; None where nobody looked.
    again : str or None
        How many of the new rows are records of papers that others hold, as a sentence.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    left: tuple[str, ...] = ()
    changed: tuple[int, ...] = ()
    event: int | None = None
    first: int | None = None
    drift: str | None = None
    again: str | None = None


def add_rows(
    project: Project,
    source: Source,
    who: str,
    run: Run,
    *,
    known: Known = "refuse",
    clock: Callable[[], float] = time.time,
    progress: rows_file.Progress = rows_file.say_nothing,
) -> Added:
    """Add rows, which get the next ids, and update some that are there if told.

    Parameters
    ----------
    project : Project
        Where they go.
    source : Source
        The rows.
    who : str
        Who adds them.
    run : callable
        Runs an operation of a connection and the project's changes in a write transaction.
    known : {"refuse", "leave", "update"}
        What becomes of rows whose ids are there already.
    clock : callable
        Gives the time, in seconds since 1970.
    progress : callable
        Called with how many rows are encoded.

    Raises
    ------
    InputError
        If ids are there already and known is "refuse", ids are missing or doubled, an image cannot
        be read, or the disk is full; then nothing was added.
    """
    name = project.settings.id
    if name is not None:
        check_ids(source.table.column(name), name, source.name)
    for _ in range(_MOST_ROUNDS):
        done = _try_to_add(project, source, who, run, known, clock, progress)
        if done is not None:
            return done
        with project.database.reading() as connection:
            project.in_force.after(log.read_changes(connection))
    raise InputError(f"Others add rows to {project.folder} all the time; try again later.")


def _try_to_add(
    project: Project,
    source: Source,
    who: str,
    run: Run,
    known: Known,
    clock: Callable[[], float],
    progress: rows_file.Progress,
) -> Added | None:
    """Add rows, unless somebody else adds some meanwhile: then None, and nothing is added."""
    parts = project.in_force.parts
    first = project.rows.plan.rows + sum(part.rows for part in parts)
    if len(project.rows.table) != first:
        return None
    compared = compare_rows(project, source.table, source.root)
    _check_known(project, source, compared, known)
    left = () if known == "update" else _ids(project, source, compared.changed)
    places, rows = compared.changed, compared.rows
    if known != "update":
        places, rows = places[:0], rows[:0]
    done = Added(len(compared.new), len(rows), compared.unchanged, left, tuple(rows.tolist()))
    if not done.added and not done.updated:
        return done
    with _aside(project.folder) as folder:
        table = source.table.take(pa.array(np.concatenate([compared.new, places])))
        part = _write(project, source, table, rows.tolist(), folder, progress)
        before = _describe_old(project, rows)

        def record(connection: Connection, changes: Changes) -> Part | None:
            if changes.parts != parts:
                return None
            at = find_arrival_time(connection, changes, clock())
            return _record(project, connection, changes, folder, part, before, who, at)

        found = run(record)
    if found is None:
        return None
    return replace(done, event=found.event, first=first if done.added else None)


def check_has_names(project: Project) -> None:
    """See that rows have names by which a source that is read again is compared."""
    if find_keys(project, project.rows.table.slice(0, 0), project.rows.root_of) is None:
        raise InputError(
            f"The rows of {project.folder} have no ids, so those that are new in a source can't be "
            "told; make the project with --id to watch one."
        )


def run_alone(project: Project) -> Run:
    """Make what runs an operation in a process that has no `Live`."""

    def run(operation: Callable[[Connection, Changes], Part | None]) -> Part | None:
        with project.database.writing() as connection:
            found = operation(connection, log.read_changes(connection))
        with project.database.reading() as connection:
            project.in_force.after(log.read_changes(connection))
        return found

    return run


def _check_known(project: Project, source: Source, compared: Compared, known: Known) -> None:
    there = len(source.table) - len(compared.new)
    if known != "refuse" or not there:
        return
    which = sorted({*range(len(source.table))}.difference(compared.new.tolist()))[0]
    first = _ids(project, source, np.array([which]))[0]
    held = "is in the project already" if there == 1 else "are in the project already"
    changed = (
        f"{len(compared.changed):,} of them with other content"
        if len(compared.changed)
        else ("all of them with the same content")
    )
    raise InputError(
        f"{there:,} of the {len(source.table):,} rows of {source.name} {held}, {changed}; the "
        f"first is {first!r}. Nothing was added. Leave them out, or ask for an update (--update, "
        "over REST update), by which they keep their ids and labels and get the new content."
    )


def _ids(project: Project, source: Source, places: np.ndarray[Any, Any]) -> tuple[str, ...]:
    name = project.settings.id or project.settings.columns[0]
    return tuple(map(str, format_cells(source.table.column(name).take(pa.array(places)))))


def _describe_old(project: Project, rows: np.ndarray[Any, Any]) -> str | None:
    """Write what rows held before, as people see it, for the log."""
    if not len(rows):
        return None
    shown = project.settings.shown
    table = project.rows.as_written(shown).take(pa.array(rows))
    columns = [format_cells(table.column(name)) for name in shown]
    texts = [dict(zip(shown, cells, strict=True)) for cells in zip(*columns, strict=True)]
    held = dict(zip(map(str, rows.tolist()), texts, strict=True))
    return json.dumps(held, ensure_ascii=False)


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Give a folder to write in; what a killed process left there goes a day later."""
    for old in folder.glob(f"{_ASIDE}*"):
        with suppress(OSError):
            if not old.is_symlink() and time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(
            dir=folder, prefix=_ASIDE, ignore_cleanup_errors=True
        ) as made:
            yield Path(made)
    except OSError as problem:
        said = problem.strerror or problem
        raise InputError(
            f"No rows were added to {folder}: {said}; free some space there."
        ) from None


def _write(
    project: Project,
    source: Source,
    table: pa.Table,
    updated: list[int],
    folder: Path,
    progress: rows_file.Progress,
) -> Part:
    """Write the files of a part."""
    settings = project.settings
    digest = rows_file.write(table, folder / rows_file.FILE)
    name, kind, path = settings.recipe.encoder, settings.kind, None
    encoder = None
    if name is not None:
        from .._data.encoders import get_encoder  # loads scikit-learn, which a server can spare

        encoder = get_encoder(name, kind)
    if kind == "image":
        path = folder / rows_file.IMAGES
        root = source.root or Path()
        rows_file.write_images(table, settings.columns[0], root, path, encoder, progress)
    elif encoder is not None:
        path = folder / rows_file.VECTORS
        rows_file.write_texts(table, settings.columns, path, encoder, progress)
    encoded = None if path is None else rows_file.digest_file(path)
    for written in folder.iterdir():
        flush(written)
    root_name = None if source.root is None else str(source.root.resolve())
    new = len(table) - len(updated)
    return Part(new, tuple(updated), digest, encoded, root_name, source.name)


def _record(
    project: Project,
    connection: Connection,
    changes: Changes,
    folder: Path,
    part: Part,
    before: str | None,
    who: str,
    at: float,
) -> Part:
    """Give the files their names, and append the event that makes them count."""
    number = number_part(len(changes.parts))
    for path in sorted(folder.iterdir()):
        give_name(path, project.folder / rows_file.name_file(path.name, number))
    event = Event(NO_ROW, CHANGED, who, at, setting=ROWS, before=before, after=part.to_json())
    (id,) = log.append(connection, [event])
    return replace(part, event=id, at=at)
