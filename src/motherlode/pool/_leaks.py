"""Columns that give the label away: each of their values stands for one class."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import lgamma, log
from typing import Any

import numpy as np

from .._rows.matrix import is_frame, take
from ._columns import open_frame

_LEAST_CHANCE = log(100)
_EQUAL = "equals the label"
_ONE_TO_ONE = "maps one to one onto the label"
_GAPS = "has its gaps where the label is of one class"
_STEPS = (100, 10_000)  # rows that are looked at first


def find_leaks(data: Any, rows: Sequence[int], labels: Sequence[Any]) -> dict[str, str]:
    """Find columns that equal the labels, or map one to one onto them, over labelled rows.

    Parameters
    ----------
    data : frame, or array of shape (n, d)
        What models read; of other data nothing is found.
    rows : sequence of int
        The labelled rows, by global id.
    labels : sequence
        Their classes.

    Returns
    -------
    dict of str to str
        By column: how it gives the label away.
    """
    if len(set(labels)) < 2:
        return {}
    found: dict[str, str] | None = None
    for size in (*(step for step in _STEPS if step < len(rows)), len(rows)):
        ids, some = np.asarray(rows[:size], dtype=np.int64), list(labels[:size])
        told = {name: _explain(values, some) for name, values in _columns(data, ids, found)}
        found = {name: how for name, how in told.items() if how is not None}
    by_chance = not _is_no_chance(labels)
    return {n: how for n, how in (found or {}).items() if how == _EQUAL or not by_chance}


def _columns(
    data: Any, rows: "np.ndarray[Any, Any]", among: Iterable[str] | None
) -> Iterator[tuple[str, list[Any]]]:
    if is_frame(data):
        frame = open_frame(data)
        for name in frame.columns:
            if among is None or name in among:
                yield name, frame.get_column(name)[rows.tolist()].to_list()
    elif isinstance(data, np.ndarray) and data.ndim == 2:
        part = take(data, rows)
        for place in range(part.shape[1]):
            if among is None or str(place) in among:
                yield str(place), part[:, place].tolist()


def _explain(values: list[Any], labels: list[Any]) -> str | None:
    try:
        present = [None if value is None or value != value else value for value in values]
        if _is_one_to_one(present, labels):
            same = all(str(v) == str(label) for v, label in zip(present, labels, strict=True))
            return _EQUAL if same else _ONE_TO_ONE
    except (TypeError, ValueError):
        return None  # lists and other values that cannot be compared
    return _GAPS if _is_one_to_one([value is None for value in present], labels) else None


def _is_one_to_one(values: list[Any], labels: list[Any]) -> bool:
    there: dict[Any, Any] = {}
    back: dict[Any, Any] = {}
    return all(
        there.setdefault(value, label) == label and back.setdefault(label, value) == value
        for value, label in zip(values, labels, strict=True)
    )


def _is_no_chance(labels: Sequence[Any]) -> bool:
    """Tell whether so many labels fall into their classes by chance in one case of 100 at most."""
    counts = Counter(labels).values()
    ways = lgamma(sum(counts) + 1) - sum(lgamma(n + 1) for n in counts)
    return ways >= _LEAST_CHANCE
