"""Synthetic tables: numbers in clusters, along factors or made by a chain of causes."""

from collections.abc import Callable

import numpy as np

from motherlode._rows.arrays import Floats

MOST_COLUMNS = 100
_SHAPES: tuple[Callable[[Floats], Floats], ...] = (
    np.tanh,
    np.abs,
    np.sin,
    lambda x: np.maximum(x, 0.0),
    lambda x: x,
    lambda x: np.sign(x) * np.sqrt(np.abs(x)),
    lambda x: np.exp(-(x**2)),
    lambda x: (x > 0).astype(np.float64),
)


def draw_table(rng: np.random.Generator, rows: int) -> Floats:
    """Draw a table of 2 to 100 columns without missing values, shape (rows, d)."""
    d = int(np.clip(np.exp(rng.uniform(np.log(2), np.log(MOST_COLUMNS))), 2, MOST_COLUMNS))
    make = (_clusters, _factors, _causes)[rng.choice(3, p=(0.35, 0.25, 0.4))]
    return make(rng, rows, d)


def _clusters(rng: np.random.Generator, rows: int, d: int) -> Floats:
    k = int(rng.integers(1, 13))
    centres = rng.normal(size=(k, d)) * rng.uniform(0.3, 3.0)
    spread = rng.uniform(0.2, 1.0, size=(k, 1)) * np.exp(rng.normal(size=(k, d)) * 0.3)
    place = rng.choice(k, rows, p=rng.dirichlet(np.full(k, rng.uniform(0.5, 3.0))))
    return centres[place] + rng.normal(size=(rows, d)) * spread[place]


def _factors(rng: np.random.Generator, rows: int, d: int) -> Floats:
    k = int(rng.integers(1, d + 1))
    mix = rng.normal(size=(k, d))
    hidden = rng.normal(size=(rows, k)) * rng.uniform(0.3, 2.0, size=k)
    if rng.random() < 0.5:
        hidden = np.tanh(hidden * rng.uniform(0.5, 2.0))
    return hidden @ mix + rng.uniform(0.05, 0.6) * np.sqrt(k) * rng.normal(size=(rows, d))


def _causes(rng: np.random.Generator, rows: int, d: int) -> Floats:
    """Draw columns that depend on each other: each on a few that came before it."""
    hidden = max(4, int(d * rng.uniform(1.0, 1.5)))
    values = np.empty((rows, hidden))
    roots = int(rng.integers(1, max(2, min(8, hidden // 2)) + 1))
    for j in range(hidden):
        noise = rng.normal(size=rows)
        if j < roots:
            values[:, j] = noise if rng.random() < 0.7 else rng.exponential(size=rows) - 1.0
            continue
        causes = rng.choice(j, int(rng.integers(1, min(j, 4) + 1)), replace=False)
        z = values[:, causes] @ rng.normal(size=len(causes)) + rng.normal()
        made = _SHAPES[rng.integers(len(_SHAPES))](z)
        made = (made - made.mean()) / (made.std() + 1e-9)
        values[:, j] = made + noise * rng.choice([0.02, 0.1, 0.5])
    return values[:, np.sort(rng.choice(hidden, d, replace=False))]


def disturb(rng: np.random.Generator, X: Floats) -> Floats:
    """Make of clean columns what tables hold: tails, categories, copies, noise, missing values.

    The class is drawn from the clean columns, so that what is lost here is lost to every model.
    """
    X = X.copy()
    d = X.shape[1]
    for j in np.flatnonzero(rng.random(d) < rng.choice([0.0, 0.3, 0.8])):
        X[:, j] = _reshape(rng, X[:, j])
    for j in np.flatnonzero(rng.random(d) < rng.choice([0.0, 0.0, 0.3, 0.8])):
        X[:, j] = _categorise(rng, X[:, j])
    if rng.random() < 0.3:
        X = _replace_some(rng, X)
    X = X * np.exp(rng.normal(size=d) * 2.0) + rng.normal(size=d)
    if rng.random() < 0.3:
        X = _lose(rng, X)
    return X[:, rng.permutation(d)]


def _reshape(rng: np.random.Generator, column: Floats) -> Floats:
    z = (column - column.mean()) / (column.std() + 1e-9)
    kind = rng.integers(4)
    if kind == 0:
        return np.sign(z) * np.abs(z) ** rng.uniform(1.2, 3.0)
    if kind == 1:
        return np.exp(np.clip(z, -6.0, 6.0) * rng.uniform(0.5, 1.5))
    if kind == 2:  # most rows hold nothing
        return np.maximum(z - rng.uniform(-0.5, 1.5), 0.0)
    return np.round(z * rng.uniform(0.5, 4.0))


def _categorise(rng: np.random.Generator, column: Floats) -> Floats:
    cuts = np.quantile(column, np.sort(rng.random(int(rng.integers(1, 8)))))
    codes = np.searchsorted(cuts, column)
    if rng.random() < 0.5:  # one category beside the others, as one-hot columns hold it
        return (codes == rng.integers(len(cuts) + 1)).astype(np.float64)
    return rng.permutation(len(cuts) + 1)[codes].astype(np.float64)


def _replace_some(rng: np.random.Generator, X: Floats) -> Floats:
    """Put noise, and noisy copies of other columns, in the place of some columns."""
    for j in np.flatnonzero(rng.random(X.shape[1]) < rng.uniform(0.1, 0.5)):
        if rng.random() < 0.5:
            X[:, j] = rng.permutation(X[:, j])
        else:
            other = X[:, rng.integers(X.shape[1])]
            X[:, j] = other + rng.choice([0.0, 0.1, 0.5]) * other.std() * rng.normal(size=len(X))
    return X


def _lose(rng: np.random.Generator, X: Floats) -> Floats:
    """Lose values, by chance or because they are high."""
    for j in np.flatnonzero(rng.random(X.shape[1]) < rng.uniform(0.1, 0.6)):
        share = rng.uniform(0.02, 0.5)
        if rng.random() < 0.7:
            lost = rng.random(len(X)) < share
        else:
            lost = X[:, j] > np.quantile(X[:, j], 1.0 - share / 2)
        X[lost, j] = np.nan
    return X
