"""Cut one task's rows out of a source that has many classes."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.proving.sources.task import Data, Rows
from motherlode.errors import InputError

FEWEST = 5
"""No task has fewer positives."""


def cut(
    data: Data,
    positive: NDArray[np.bool_],
    ratio: int,
    rows: int,
    seed: int = 0,
    start: float = 0.0,
) -> Rows:
    """At most `rows` rows with exactly `ratio` negatives for each positive.

    The rows of a source lie in one shuffled order, as on a wheel. A task takes the first
    positives and the first negatives from its own start on. Tasks that start far enough from
    each other share no rows, as long as the source is large enough.

    Parameters
    ----------
    data : ndarray, DataFrame or list of str
        All rows of the source.
    positive : ndarray of shape (n_rows,), bool
        Which of them are of the rare class.
    ratio : int
        Negatives for each positive.
    rows : int
        The most rows to take; fewer where the source has too few.
    seed : int
        Of the shuffled order. It is the same for all tasks of a source.
    start : float
        Where on the wheel to start, in [0, 1).

    Returns
    -------
    Rows

    Raises
    ------
    InputError
        If fewer than `FEWEST` positives are left.
    """
    chosen = choose(positive, ratio, rows, seed, start)
    return Rows(_take(data, chosen), positive[chosen])


def choose(
    positive: NDArray[np.bool_], ratio: int, rows: int, seed: int = 0, start: float = 0.0
) -> NDArray[np.int64]:
    """The rows that `cut` takes, in its order.

    Returns
    -------
    ndarray of int64

    Raises
    ------
    InputError
        If fewer than `FEWEST` positives are left.
    """
    random = np.random.default_rng(seed)
    wheel = random.permutation(len(positive))
    wheel = np.roll(wheel, -int(start * len(wheel)))
    found, rest = wheel[positive[wheel]], wheel[~positive[wheel]]
    positives = min(rows // (ratio + 1), len(found), len(rest) // ratio)
    if positives < FEWEST:
        raise InputError(
            f"one in {ratio} of {rows} rows leaves {positives} positives "
            f"({len(found)} positives and {len(rest)} negatives are there)"
        )
    chosen = np.concatenate([found[:positives], rest[: positives * ratio]])
    return random.permutation(chosen)


def _take(data: Data, chosen: NDArray[np.int64]) -> Data:
    if isinstance(data, list):
        return [data[row] for row in chosen]
    if isinstance(data, pd.DataFrame):
        return data.iloc[chosen].reset_index(drop=True)
    return data[chosen]
