"""A random number for each row id, whichever other rows are asked for.

A generator gives its numbers in the order in which rows come. Here a row's number is a hash of its
id and a seed, so it is the same in a whole pool, in a block of it and on another machine.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, Rows

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio as a fraction of 2^64, by which numbers are spaced before they are mixed."""


def random_numbers(seed: Sequence[int], rows: Rows) -> Floats:
    """Draw a uniform number in [0, 1) for each of some global row ids, by a seed of several ints.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, figure 14:
    the ids, spaced by the golden ratio, go through the mixing function of SplitMix64.

    Examples
    --------
    >>> whole = random_numbers((0, 7), np.arange(10))
    >>> bool((random_numbers((0, 7), np.array([8, 2])) == whole[[8, 2]]).all())
    True
    """
    start = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    bits = mix_bits(start + GOLDEN * rows.astype(np.uint64))
    return np.asarray((bits >> np.uint64(11)) * 2.0**-53)


def mix_bits(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix bits as SplitMix64 does, in place: each bit of the result depends on all."""
    for step, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z ^= z >> np.uint64(step)
        z *= np.uint64(factor)
    z ^= z >> np.uint64(31)
    return z
