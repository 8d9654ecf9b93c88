"""Which rows a search would have labelled: near a positive, high by a noisy score, or by chance."""

import numpy as np

from motherlode._rows.arrays import Codes, Floats

MOST_LABELS = 160


def pick_positives(
    rng: np.random.Generator, Z: Floats, positives: Codes, k: int, *, by_search: bool = True
) -> Codes:
    """Pick ``k`` positives: the first by chance, others near one that is known or by chance.

    Parameters
    ----------
    rng : numpy Generator
        Draws the rows.
    Z : ndarray of shape (n, d)
        Standardised rows.
    positives : ndarray of int
        Rows of the class.
    k : int
        How many to pick.
    by_search : bool
        Whether some are found near others; if not, all are picked by chance.
    """
    order = rng.permutation(positives)
    if not by_search or k == 1:
        return order[:k]
    near = rng.uniform(0.0, 0.9)
    picked, left = [order[0]], list(order[1:])
    while len(picked) < k:
        place = 0
        if rng.random() < near:
            known = Z[picked[rng.integers(len(picked))]]
            place = int(((Z[left] - known) ** 2).sum(axis=1).argmin())
        picked.append(left.pop(place))
    return np.array(picked)


def pick_negatives(
    rng: np.random.Generator, Z: Floats, score: Floats, known: Codes, negatives: Codes
) -> Codes:
    """Pick negatives that a search labelled on its way to the positives that are ``known``.

    Parameters
    ----------
    rng : numpy Generator
        Draws the rows.
    Z : ndarray of shape (n, d)
        Standardised rows.
    score : ndarray of shape (n,)
        How much each row belongs to the class.
    known : ndarray of int
        The positives picked.
    negatives : ndarray of int
        Rows that are not of the class.
    """
    k = len(known)
    room = min(MOST_LABELS - k, len(negatives))
    hard = min(int(rng.integers(0, 6 * k + 15)), room)
    by_chance = min(int(rng.integers(0, 20)), room - hard)
    shown = rng.multinomial(hard, rng.dirichlet(np.ones(2)))
    squares = np.full(len(negatives), np.inf)
    for row in known[:8]:
        squares = np.minimum(squares, ((Z[negatives] - Z[row]) ** 2).sum(axis=1))
    near = np.argsort(squares * rng.exponential(size=len(negatives)))[: shown[0]]
    noisy = score[negatives] + rng.uniform(0.2, 1.5) * rng.normal(size=len(negatives))
    likely = np.argsort(-noisy)[: shown[1]]
    chance = rng.choice(len(negatives), by_chance, replace=False)
    return negatives[np.unique(np.concatenate([near, likely, chance]))]
