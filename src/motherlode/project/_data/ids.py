"""What the ids of rows must be, wherever rows come from: none missing, and none twice."""

import pyarrow as pa
import pyarrow.compute as pc

from ..._files.cell_texts import format_cells
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
        If one is missing, or stands there twice, or the column holds lists or records.

    Examples
    --------
    >>> check_ids(pa.chunked_array([["a", " ", "b"]]), "well", "more.csv")
    Traceback (most recent call last):
    motherlode.errors.InputError: more.csv: the id column 'well' has 1 gap, the first in row 1
    (counted from 0); fill it.
    >>> check_ids(pa.chunked_array([["007", "it's", "it's"]]), "id")
    Traceback (most recent call last):
    motherlode.errors.InputError: The id column 'id' holds the id it's more than once, first in
    rows 1 and 2 (counted from 0); give each row an id of its own, or leave one of the rows out.
    """
    where = f"The id column {name!r}" if source is None else f"{source}: the id column {name!r}"
    if pa.types.is_nested(values.type):
        raise InputError(f"{where} holds {values.type} values; ids are words or numbers.")
    gaps = _find_gaps(values)
    if len(gaps):
        it = "it" if len(gaps) == 1 else "them"
        raise InputError(
            f"{where} has {pluralise(len(gaps), 'gap')}, the first in row {gaps[0].as_py():,} "
            f"(counted from 0); fill {it}."
        )
    if len(pc.unique(values)) < len(values):
        counts = pc.value_counts(values)
        twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")[:1]
        first, second = pc.indices_nonzero(pc.equal(values, twice[0]))[:2].to_pylist()
        (written,) = format_cells(pa.chunked_array([twice]))
        raise InputError(
            f"{where} holds the id {written} more than once, first in rows {first:,} and "
            f"{second:,} (counted from 0); give each row an id of its own, or leave one of the "
            "rows out."
        )


def can_be_ids(values: pa.ChunkedArray) -> bool:
    """Tell whether a column of words or numbers has another one in each row."""
    if not len(values) or pa.types.is_nested(values.type) or len(_find_gaps(values)):
        return False
    return len(pc.unique(values)) == len(values)


def _find_gaps(values: pa.ChunkedArray) -> pa.UInt64Array:
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    missing, kind = pc.is_null(values, nan_is_null=True), values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        missing = pc.or_(missing, pc.equal(pc.fill_null(pc.utf8_trim_whitespace(values), ""), ""))
    return pc.indices_nonzero(missing)
