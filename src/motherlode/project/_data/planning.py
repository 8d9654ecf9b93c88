"""Decide what the rows of a new project are: texts, images, vectors, or tables of columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..._files.formats import column
from ...errors import InputError
from ...pool._kinds import is_bytes, kind_of, readable
from ...pool._tabular import TabularEncoder
from .rows import stack_vectors


@dataclass(frozen=True)
class RowPlan:
    """Which columns of a table serve for what.

    Parameters
    ----------
    kind : {"text", "image", "table", "vectors"}
        What a row is.
    columns, shown : tuple of str
        What models read, and what annotators see.
    id : str or None
        The column of ids, if there is one.
    left_out : dict of str to str
        Columns that a model cannot use, each with the reason.
    """

    kind: str
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    id: str | None
    left_out: dict[str, str]


def plan_rows(
    table: pa.Table,
    *,
    text: str | None = None,
    image: str | None = None,
    features: Sequence[str] = (),
    id: str | None = None,
) -> RowPlan:
    """Decide what rows are, by the columns that are named, else by what the columns hold.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    text, image : str, optional
        The column of texts, or of image paths or bytes; at most one of the two.
    features : sequence of str
        Columns that models read.
    id : str, optional
        The column of ids.

    Raises
    ------
    InputError
        If a column is missing or does not hold what it is named for.
    """
    if text and image:
        raise InputError("Both a text and an image column are named; name one of them.")
    if id is not None:
        _check_ids(table, id)
    others = tuple(name for name in table.column_names if name != id)
    if not others:
        raise InputError(f"The data have no column beside the id column {id!r}.")
    if features:
        main = tuple(name for name in (text, image) if name)
        return _plan_features(table, tuple(features), main or readable(table.select(others)), id)
    if text is not None:
        _check_type(column(table, text), text, "text", pa.types.is_string)
        return RowPlan("text", (text,), (text, *_rest(table, others, text)), id, {})
    if image is not None:
        _check_type(column(table, image), image, "image paths or bytes", _is_image)
        return RowPlan("image", (image,), (image, *_rest(table, others, image)), id, {})
    return _plan_by_content(table.select(others), id)


def _plan_features(
    table: pa.Table, features: tuple[str, ...], shown: tuple[str, ...], id: str | None
) -> RowPlan:
    nested = [pa.types.is_nested(column(table, name).type) for name in features]
    if all(nested):
        for name in features:
            stack_vectors(table.column(name), name)
        return RowPlan("vectors", features, shown, id, {})
    if any(nested):
        raise InputError("The features mix vectors with other columns; name one kind.")
    encoder = TabularEncoder().fit(table.select(list(features)))
    used = tuple(encoder.feature_names_in_.tolist())
    return RowPlan("table", used, shown, id, dict(encoder.dropped_))


def _plan_by_content(table: pa.Table, id: str | None) -> RowPlan:
    if not readable(table):
        raise InputError("The data hold lists or bytes alone; say --features or --image.")
    found = kind_of(table)
    return RowPlan(found.name, found.columns, found.readable, id, found.left_out)


def _rest(table: pa.Table, names: tuple[str, ...], main: str) -> tuple[str, ...]:
    return tuple(name for name in readable(table.select(names)) if name != main)


def _is_image(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind)) or is_bytes(kind)


def _check_type(values: pa.ChunkedArray, name: str, what: str, holds: Any) -> None:
    if not (holds(values.type) or pa.types.is_large_string(values.type)):
        raise InputError(f"Column {name!r} holds {values.type} values, not {what}.")
    if values.null_count == len(values):
        raise InputError(f"Column {name!r} holds no value.")


def _check_ids(table: pa.Table, name: str) -> None:
    values = column(table, name)
    if values.null_count:
        raise InputError(f"The id column {name!r} has {values.null_count:,} gaps; fill them.")
    if len(pc.unique(values)) < len(values):
        counts = pc.value_counts(values).to_pylist()
        twice = next(c["values"] for c in counts if c["counts"] > 1)
        raise InputError(f"The id column {name!r} holds {twice!r} more than once.")


def decode_dictionaries(table: pa.Table) -> pa.Table:
    """Turn dictionary columns into plain strings, so that all files look alike."""
    for place, kind in enumerate(table.schema.types):
        if pa.types.is_dictionary(kind):
            name = table.column_names[place]
            table = table.set_column(place, name, table.column(place).cast(kind.value_type))
    return table
