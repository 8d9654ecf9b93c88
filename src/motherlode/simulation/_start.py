"""The labelled rows a simulated session begins with, the same for every strategy of a seed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._rows.arrays import Rows
from ..errors import InputError
from ._dataset import START

Start = str | int | tuple[int, int]


def starting_rows(start: Start, is_positive: NDArray[np.bool_], seed: int) -> Rows:
    """Draw the rows whose labels are known before the first question.

    Parameters
    ----------
    start : "none", "one", int or (int, int)
        Nothing; one positive; so many random rows; or so many positives and so many negatives.
    is_positive : ndarray of bool, shape (n,)
        Whether a pool row is positive.
    seed : int
        Sets which rows are drawn.

    Returns
    -------
    ndarray of int64
        Pool rows, positives first where they are drawn apart.

    Raises
    ------
    InputError
        If `start` is none of these or asks for more rows than there are.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(START,)))
    n = check_start(start)
    if isinstance(n, int):
        if n > is_positive.size:
            raise InputError(f"start={n} asks for more rows than the pool's {is_positive.size}.")
        return rng.permutation(is_positive.size)[:n].astype(np.int64)
    drawn = []
    for wanted, kind, rows in zip(
        n, ("positives", "negatives"), (is_positive, ~is_positive), strict=True
    ):
        there = rng.permutation(np.flatnonzero(rows))
        if wanted > there.size:
            raise InputError(f"The start asks for {wanted} {kind}; the pool has {there.size}.")
        drawn.append(there[:wanted])
    return np.concatenate(drawn).astype(np.int64)


def check_start(start: Any) -> int | tuple[int, int]:
    """Read `start` as a number of random rows, or of positives and of negatives."""
    if isinstance(start, str) and start in ("none", "one"):
        return 0 if start == "none" else (1, 0)
    counts = tuple(start) if isinstance(start, tuple | list) else (start,)
    numbers = all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in counts)
    if numbers and len(counts) in (1, 2) and min(counts) >= 0:
        return (int(counts[0]), int(counts[1])) if len(counts) == 2 else int(counts[0])
    raise InputError(
        f'start={start!r} is not a start; use "none", "one", a number of random rows, or a pair '
        "(positives, negatives)."
    )
