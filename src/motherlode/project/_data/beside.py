"""A project's own columns, as they stand in a file that has columns of ours beside them."""

from typing import NamedTuple

import pyarrow as pa

from ..._files.own_columns import rename_apart
from ..._files.whole_files import exported_type
from .rows import RowData
from .settings import Settings


class Beside(NamedTuple):
    """Columns that people see, with the id first.

    Attributes
    ----------
    table : pyarrow.Table
        Of all rows.
    schema : pyarrow.Schema
        Of the file: these columns, then ours.
    names : dict of str to str
        What each column is called in the file.
    typed : list of str
        What those are called that were read as numbers or dates, in which no cell is a formula.
    """

    table: pa.Table
    schema: pa.Schema
    names: dict[str, str]
    typed: list[str]


def put_beside(rows: RowData, settings: Settings, ours: pa.Schema, *, as_texts: bool) -> Beside:
    """Put the columns that people see beside ours; as the data's file has their cells if told."""
    ids = [] if settings.id is None else [settings.id]
    own = list(dict.fromkeys([*ids, *settings.shown]))
    held = rows.table.select(own)
    table = (rows.as_written(own) if as_texts else held).replace_schema_metadata()
    names = dict(zip(own, rename_apart(own, ours.names), strict=True))
    types = [exported_type(field.type) for field in table.schema]
    return Beside(
        table,
        pa.schema([*zip(names.values(), types, strict=True), *ours]),
        names,
        [names[field.name] for field in held.schema if not pa.types.is_string(field.type)],
    )
