"""Rows and labels in whatever container people keep them, as plain lists."""

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from .._rows.gaps import is_gap
from ..errors import InputError, first_line


def list_values(given: Any, what: str) -> list[Any]:
    """List the values of an array, series, one-column frame or other container, or one alone.

    Missing ones are None. An `InputError` names ``what`` is wrong: several columns, or keys.
    """
    if isinstance(given, Mapping):
        raise InputError(
            f"The {what} are a {type(given).__name__}; give one list, and one of its values beside."
        )
    if hasattr(given, "__array__") and not hasattr(given, "to_numpy"):
        given = _array_of(given, what)  # an array, or a tensor of any library
    if isinstance(given, np.ndarray):
        return [_plain(value) for value in _unnest(_one_column(given, what).tolist(), what)]
    native = nw.from_native(given, allow_series=True, eager_only=True, pass_through=True)
    if isinstance(native, nw.DataFrame):
        if len(native.columns) != 1:
            raise InputError(
                f"The {what} are a frame of {len(native.columns)} columns; give one column."
            )
        native = native.get_column(native.columns[0])
    if isinstance(native, nw.Series):
        return [_plain(value) for value in native.to_list()]
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        return [_plain(given)]
    return [_plain(value) for value in _unnest(list(given), what)]


def is_shuffled(labels: Any, rows: list[int]) -> bool:
    """Tell whether a pandas index of labels holds the same rows in another order."""
    if not hasattr(labels, "iloc") or getattr(labels.index, "start", None) == 0:
        return False  # no index, or one that was made by counting
    named = list(labels.index)
    return named != rows and set(named) == set(rows)


def _array_of(given: Any, what: str) -> np.ndarray[Any, Any]:
    try:
        return np.asanyarray(given)  # a masked array keeps its mask
    except (TypeError, RuntimeError) as error:  # of another device, or with gradients
        raise InputError(
            f"The {what} are a {type(given).__name__} that cannot be read as an array "
            f"({first_line(error).rstrip('.')})."
        ) from None


def _one_column(given: np.ndarray[Any, Any], what: str) -> np.ndarray[Any, Any]:
    if given.ndim > 2 or (given.ndim == 2 and given.shape[1] != 1):
        raise InputError(f"The {what} are an array of shape {given.shape}; give one a row.")
    return given.reshape(-1)


def _unnest(values: list[Any], what: str) -> list[Any]:
    """Take the one value out of each list, where all are lists of one."""
    lists = [isinstance(value, list | tuple | np.ndarray) for value in values]
    if not any(lists):
        return values
    lengths = {len(value) if nested else -1 for value, nested in zip(values, lists, strict=True)}
    if lengths == {1}:
        return [value[0] for value in values]
    if len(lengths) == 1:
        raise InputError(f"The {what} have shape ({len(values)}, {lengths.pop()}); give one a row.")
    raise InputError(f"The {what} are lists of different lengths; give one list.")


def _plain(value: Any) -> Any:
    """Make a plain Python value, and None of what is missing."""
    if hasattr(value, "as_py"):  # of Arrow
        value = value.as_py()
    if isinstance(value, np.generic):
        value = value.item()
    return None if is_gap(value) else value
