"""Rows of several files as one table or array.

Rows that were changed since have the content of the last file that holds them. Nothing else is
copied: whatever a file maps into memory stays mapped, but for blocks in which a row was changed.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from .._log.parts import Part

_BLOCK = 10_000  # rows that are copied together


def find_part(parts: Sequence[Part], first: int, row: int) -> Part | None:
    """Find the part that holds the content of a row; None for the project's first file.

    Parameters
    ----------
    parts : sequence of Part
        All of them.
    first : int
        How many rows the first file has.
    row : int
        Global row id.
    """
    found, end = None, first
    for part in parts:
        if end <= row < end + part.rows or row in part.updated:
            found = part
        end += part.rows
    return found


def join_tables(first: pa.Table, parts: Sequence[tuple[pa.Table, Part]]) -> pa.Table:
    """Join tables; a column of whole numbers is one of all numbers where a part has those.

    Parameters
    ----------
    first : pyarrow.Table
        Of the project's first file.
    parts : sequence of (pyarrow.Table, Part)
        Those added later: the new rows, then those that were changed.
    """
    if not parts:
        return first
    new = [table.slice(0, part.rows) for table, part in parts]
    whole = pa.concat_tables([first, *new], promote_options="permissive")
    whole = whole.replace_schema_metadata(first.schema.metadata)
    rows, places = _find_changed([part for _, part in parts])
    if not len(rows):
        return whole
    changed = [table.slice(part.rows) for table, part in parts]
    others = pa.concat_tables(changed, promote_options="permissive").cast(whole.schema)
    made = []
    for low in range(0, len(whole), _BLOCK):
        block = whole.slice(low, _BLOCK)
        start, end = np.searchsorted(rows, [low, low + len(block)])
        if start < end:
            order = np.arange(len(block))
            order[rows[start:end] - low] = len(block) + np.arange(end - start)
            replaced = others.take(pa.array(places[start:end]))
            block = pa.concat_tables([block, replaced]).combine_chunks().take(pa.array(order))
        made.append(block)
    return pa.concat_tables(made)


def join_arrays(
    first: np.ndarray[Any, Any], parts: Sequence[tuple[np.ndarray[Any, Any], Part]]
) -> np.ndarray[Any, Any]:
    """Join arrays whose first axis is rows.

    Parameters
    ----------
    first : ndarray of shape (n, ...)
        Of the project's first file.
    parts : sequence of (ndarray, Part)
        As `join_tables` has them.
    """
    if not parts:
        return first
    made = np.concatenate([first, *(array[: part.rows] for array, part in parts)])
    for array, part in parts:
        if part.updated:
            made[list(part.updated)] = array[part.rows :]
    return made


def _find_changed(parts: Sequence[Part]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Find the rows that were changed, sorted, and the place of each among all changes."""
    places = {row: place for place, row in enumerate(row for p in parts for row in p.updated)}
    rows = np.array(sorted(places), dtype=np.int64)
    return rows, np.array([places[row] for row in rows.tolist()], dtype=np.int64)
