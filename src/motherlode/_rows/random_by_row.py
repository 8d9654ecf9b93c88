"""Chance that belongs to a row: a random number for each id, whichever others are asked for.

A generator deals its numbers in the order in which rows come. Here a row's number is a hash of
its id and a seed, so that it is the same in a whole pool, in a block of it and on another machine.
"""

from collections.abc import Sequence

import numpy as np

from .arrays import Floats, Rows


def random_numbers(seed: Sequence[int], rows: Rows) -> Floats:
    """A uniform number in [0, 1) for each row.

    Parameters
    ----------
    seed : sequence of int
    rows : ndarray of int64 of shape (n,)
        Global ids.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, figure 14:
    the ids, spaced by the golden ratio, go through the mixing function of SplitMix64.

    Examples
    --------
    >>> whole = lots((0, 7), np.arange(10))
    >>> bool((lots((0, 7), np.array([8, 2])) == whole[[8, 2]]).all())
    True
    """
    start = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    z = start + np.uint64(0x9E3779B97F4A7C15) * rows.astype(np.uint64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return np.asarray((z >> np.uint64(11)) * 2.0**-53)
