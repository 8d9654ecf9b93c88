"""Add rows to a project, beside a server as well as without one.

A part is written whole under another name. Inside one write transaction it gets its own name, and
then the event is appended that makes it count. So a part without its event is one that nobody
knows of, and the next one takes its name.
"""

import json
import os
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
import pyarrow.compute as pc
from sqlalchemy import Connection

from ..._files.cell_texts import format_cells
from ..._rows.whole_file import flush, give_name
from ...errors import InputError
from .._data import rows as rows_file
from .._data.folder import Project
from .._data.images import digest_image, read_image
from .._log import log
from .._log.changes import Changes
from .._log.events import CHANGED, NO_ROW, Event
from .._log.parts import ROWS, Part, number_part
from .arrivals import find_arrival_time

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
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    left: tuple[str, ...] = ()
    changed: tuple[int, ...] = ()
    event: int | None = None
    first: int | None = None


@dataclass(frozen=True)
class _Compared:
    """Rows by what the project holds: places of the source, and row ids of those it has."""

    new: np.ndarray[Any, Any]
    changed: np.ndarray[Any, Any]
    rows: np.ndarray[Any, Any]
    unchanged: int


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
    _check_ids(project, source)
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
    compared = _compare(project, source)
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
    if _keys(project, project.rows.table.slice(0, 0), project.rows.root_of) is None:
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


def _check_ids(project: Project, source: Source) -> None:
    name = project.settings.id
    if name is None:
        return
    column = source.table.column(name)
    if column.null_count:
        raise InputError(
            f"{source.name}: the id column {name!r} has {column.null_count:,} gaps; fill them."
        )
    counts = pc.value_counts(column)
    twice = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(twice):
        raise InputError(
            f"{source.name}: the id column {name!r} holds {twice[0].as_py()['values']!r} more than "
            "once."
        )


def _keys(project: Project, table: pa.Table, root: Callable[[int], Path | None]) -> pa.Array | None:
    """Give what rows are known by: ids, or where images lie; None if by nothing."""
    settings = project.settings
    if settings.id is not None:
        return pa.array(format_cells(table.column(settings.id)), pa.string())
    if not _names_files(project, table):
        return None
    values = table.column(settings.columns[0]).to_pylist()
    return pa.array([_place(root(row), value) for row, value in enumerate(values)], pa.string())


def _names_files(project: Project, table: pa.Table) -> bool:
    """Tell whether a table holds images by where they lie."""
    kind = table.schema.field(project.settings.columns[0]).type
    return project.settings.kind == "image" and bool(pa.types.is_string(kind))


def _place(root: Path | None, value: str | None) -> str:
    """Write where an image lies, whatever folder its path begins in."""
    return os.path.normpath(str(value) if root is None else root / str(value))


def _root(source: Source) -> Path | None:
    """Give the folder of a source as projects keep it."""
    return None if source.root is None else source.root.resolve()


def _compare(project: Project, source: Source) -> _Compared:
    held, table = project.rows.table, source.table
    theirs = _keys(project, table, lambda _: _root(source))
    ours = None if theirs is None else _keys(project, held, project.rows.root_of)
    everything = np.arange(len(table))
    if theirs is None or ours is None:
        return _Compared(everything, everything[:0], everything[:0], 0)
    found = pc.index_in(theirs, value_set=ours)
    is_new = np.asarray(pc.is_null(found))
    places = everything[~is_new]
    rows = np.asarray(found.drop_null()).astype(np.int64)
    differs = _differ(project, source, places, rows)
    return _Compared(everything[is_new], places[differs], rows[differs], int((~differs).sum()))


def _differ(
    project: Project, source: Source, places: np.ndarray[Any, Any], rows: np.ndarray[Any, Any]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which rows of the source have other content than the project's."""
    own = project.rows.own_columns
    theirs = source.table.select(own).take(pa.array(places))
    ours = project.rows.table.select(own).take(pa.array(rows))
    found = np.zeros(len(places), dtype=np.bool_)
    for name in own:
        if name == project.settings.columns[0] and _names_files(project, theirs):
            found |= _lie_elsewhere(project, source, rows, theirs.column(name), ours.column(name))
            continue
        found |= _differ_in(theirs.column(name), ours.column(name))
    if project.settings.kind == "image" and source.root is not None:
        known = project.rows.image_digests[rows]
        values = theirs.column(project.settings.columns[0]).to_pylist()
        for place, value in enumerate(values):
            found[place] |= digest_image(read_image(value, source.root)) != str(known[place])
    return found


def _lie_elsewhere(
    project: Project,
    source: Source,
    rows: np.ndarray[Any, Any],
    theirs: pa.ChunkedArray,
    ours: pa.ChunkedArray,
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which images of the source lie elsewhere than those of the same rows."""
    root, of = _root(source), project.rows.root_of
    both = zip(rows.tolist(), theirs.to_pylist(), ours.to_pylist(), strict=True)
    found = [_place(root, one) != _place(of(row), other) for row, one, other in both]
    return np.array(found, dtype=np.bool_)


def _differ_in(one: pa.ChunkedArray, other: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if pa.types.is_nested(one.type):
        pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
        return np.array([a != b for a, b in pairs], dtype=np.bool_)
    if one.type != other.type:
        one, other = one.cast(pa.float64()), other.cast(pa.float64())
    differs = pc.fill_null(pc.not_equal(one, other), False)
    if pa.types.is_floating(one.type):  # no number differs from itself
        differs = pc.and_not(
            differs, pc.fill_null(pc.and_(pc.is_nan(one), pc.is_nan(other)), False)
        )
    return np.asarray(pc.or_(differs, pc.xor(pc.is_null(one), pc.is_null(other))))


def _check_known(project: Project, source: Source, compared: _Compared, known: Known) -> None:
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
    kept = _root(source)
    root_name = None if kept is None else str(kept)
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
