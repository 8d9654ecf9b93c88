"""One JSON object that holds a whole table: the records in it."""

from collections.abc import Iterable
from itertools import chain, count
from typing import Any

Record = dict[str, Any]


def find_records(whole: Record) -> tuple[list[Any], list[str]]:
    """Give the records of an object, and the keys of what stands beside them, which is left out.

    If it holds no table, it is the only record.

    A table is the only list of objects in it, or what the `to_json` of pandas writes: lists of one
    length, or objects that share keys, by column or by row; or ``columns``, ``index`` and ``data``.
    """
    lists = [k for k, v in whole.items() if isinstance(v, list) and v and _all_are(dict, v)]
    if len(lists) == 1 and (len(whole) == 1 or len(whole[lists[0]]) > 1):
        return whole[lists[0]], [key for key in whole if key != lists[0]]
    if _is_split(whole):
        rows = [dict(zip(whole["columns"], row, strict=True)) for row in whole["data"]]
        rest = [key for key in whole if key not in ("columns", "index", "data")]
        return _with_keys(whole.get("index", []), rows), rest
    return _read_whole(whole), []


def _read_whole(whole: Record) -> list[Any]:
    """Read a table that all values of an object belong to; else it is one record."""
    values = list(whole.values())
    are_columns = len(values) > 1 and _all_are(list, values) and len({len(v) for v in values}) == 1
    if are_columns and not (values[0] and all(_all_are(dict, v) for v in values)):  # tables of rows
        return [dict(zip(whole, row, strict=True)) for row in zip(*values, strict=True)]
    if _is_crossed(values):
        return _read_crossed(whole)
    return [whole]


def _all_are(kind: type, values: Iterable[Any]) -> bool:
    return all(isinstance(value, kind) for value in values)


def _is_split(whole: Record) -> bool:
    names, rows = whole.get("columns"), whole.get("data")
    if not (isinstance(names, list) and isinstance(rows, list) and names):
        return False
    return _all_are(str, names) and all(isinstance(r, list) and len(r) == len(names) for r in rows)


def _is_crossed(values: list[Any]) -> bool:
    if not values or not _all_are(dict, values) or not set.intersection(*map(set, values)):
        return False
    return len(values) > 1 or (len(values[0]) > 1 and _are_numbers(values[0]))


def _read_crossed(whole: dict[str, Record]) -> list[Record]:
    """Read objects that share keys: each is a row, or each is a column.

    Rows are the side whose keys are numbers, and if both sides' are or none's, that of more keys.
    """
    outer, inner = list(whole), list(dict.fromkeys(key for one in whole.values() for key in one))
    are_rows = _are_numbers(outer)
    if are_rows if are_rows != _are_numbers(inner) else len(outer) > len(inner):
        return _with_keys(outer, list(whole.values()))
    return _with_keys(inner, [{name: whole[name].get(key) for name in outer} for key in inner])


def _with_keys(keys: list[Any], rows: list[Record]) -> list[Record]:
    """Add the keys of the rows as a column, unless they only count the rows."""
    if len(keys) != len(rows) or _is_counted(keys):
        return rows
    names = chain(["id"], (f"key_{i}" for i in count(1)))
    name = next(name for name in names if not any(name in row for row in rows))
    return [{name: key, **row} for key, row in zip(keys, rows, strict=True)]


def _are_numbers(keys: Iterable[str]) -> bool:
    return all(key.isdecimal() for key in keys)


def _is_counted(keys: list[Any]) -> bool:
    return [str(key) for key in keys] == [str(i) for i in range(len(keys))]
