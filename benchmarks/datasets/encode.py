"""Turn a frame with nominal columns into numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from motherlode.errors import InputError

Levels = Mapping[str, Sequence[str]]
"""The values of each nominal column, in the order in which they are coded."""


def codes(frame: pd.DataFrame, levels: Levels) -> tuple[NDArray[np.float32], tuple[int, ...]]:
    """One column a column: nominal values become their place among the levels.

    Returns
    -------
    matrix : ndarray of shape (n_rows, n_columns), float32
    categorical : tuple of int
        Which columns hold codes.

    Raises
    ------
    InputError
        If a value is not among the levels.
    """
    columns = [
        _coded(frame[name], levels[name]) if name in levels else frame[name].to_numpy("float32")
        for name in frame.columns
    ]
    categorical = tuple(j for j, name in enumerate(frame.columns) if name in levels)
    return np.column_stack(columns).astype("float32"), categorical


def one_hot(frame: pd.DataFrame, levels: Levels) -> NDArray[np.float32]:
    """A 0/1 column for each level but the first, in place of each nominal column.

    Returns
    -------
    ndarray of shape (n_rows, n_numeric + sum of levels - n_nominal), float32

    Raises
    ------
    InputError
        If a value is not among the levels.
    """
    columns: list[NDArray[np.float32]] = []
    for name in frame.columns:
        if name in levels:
            coded = _coded(frame[name], levels[name])
            columns += [(coded == code).astype("float32") for code in range(1, len(levels[name]))]
        else:
            columns.append(frame[name].to_numpy("float32"))
    return np.column_stack(columns)


def _coded(values: pd.Series, levels: Sequence[str]) -> NDArray[np.float32]:
    coded = pd.Index(levels).get_indexer(pd.Index(values))
    if (coded < 0).any():
        stray = values[coded < 0].iloc[0]
        raise InputError(f"column {values.name!r} holds {stray!r}, which is not a level of it")
    return coded.astype("float32")
