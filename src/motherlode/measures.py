"""How uncertain a prediction is, or how much members disagree: pure functions of probabilities.

A matrix of class probabilities has a row for each row of the pool and a column for each class,
``(n, k)``. A stack of such matrices, one for each member of a committee, is ``(m, n, k)``. Every
measure returns ``(n,)`` floats, the higher the better to ask, finite for any probabilities (zeros
included). Entropies and divergences are in nats.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from ._rows.arrays import Floats
from .errors import InputError

# Far below any probability a float32 model can give, far above where the log overflows.
SMALLEST = 1e-12
# In place of zero under a logarithm: five times faster than scipy's functions.
_TINY = np.finfo(np.float64).tiny
_NEARLY_TIED = 1e-6  # too little to change the order of two different mean places


def _matrix(probabilities: ArrayLike, ndim: int) -> Floats:
    P = np.asarray(probabilities, dtype=np.float64)
    if P.ndim != ndim or P.shape[-1] < 2:
        wanted = "(rows, classes)" if ndim == 2 else "(members, rows, classes)"
        raise InputError(
            f"The probabilities have shape {P.shape}; a matrix of shape {wanted} with at least "
            "two classes is needed."
        )
    return P


def least_confidence(probabilities: ArrayLike) -> Floats:
    """Compute one minus the probability of the likeliest class.

    Parameters
    ----------
    probabilities : array-like of shape (n, k)
        Class probabilities; rows sum to one.

    Returns
    -------
    ndarray of shape (n,)
        In [0, 1 - 1/k].

    References
    ----------
    Lewis & Gale (1994), A sequential algorithm for training text classifiers, SIGIR.
    Settles (2009), Active learning literature survey, section 3.1.

    Examples
    --------
    >>> least_confidence([[1.0, 0.0], [0.5, 0.5]])
    array([0. , 0.5])
    """
    # Column by column: numpy's maximum along rows of two is ten times slower.
    largest = reduce(np.maximum, _matrix(probabilities, 2).T)
    return np.maximum(1.0 - largest, 0.0)  # a softmax in float32 can exceed one by a rounding


def margin(probabilities: ArrayLike) -> Floats:
    """Compute one minus the gap between the two likeliest classes.

    The most uncertain row has the *smallest* gap, and the highest measure is asked first.

    Parameters
    ----------
    probabilities : array-like of shape (n, k)
        Class probabilities; rows sum to one.

    Returns
    -------
    ndarray of shape (n,)
        In [0, 1].

    References
    ----------
    Scheffer, Decomain & Wrobel (2001), Active hidden Markov models for information
    extraction, IDA.

    Examples
    --------
    >>> margin([[1.0, 0.0], [0.75, 0.25]])
    array([0. , 0.5])
    """
    P = _matrix(probabilities, 2)
    if P.shape[1] == 2:  # ten times faster than the general way, and without copies
        gap = P[:, 1] - P[:, 0]
        np.abs(gap, out=gap)
        np.subtract(1.0, gap, out=gap)
        return np.maximum(gap, 0.0, out=gap)
    top = np.partition(P, -2, axis=1)[:, -2:]
    return np.maximum(1.0 - (top[:, 1] - top[:, 0]), 0.0)


def entropy(probabilities: ArrayLike) -> Floats:
    """Compute the Shannon entropy of the class probabilities, with 0 log 0 = 0.

    Parameters
    ----------
    probabilities : array-like of shape (n, k)
        Class probabilities; rows sum to one.

    Returns
    -------
    ndarray of shape (n,)
        In nats, in [0, log k].

    References
    ----------
    Shannon (1948), A mathematical theory of communication.

    Examples
    --------
    >>> entropy([[1.0, 0.0], [0.5, 0.5]]).round(4)
    array([0.    , 0.6931])
    """
    P = _matrix(probabilities, 2)
    found, terms = np.zeros(len(P)), np.empty(len(P))
    for p in P.T:
        np.log(np.maximum(p, _TINY, out=terms), out=terms)
        terms *= p
        found -= terms
    return np.maximum(found, 0.0, out=found)


def shift(probabilities: ArrayLike, threshold: float, positive: int = 1) -> Floats:
    """Move a binary matrix so that ``threshold`` of the positive class becomes one half.

    The odds of the positive class are divided by the threshold's odds. Any uncertainty measure
    of the result is highest at ``threshold``, and in log odds it is symmetric around it.

    Parameters
    ----------
    probabilities : array-like of shape (n, 2)
        Class probabilities; rows sum to one.
    threshold : float in (0, 1)
        The probability of the positive class that becomes one half.
    positive : {0, 1}
        The column of the positive class.

    Returns
    -------
    ndarray of shape (n, 2)

    Raises
    ------
    InputError
        If there are more than two classes, or the threshold is not inside (0, 1).

    Examples
    --------
    >>> shift([[0.9, 0.1], [0.5, 0.5]], 0.1).round(3)
    array([[0.5, 0.5],
           [0.1, 0.9]])
    """
    P = _matrix(probabilities, 2)
    if P.shape[1] != 2:
        raise InputError(
            f"A threshold is defined for two classes and there are {P.shape[1]}; leave it at 0.5."
        )
    if not 0.0 < threshold < 1.0:
        raise InputError(f"The threshold is {threshold}; it must lie between 0 and 1.")
    weights = np.empty(2)
    weights[positive], weights[1 - positive] = 1.0 - threshold, threshold
    shifted = P * weights
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def votes(stack: ArrayLike) -> Floats:
    """Count the share of members that vote for each class: a vote is a member's likeliest class.

    Parameters
    ----------
    stack : array-like of shape (m, n, k)
        Probabilities by m members.

    Returns
    -------
    ndarray of shape (n, k)
        Rows sum to one.
    """
    S = _matrix(stack, 3)
    best, choice = S[:, :, 0], np.zeros(S.shape[:2], dtype=np.int64)
    for c in range(1, S.shape[2]):  # numpy's argmax along rows of two is ten times slower
        ahead = S[:, :, c] > best
        best, choice[ahead] = np.maximum(best, S[:, :, c]), c
    return np.stack([(choice == c).mean(axis=0) for c in range(S.shape[2])], axis=1)


def vote_entropy(stack: ArrayLike) -> Floats:
    """Compute the entropy of the members' votes.

    Parameters
    ----------
    stack : array-like of shape (m, n, k)
        Probabilities by m members.

    Returns
    -------
    ndarray of shape (n,)
        In nats.

    References
    ----------
    Dagan & Engelson (1995), Committee-based sampling for training probabilistic classifiers,
    ICML.
    """
    return entropy(votes(stack))


def variation_ratio(stack: ArrayLike) -> Floats:
    """Count the share of members that do not vote for the class with the most votes.

    Parameters
    ----------
    stack : array-like of shape (m, n, k)
        Probabilities by m members.

    Returns
    -------
    ndarray of shape (n,)

    References
    ----------
    Freeman (1965), Elementary applied statistics. Gal, Islam & Ghahramani (2017), Deep Bayesian
    active learning with image data, ICML.

    Examples
    --------
    >>> variation_ratio([[[0.9, 0.1]], [[0.2, 0.8]], [[0.6, 0.4]], [[0.7, 0.3]]])
    array([0.25])
    """
    return np.asarray(1.0 - votes(stack).max(axis=1))


def consensus_entropy(stack: ArrayLike) -> Floats:
    """Compute the entropy of the members' mean probabilities (the soft vote).

    Parameters
    ----------
    stack : array-like of shape (m, n, k)
        Probabilities by m members.

    Returns
    -------
    ndarray of shape (n,)
        In nats.
    """
    return entropy(_matrix(stack, 3).mean(axis=0))


def kl_to_consensus(stack: ArrayLike) -> Floats:
    """Compute the mean Kullback-Leibler divergence of the members from their mean.

    It is equal to ``H(mean) - mean H``: the Jensen-Shannon divergence of the members, and BALD's
    mutual information between the label and the member.

    Parameters
    ----------
    stack : array-like of shape (m, n, k)
        Probabilities by m members.

    Returns
    -------
    ndarray of shape (n,)
        In nats, never negative.

    References
    ----------
    McCallum & Nigam (1998), Employing EM in pool-based active learning for text
    classification, ICML.
    Houlsby et al. (2011), Bayesian active learning for classification and preference learning,
    eq. 2.
    """
    S = _matrix(stack, 3)
    found, terms = np.zeros(S.shape[1]), np.empty(S.shape[:2])
    for c in range(S.shape[2]):
        p = S[:, :, c]
        mean = p.mean(axis=0)
        np.log(np.maximum(p, _TINY, out=terms), out=terms)
        terms *= p
        found += terms.mean(axis=0) - mean * np.log(np.maximum(mean, _TINY))
    # Rounding can make a divergence of equal members slightly negative.
    return np.maximum(found, 0.0, out=found)


def most_kl_to_consensus(log_odds: ArrayLike) -> Floats:
    """Bound `kl_to_consensus` of two classes from above, at a fraction of its cost.

    The first bound is tight where log odds are near each other. Members diverge less from their
    mean than from any other distribution, so less than from that of their mean log odds. And a
    divergence of log odds ``a`` from ``b`` is at most ``(a - b)² / 2`` times the largest
    ``p (1 - p)`` between the two. The second bound is tight where log odds are far apart. The
    divergence is convex in every member, so it is largest where all members lie at either end, and
    there it is at most log 2 times the distance of the two probabilities.

    Parameters
    ----------
    log_odds : array-like of shape (m, n)
        By m members.

    Returns
    -------
    ndarray of shape (n,)
        In nats, in the precision of the log odds.
    """
    z = np.asarray(log_odds)
    lowest, highest = z.min(axis=0), z.max(axis=0)
    # p (1 - p) is largest where the log odds are nearest to 0, and no more than exp(-|log odds|).
    nearest = np.maximum(np.maximum(lowest, -highest), 0.0)
    near = z.var(axis=0) / 2.0 * np.minimum(np.exp(-nearest), 0.25)
    far = (np.tanh(highest / 2.0) - np.tanh(lowest / 2.0)) * (np.log(2.0) / 2.0)
    return np.asarray(np.minimum(near, far))


def max_disagreement(stack: ArrayLike) -> Floats:
    """Compute the largest Kullback-Leibler divergence of any member from the members' mean.

    One member that differs is enough; in a mean it would hardly count.

    Parameters
    ----------
    stack : array-like of shape (m, n, k)
        Probabilities by m members.

    Returns
    -------
    ndarray of shape (n,)
        In nats.
    """
    S = _matrix(stack, 3)
    found = np.zeros(S.shape[:2])
    for c in range(S.shape[2]):
        p = np.maximum(S[:, :, c], _TINY)
        terms = np.log(p / p.mean(axis=0))
        terms *= p
        found += terms
    # Rounding can make a divergence of equal members slightly negative.
    return np.asarray(np.maximum(found.max(axis=0), 0.0))


def minority_deviation(stack: ArrayLike, minority: ArrayLike) -> Floats:
    """Compute the standard deviation, over members, of the probability of the positive class.

    Parameters
    ----------
    stack : array-like of shape (m, n, k)
        Probabilities by m members.
    minority : array-like of int
        The columns of the positive class or classes; their probabilities are added.

    Returns
    -------
    ndarray of shape (n,)
        In [0, 0.5].
    """
    S = _matrix(stack, 3)
    return np.asarray(S[:, :, np.atleast_1d(np.asarray(minority))].sum(axis=2).std(axis=0))


def fuse_ranks(scores: Floats, reference: Floats, weights: Floats) -> Floats:
    """Make one ranking of several: minus the weighted mean logarithm of a row's places.

    A place is one more than the number of reference rows with a higher score, and half of those
    with the same score count. So scales do not matter, a place near the top counts more than one
    further down, and rows above all of the reference are ordered by their mean score.

    Parameters
    ----------
    scores : ndarray of shape (m, n)
        By each of m rankings, higher is better, in [0, 1].
    reference : ndarray of shape (m, r)
        Scores of the reference rows, each ranking's in increasing order.
    weights : ndarray of shape (m,)
        They add up to one.

    Returns
    -------
    ndarray of shape (n,)
        Higher is better.

    Examples
    --------
    >>> reference = np.array([[0.1, 0.2, 0.9], [0.4, 0.5, 0.6]])
    >>> both = fuse_ranks(np.array([[0.9, 0.95], [0.45, 0.7]]), reference, np.full(2, 0.5))
    >>> both.round(3).tolist()
    [-0.752, 0.0]
    """
    above = np.empty(scores.shape)
    for place, own, known in zip(above, scores, reference, strict=True):
        low, high = (np.searchsorted(known, own, side=side) for side in ("left", "right"))
        place[:] = len(known) - (low + high) / 2.0
    return np.asarray(weights @ (_NEARLY_TIED * scores - np.log1p(above)))
