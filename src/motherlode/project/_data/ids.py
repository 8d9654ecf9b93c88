"""Columns of ids: each row has one, and no two have the same."""

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError


def check_ids(values: pa.ChunkedArray, name: str, source: str = "") -> None:
    """Check a column of ids.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        The column.
    name : str
        What it is called.
    source : str
        Where it stands, if that has to be said.

    Raises
    ------
    InputError
        If it has gaps, or an id stands there twice.
    """
    the_column = f"{source}: the id column" if source else "The id column"
    if values.null_count:
        raise InputError(f"{the_column} {name!r} has {values.null_count:,} gaps; fill them.")
    counts = pc.value_counts(values)
    twice = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(twice):
        raise InputError(
            f"{the_column} {name!r} holds {twice[0].as_py()['values']!r} more than once."
        )
