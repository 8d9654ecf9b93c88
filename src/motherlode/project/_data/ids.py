"""What the ids of rows must be, wherever rows come from: none missing, and none twice."""

import pyarrow as pa
import pyarrow.compute as pc

from ..._inert.description import pluralise
from ...errors import InputError


def check_ids(values: pa.ChunkedArray, name: str, source: str | None = None) -> None:
    """See that a column has another id in each row.

    A cell of blanks is a gap: text files have no other way to leave an id out.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        The ids.
    name : str
        The name of their column.
    source : str, optional
        Where they stand, as people call it.

    Raises
    ------
    InputError
        If one is missing, or stands there twice.

    Examples
    --------
    >>> check_ids(pa.chunked_array([["a", " ", "b"]]), "well", "more.csv")
    Traceback (most recent call last):
    motherlode.errors.InputError: more.csv: the id column 'well' has 1 gap, the first in row 1
    (counted from 0); fill it.
    """
    where = f"The id column {name!r}" if source is None else f"{source}: the id column {name!r}"
    gaps = _find_gaps(values)
    if len(gaps):
        it = "it" if len(gaps) == 1 else "them"
        raise InputError(
            f"{where} has {pluralise(len(gaps), 'gap')}, the first in row {gaps[0].as_py():,} "
            f"(counted from 0); fill {it}."
        )
    if len(pc.unique(values)) < len(values):
        counts = pc.value_counts(values)
        twice = counts.filter(pc.greater(counts.field("counts"), 1))[0].as_py()["values"]
        raise InputError(f"{where} holds {twice!r} more than once.")


def can_be_ids(values: pa.ChunkedArray) -> bool:
    """Tell whether a column has another value in each row."""
    return len(values) > 0 and not len(_find_gaps(values)) and len(pc.unique(values)) == len(values)


def _find_gaps(values: pa.ChunkedArray) -> pa.UInt64Array:
    missing = pc.is_null(values)
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        missing = pc.or_(missing, pc.equal(pc.fill_null(pc.utf8_trim_whitespace(values), ""), ""))
    return pc.indices_nonzero(missing)
