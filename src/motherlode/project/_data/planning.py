"""What the rows of a new project are: texts, images, vectors, or tables of mixed columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...pool._files import column
from ...pool._kinds import is_bytes, kind_of, readable
from ...pool._tabular import TabularEncoder
from .rows import vectors


@dataclass(frozen=True)
class Plan:
    """Which columns are what.

    Attributes
    ----------
    kind : {"text", "image", "table", "vectors"}
    columns, shown : tuple of str
        What models read, and what annotators see.
    id : str or None
    left_out : dict of str to str
        Columns that a model cannot use, each with the reason.
    """

    kind: str
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    id: str | None
    left_out: dict[str, str]


def plan(
    table: pa.Table,
    *,
    text: str | None = None,
    image: str | None = None,
    features: Sequence[str] = (),
    id: str | None = None,
) -> Plan:
    """Decide what rows are; columns that nobody named are looked at.

    Raises
    ------
    InputError
        If a column is missing or does not hold what it is named for.
    """
    if sum([bool(text), bool(image)]) > 1:
        raise InputError("Both a text and an image column are named; name one of them.")
    if id is not None:
        _check_ids(table, id)
    others = tuple(name for name in table.column_names if name != id)
    if not others:
        raise InputError(f"The data have no column beside the id column {id!r}.")
    if features:
        main = tuple(name for name in (text, image) if name)
        return _planned_features(table, tuple(features), main or readable(table.select(others)), id)
    if text is not None:
        _check_type(column(table, text), text, "text", pa.types.is_string)
        return Plan("text", (text,), (text, *_rest(table, others, text)), id, {})
    if image is not None:
        _check_type(column(table, image), image, "image paths or bytes", _is_image)
        return Plan("image", (image,), (image, *_rest(table, others, image)), id, {})
    return _looked_at(table.select(others), id)


def _planned_features(
    table: pa.Table, features: tuple[str, ...], shown: tuple[str, ...], id: str | None
) -> Plan:
    nested = [pa.types.is_nested(column(table, name).type) for name in features]
    if all(nested):
        for name in features:
            vectors(table.column(name), name)
        return Plan("vectors", features, shown, id, {})
    if any(nested):
        raise InputError("The features mix vectors with other columns; name one kind.")
    encoder = TabularEncoder().fit(table.select(list(features)))
    used = tuple(encoder.feature_names_in_.tolist())
    return Plan("table", used, shown, id, dict(encoder.dropped_))


def _looked_at(table: pa.Table, id: str | None) -> Plan:
    if not readable(table):
        raise InputError("The data hold lists or bytes alone; say --features or --image.")
    found = kind_of(table)
    return Plan(found.name, found.columns, found.readable, id, found.left_out)


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


def strings_widened(table: pa.Table) -> pa.Table:
    """The table with dictionary columns as plain strings, so that all files look alike."""
    for place, kind in enumerate(table.schema.types):
        if pa.types.is_dictionary(kind):
            name = table.column_names[place]
            table = table.set_column(place, name, table.column(place).cast(kind.value_type))
    return table
