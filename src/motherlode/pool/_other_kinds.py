"""Columns of a new frame that another library read as another kind than the encoder was fitted on.

``pandas.read_csv`` leaves dates texts, makes numbers of codes, and takes the word "None" for a gap.
What can be told without a guess is read as the fitted kind, all else is refused.
"""

from collections.abc import Iterable
from math import isfinite
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from ..errors import InputError
from ._columns import Column, Kind, read_column

_TOLD: dict[Kind, tuple[str | None, ...]] = {"numbers": (None, "boolean"), "dates": (None,)}
_GAPS_OF_PANDAS = {
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
}  # fmt: skip


def read_as(column: Column, held: Kind, categories: Iterable[str | None]) -> Column:
    """Read a column as the kind that was fitted.

    Parameters
    ----------
    column : Column
        Of a new frame.
    held : Kind
        What the column was when the encoder was fitted.
    categories : iterable of str or None
        The values that it held then; none of a column of texts.

    Raises
    ------
    InputError
        If its values do not say what they are.
    """
    if column.kind in (held, "nothing"):
        return column
    if column.kind == "numbers" and held == "strings":
        return _spell_numbers(column, categories)
    reason = None
    if column.kind == "strings":
        found, reason = _read_texts(column, held)
        if found is not None:
            return found
    way = ", as by pandas.to_datetime" if held == "dates" else ""
    why = "" if reason is None else f" ({reason})"
    raise InputError(
        f"Column {column.name!r} holds {column.kind} here{why}, and held {held} when the "
        f"encoder was fitted; turn it into {held} first{way}."
    )


def find_gap(known: set[Any]) -> str | None:
    """Find the one category that pandas takes for a gap, if there is just one."""
    found = known & _GAPS_OF_PANDAS
    return found.pop() if len(found) == 1 else None


def _read_texts(column: Column, held: Kind) -> tuple[Column | None, str | None]:
    """Read texts as a file's cells are read; else say why not."""
    try:
        import pyarrow as pa
    except ImportError:
        return None, None
    from .._files.cells import Evidence
    from .._files.choices import Choices

    cells = pa.chunked_array([pa.array(column.values, pa.string())])
    reason = None
    for told in _TOLD.get(held, ()):
        choices = Choices(kinds={} if told is None else {column.name: told})  # type: ignore[dict-item]
        evidence = Evidence(column.name, choices)
        evidence.add(cells)
        try:
            decision = evidence.decide()
        except InputError:
            continue
        table = pa.table({column.name: decision.convert(cells, choices)})
        series = nw.from_native(table, eager_only=True).get_column(column.name)
        found = read_column(column.name, series)
        if found.kind in (held, "nothing"):
            return found, None
        reason = reason or decision.reason
    return None, reason


def _spell_numbers(column: Column, categories: Iterable[str | None]) -> Column:
    """Write numbers as the texts that they were read from: the category of that value, if one is.

    Codes such as 007 are texts to us, and numbers to other readers.
    """
    spelled: dict[float, list[str]] = {}
    for text in categories:
        number = _number(text)
        if number is not None:
            spelled.setdefault(number, []).append(str(text))
    values = np.empty(len(column.values), dtype=object)
    for place, value in enumerate(column.values.tolist()):
        texts = spelled.get(value, [])
        if len(texts) > 1:
            raise InputError(
                f"Column {column.name!r} holds the number {value:g} here, and held the texts "
                f"{' and '.join(map(repr, sorted(texts)[:2]))} when the encoder was fitted; read "
                "it as text, as by pandas.read_csv(…, dtype=str)."
            )
        values[place] = texts[0] if texts else _plain(value)
    return Column(column.name, "strings", values)


def _number(text: str | None) -> float | None:
    if text is None or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _plain(value: float) -> str | None:
    if value != value:
        return None
    return str(int(value)) if value.is_integer() else repr(value)
