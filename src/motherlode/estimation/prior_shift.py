"""How common a class is where no label is: from what a model says of the rows."""

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats
from ..errors import InputError
from ..models.prior import correct_prior

CAVEAT = (
    "This holds if the rows of a class look alike where the model was trained and where it is "
    "used. Rows that an active learner picked do not look like the rest of their class, so after "
    "such training it is biased: calibrate on rows drawn by lot instead."
)
"""What has to be said wherever such a number is shown."""


def estimated_prior(
    probabilities: ArrayLike, trained: ArrayLike, *, tolerance: float = 1e-8, rounds: int = 10_000
) -> Floats:
    """The class shares that best explain a model's probabilities, by expectation maximisation.

    Each round corrects the probabilities to the present shares (`motherlode.models.correct_prior`)
    and takes their mean for the next.

    Parameters
    ----------
    probabilities : array-like of shape (n, k)
        What the model says of the rows whose classes are unknown.
    trained : array-like of shape (k,)
        The class shares that it was trained under.
    tolerance : float
        Stops when no share changes by more.
    rounds : int

    Returns
    -------
    ndarray of shape (k,)
        Adds up to one.

    Notes
    -----
    See `CAVEAT`. It also needs probabilities that are calibrated under `trained`.

    References
    ----------
    Saerens, Latinne & Decaestecker (2002), Adjusting the outputs of a classifier to new a
    priori probabilities, Neural Computation 14, eq. 2.9. Elkan (2001), theorem 2, for the
    correction itself.

    Examples
    --------
    A model that knows the class of every row, trained on halves, finds the shares by counting:

    >>> estimated_prior([[1, 0], [1, 0], [1, 0], [0, 1]], trained=[0.5, 0.5]).round(6).tolist()
    [0.75, 0.25]
    """
    P = np.asarray(probabilities, dtype=np.float64)
    if P.ndim != 2 or not len(P):
        raise InputError(
            "The probabilities must be a table with one row or more, a column a class."
        )
    # The bottom keeps a class that dies out representable, as the correction asks.
    shares = np.asarray(trained, dtype=np.float64) / np.sum(trained)
    for _ in range(rounds):
        new = np.maximum(correct_prior(P, trained, shares).mean(axis=0), 1e-12)
        new /= new.sum()
        settled = np.abs(new - shares).max() <= tolerance
        shares = new
        if settled:
            break
    return np.asarray(shares)
