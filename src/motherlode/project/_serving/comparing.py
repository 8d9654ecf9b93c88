"""Which rows of a table a project holds already, and which of those with other content."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..._files.cell_texts import format_cells
from ..._rows.arrays import Rows
from .._data.folder import Project
from .._data.images import digest_image, read_image

_Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Compared:
    """Rows of a table by what a project holds of them.

    Attributes
    ----------
    new : ndarray of int64
        Places of those that it does not hold.
    changed, rows : ndarray of int64
        Places of those that it holds with other content, and its row ids of them.
    unchanged : int
        How many others it holds.
    """

    new: Rows
    changed: Rows
    rows: Rows
    unchanged: int


def compare_rows(project: Project, table: pa.Table, root: Path | None) -> Compared:
    """Compare a table with a project's rows, by their ids or by where images lie.

    Parameters
    ----------
    project : Project
        The rows that are there.
    table : pyarrow.Table
        With the project's columns.
    root : Path or None
        The folder that paths of images in the table are relative to.
    """
    held = project.rows.table
    kept = None if root is None else root.resolve()  # as projects keep it
    keys = find_keys(project, table, lambda _: kept)
    known = None if keys is None else find_keys(project, held, project.rows.root_of)
    everything = np.arange(len(table))
    if keys is None or known is None:
        return Compared(everything, everything[:0], everything[:0], 0)
    found = pc.index_in(keys, value_set=known)
    is_new = np.asarray(pc.is_null(found))
    places = everything[~is_new]
    rows = np.asarray(found.drop_null()).astype(np.int64)
    theirs = table.select(project.rows.own_columns).take(pa.array(places))
    differs = _differ(project, theirs, root, rows)
    return Compared(everything[is_new], places[differs], rows[differs], int((~differs).sum()))


def _differ(project: Project, theirs: pa.Table, root: Path | None, rows: Rows) -> _Flags:
    """Tell which rows of a table have other content than these of the project."""
    own = project.rows.own_columns
    ours = project.rows.table.select(own).take(pa.array(rows))
    found = np.zeros(len(rows), dtype=np.bool_)
    for name in own:
        if name == project.settings.columns[0] and _names_files(project, theirs):
            found |= _lie_elsewhere(project, root, rows, theirs.column(name), ours.column(name))
            continue
        found |= _differ_in(theirs.column(name), ours.column(name))
    if project.settings.kind == "image" and root is not None:
        known = project.rows.image_digests[rows]
        values = theirs.column(project.settings.columns[0]).to_pylist()
        for place, value in enumerate(values):
            found[place] |= digest_image(read_image(value, root)) != str(known[place])
    return found


def _lie_elsewhere(
    project: Project,
    root: Path | None,
    rows: Rows,
    theirs: pa.ChunkedArray,
    ours: pa.ChunkedArray,
) -> _Flags:
    """Tell which images of a table lie elsewhere than those of the same rows."""
    kept, of = None if root is None else root.resolve(), project.rows.root_of
    both = zip(rows.tolist(), theirs.to_pylist(), ours.to_pylist(), strict=True)
    found = [_place(kept, one) != _place(of(row), other) for row, one, other in both]
    return np.array(found, dtype=np.bool_)


def _differ_in(one: pa.ChunkedArray, other: pa.ChunkedArray) -> _Flags:
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


def find_keys(
    project: Project, table: pa.Table, root: Callable[[int], Path | None]
) -> pa.Array | None:
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
