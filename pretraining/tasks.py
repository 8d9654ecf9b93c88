"""A task: a context of known and unknown rows, and other rows of the pool to rank."""

from dataclasses import dataclass

import numpy as np

from motherlode._rows.arrays import Codes, Floats
from motherlode.models._pretrained._features import NEGATIVE, POSITIVE, UNLABELLED, Features

from .classes import draw_class
from .picking import pick_negatives, pick_positives
from .tables import disturb, draw_table

QUERIES = 192
_POOL = (1_000, 5_000)
_POSITIVES = (1, 1, 1, 2, 2, 3, 4, 5, 7, 10, 14, 20, 28, 40)
MOST_POSITIVES = max(_POSITIVES)
_BACKGROUND = (64, 257)


@dataclass(frozen=True)
class RawTask:
    """A task before its features are computed.

    Attributes
    ----------
    context : ndarray of shape (m, d)
        Rows that the model is fitted on.
    states : ndarray of int of shape (m,)
        What is known of each.
    queries : ndarray of shape (q, d)
        Rows to rank.
    truth : ndarray of bool of shape (q,)
        Which of them are positive.
    weights : ndarray of shape (q,)
        How many rows of the pool each query stands for, scaled to a mean of 1.
    kind : str
        What the class is.
    prevalence : float
        Share of the pool that is positive.
    """

    context: Floats
    states: Codes
    queries: Floats
    truth: Codes
    weights: Floats
    kind: str
    prevalence: float


def draw_raw_task(
    rng: np.random.Generator, *, by_search: bool = True, positives: int | None = None
) -> RawTask:
    """Draw a task.

    Parameters
    ----------
    rng : numpy Generator
        Draws all of it.
    by_search : bool
        Whether the labelled rows are picked as a search picks them; if not, by chance.
    positives : int, optional
        How many positives are labelled; by default 1 to 40.
    """
    n = int(rng.integers(*_POOL))
    clean = draw_table(rng, n)
    k = int(rng.choice(_POSITIVES)) if positives is None else positives
    prevalence = 10 ** rng.uniform(-3, -1)
    m = max(round(prevalence * n), k + 4)
    clean, score, found, kind = draw_class(rng, clean, m)
    others = np.setdiff1d(np.arange(n), found)
    X = disturb(rng, clean)
    Z = (clean - clean.mean(axis=0)) / (clean.std(axis=0) + 1e-9)
    known = pick_positives(rng, Z, found, k, by_search=by_search)
    if by_search:
        negatives = pick_negatives(rng, Z, score, known, others)
    else:
        negatives = rng.choice(others, min(int(rng.integers(0, 6 * k + 15)), 120), replace=False)
    left = np.setdiff1d(np.arange(n), np.concatenate([known, negatives]))
    background = rng.choice(left, int(rng.integers(*_BACKGROUND)), replace=False)
    left = np.setdiff1d(left, background)
    rows, truth, weights = _draw_queries(rng, left, np.isin(left, found))
    context = np.concatenate([known, negatives, background])
    states = np.repeat(
        [POSITIVE, NEGATIVE, UNLABELLED], [len(known), len(negatives), len(background)]
    )
    return RawTask(X[context], states, X[rows], truth, weights, kind, m / n)


def _draw_queries(
    rng: np.random.Generator, left: Codes, is_positive: Codes
) -> tuple[Codes, Codes, Floats]:
    """Draw rows to rank, more of the positives than the pool has, with their weights."""
    positives, others = left[is_positive], left[~is_positive]
    most = min(len(positives), max(4, QUERIES // 6))
    taken = rng.choice(positives, most, replace=False)
    rest = rng.choice(others, QUERIES - most, replace=False)
    truth = np.repeat([True, False], [most, len(rest)])
    weights = np.repeat([len(positives) / max(most, 1), len(others) / len(rest)], [most, len(rest)])
    return np.concatenate([taken, rest]), truth, weights / weights.mean()


@dataclass(frozen=True)
class Task:
    """What the network sees of a task: features of the context and of the queries."""

    context: Floats
    states: Codes
    queries: Floats
    truth: Codes
    weights: Floats


def draw_task(rng: np.random.Generator, *, by_search: bool = True, presumed: bool = True) -> Task:
    """Draw a task and compute its features.

    Parameters
    ----------
    rng : numpy Generator
        Draws all of it.
    by_search : bool
        See `draw_raw_task`.
    presumed : bool
        Whether rows that nobody labelled have a state of their own; if not, they count as negative.
    """
    raw = draw_raw_task(rng, by_search=by_search)
    states = raw.states if presumed else forget_presumed(raw.states)
    features = Features(raw.context, states)
    return Task(
        features.of_context(raw.context),
        states,
        features.of_rows(raw.queries),
        raw.truth,
        raw.weights,
    )


def forget_presumed(states: Codes) -> Codes:
    """Take rows that nobody labelled for negative."""
    return np.where(states == UNLABELLED, NEGATIVE, states)
