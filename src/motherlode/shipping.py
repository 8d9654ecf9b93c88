"""Rows that the final model may take for negative, beside those that somebody labelled.

A search for positives labels the hard negatives, those that look positive, and hardly any of
the easy ones. A model fitted on such labels alone ranks the rest of the pool poorly. Where the
class sought is rare, random unlabelled rows are nearly all negative and fill the gap.
"""

from collections.abc import Callable
from math import sqrt

import numpy as np

from .arrays import Floats, Rows

_MOST = 300
_FEWEST = 20
_SAMPLE = 5_000


def presumed_negatives(
    unlabelled: Rows,
    positives: int,
    labels: int,
    scores: Callable[[Rows, Rows], Floats],
    rng: np.random.Generator,
) -> Rows:
    """Unlabelled rows to presume negative in the final fit of two classes.

    Their number follows from how much the labels over-represent the positives. With the
    prevalence estimated as p, as many are taken as bring the share of positives in the fit down
    to 2p, and no more than 300: labels of a random sample get none, where presumed negatives
    would only add hidden positives. Rows that a first fit takes for positive are left out.

    Parameters
    ----------
    unlabelled : ndarray of int64
        Global ids to draw from.
    positives, labels : int
        Labelled rows of the class sought, and of both classes.
    scores : callable
        From rows presumed negative in a first fit, and rows to score, to the probability of the
        class sought.
    rng : numpy Generator

    Returns
    -------
    ndarray of int64
        Global ids; empty where none would help.

    Notes
    -----
    The prevalence is not known from labels that were picked. p is the geometric mean of two
    guesses that err on either side: the share of positives among the labels, and the mean
    probability of unlabelled rows under the first fit.
    """
    if not positives or len(unlabelled) < _FEWEST:
        return unlabelled[:0]
    first = rng.choice(unlabelled, size=min(_MOST, len(unlabelled)), replace=False)
    sample = rng.choice(unlabelled, size=min(_SAMPLE, len(unlabelled)), replace=False)
    p = scores(first, sample)
    prevalence = max(sqrt(float(p.mean()) * positives / labels), 1e-6)
    n = int(min(positives / (2.0 * prevalence) - labels, _MOST))
    return sample[p < 0.5][:n] if n >= _FEWEST else sample[:0]
