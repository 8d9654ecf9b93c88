"""Rare classes in a table.

Most are the rows with the highest of some score. Others are planted: rows that come from a mode of
their own, as the classes of many real tables do.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from motherlode._rows.arrays import Codes, Floats


class RareClass(NamedTuple):
    """A class in a table.

    Attributes
    ----------
    X : ndarray of shape (n, d)
        The table, with the rows of the class where they belong.
    score : ndarray of shape (n,)
        How much each row looks like the class.
    rows : ndarray of int of shape (m,)
        The rows of the class.
    kind : str
        ``"mode"``, or a key of `KINDS`.
    """

    X: Floats
    score: Floats
    rows: Codes
    kind: str


def draw_class(rng: np.random.Generator, X: Floats, m: int) -> RareClass:
    """Draw a class of ``m`` rows.

    Parameters
    ----------
    rng : numpy Generator
        Draws the kind and its numbers.
    X : ndarray of shape (n, d)
        Clean columns.
    m : int
        Rows of the class.
    """
    if rng.random() < _PLANTED:
        return _plant(rng, X, m)
    kind = str(rng.choice(list(KINDS), p=_SHARES))
    score = KINDS[kind](rng, _standardise(X)[:, _choose_columns(rng, X.shape[1])])
    score = (score - score.mean()) / (score.std() + 1e-9)
    score = score + rng.normal(size=len(X)) * rng.choice([0.0, 0.03, 0.1, 0.3])
    return RareClass(X, score, np.argsort(-score)[:m], kind)


def _standardise(X: Floats) -> Floats:
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)


def _choose_columns(rng: np.random.Generator, d: int) -> Codes:
    """Choose the columns that the class depends on: a few, a part, or all."""
    size = (min(d, int(rng.geometric(0.25))), int(rng.integers(1, d + 1)), d)[rng.integers(3)]
    return rng.choice(d, size, replace=False)


def _plant(rng: np.random.Generator, X: Floats, m: int) -> RareClass:
    """Move ``m`` rows to one to three places of their own, in some of the columns."""
    n, d = X.shape
    columns = _choose_columns(rng, d)
    spread = X[:, columns].std(axis=0) + 1e-9
    rows = rng.choice(n, m, replace=False)
    X, place = X.copy(), rng.integers(int(rng.integers(1, 4)), size=m)
    away = rng.uniform(0.3, 4.0) / len(columns) ** 0.25
    nearest = np.full(n, np.inf)
    for k in range(3):
        anchor = X[rng.integers(n)][columns]
        centre = anchor + away * spread * rng.normal(size=len(columns))
        tightness = rng.uniform(0.1, 1.0)
        here = rows[place == k]
        own = X[np.ix_(here, columns)] - X[:, columns].mean(axis=0)
        X[np.ix_(here, columns)] = centre + tightness * own
        if len(here):
            squares = (((X[:, columns] - centre) / spread) ** 2).sum(axis=1)
            nearest = np.minimum(nearest, squares)
    return RareClass(X, -np.log(nearest + 0.1 * len(columns)), rows, "mode")


def _tail(rng: np.random.Generator, Z: Floats) -> Floats:
    return Z @ rng.normal(size=Z.shape[1])


def _smooth(rng: np.random.Generator, Z: Floats) -> Floats:
    hidden = int(rng.integers(4, 17))
    inner = np.tanh(Z @ rng.normal(size=(Z.shape[1], hidden)) + rng.normal(size=hidden))
    return np.asarray(inner @ rng.normal(size=hidden))


def _clusters(rng: np.random.Generator, Z: Floats) -> Floats:
    centres = Z[rng.choice(len(Z), int(rng.integers(1, 5)))]
    weights = rng.uniform(0.3, 2.0, size=Z.shape[1])
    nearest = np.full(len(Z), np.inf)
    for centre in centres:
        nearest = np.minimum(nearest, (((Z - centre) ** 2) * weights).sum(axis=1))
    return -np.log(nearest + 0.05 * Z.shape[1])


def _leaf(rng: np.random.Generator, Z: Floats) -> Floats:
    """Count the conditions of a leaf of a tree that a row meets; of several leaves the best."""
    score = np.zeros(len(Z))
    for _ in range(int(rng.integers(1, 4))):
        columns = rng.choice(Z.shape[1], min(Z.shape[1], int(rng.integers(1, 5))), replace=False)
        met = np.ones(len(Z))
        for j in columns:
            cut = np.quantile(Z[:, j], rng.uniform(0.05, 0.6))
            met *= (Z[:, j] > cut) if rng.random() < 0.5 else (-Z[:, j] > -cut)
        score = np.maximum(score, met * rng.uniform(0.7, 1.0))
    return score + 0.05 * rng.normal(size=len(Z))


def _shell(rng: np.random.Generator, Z: Floats) -> Floats:
    centre = Z[rng.integers(len(Z))] * rng.uniform(0.0, 1.0)
    distance = np.sqrt(((Z - centre) ** 2).sum(axis=1))
    return -np.abs(distance - np.quantile(distance, rng.uniform(0.3, 0.98)))


def _interaction(rng: np.random.Generator, Z: Floats) -> Floats:
    score = np.zeros(len(Z))
    for _ in range(int(rng.integers(1, 4))):
        i, j = rng.integers(Z.shape[1], size=2)
        score += rng.normal() * Z[:, i] * Z[:, j]
    return score


def _sparse(rng: np.random.Generator, Z: Floats) -> Floats:
    """Rows far from all others: the class is what is strange."""
    k = min(len(Z), 200)
    others = Z[rng.choice(len(Z), k, replace=False)]
    squares = (Z**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2.0 * Z @ others.T
    return np.sqrt(np.maximum(np.partition(squares, 5, axis=1)[:, 5], 0.0))


def _noise(rng: np.random.Generator, Z: Floats) -> Floats:
    return rng.normal(size=len(Z))


KINDS: dict[str, Callable[[np.random.Generator, Floats], Floats]] = {
    "tail": _tail,
    "smooth": _smooth,
    "clusters": _clusters,
    "leaf": _leaf,
    "shell": _shell,
    "interaction": _interaction,
    "sparse": _sparse,
    "noise": _noise,
}
"""Scores whose highest rows may be the class."""
_SHARES = (0.14, 0.2, 0.27, 0.18, 0.07, 0.07, 0.05, 0.02)
_PLANTED = 0.4  # share of tasks whose class is a mode of its own
