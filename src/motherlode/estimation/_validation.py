"""Choosing a model, its parameters and its threshold on the labels of an active session.

Cross-validation on the labelled rows judges a model on the rows that some strategy found worth
asking, most of them hard and far too many positive. Here held-out rows weigh as much as they
stand for in the pool: one drawn at random stands for many, one that a strategy picked for itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, f1_score, log_loss

from .._rows.arrays import Floats, Matrix
from ..errors import InputError
from ..models._held_out import held_out_probabilities
from ..models._threshold import best_threshold
from ..session import Session
from ._lure import draws, no_chance
from ._value import NoEstimate

Flags = NDArray[np.bool_]
Measure = Callable[[Flags, Floats, Floats], float]

_FEWEST = 2


def pool_weights(session: Session) -> Floats | NoEstimate:
    """How many rows of the pool each labelled row stands for.

    With these weights the sum of any loss over the labelled rows is an unbiased estimate of its
    sum over the pool: it is `pool_mean`, written row by row.

    Parameters
    ----------
    session : Session

    Returns
    -------
    ndarray of shape (m,), or NoEstimate
        Not negative; the latter if fewer than two rows were drawn at random.

    Examples
    --------
    Two of four rows drawn at random, and one that a strategy picked in between. The first draw
    knows nothing and stands for 4 rows; the second knows two and stands for the 2 others.

    >>> from motherlode.session import Origin
    >>> lot = [Origin("control", "", 1/4, 4, 0), Origin("query", "", asked_after=1),
    ...        Origin("control", "", 1/2, 2, 2)]
    >>> pool_weights(Session(4, [False, True, False], lot)).round(3).tolist()
    [1.429, 0.857, 1.714]
    """
    mine = np.flatnonzero(session.at_random)
    if not session.left:
        return np.ones(session.labels)
    if len(mine) < _FEWEST:
        return NoEstimate(no_chance(len(mine)))
    share = draws(session)
    weights = np.zeros(session.labels)
    weights[mine] = share / session.probabilities[mine]
    after, left = session.known_before[mine], session.drawn_from[mine]
    # A row counts itself in every draw that came when it was known.
    starts = np.zeros(session.labels + 1)
    np.add.at(starts, after, share)
    weights += np.cumsum(starts[::-1])[::-1][1:]
    for query in np.unique(after):
        together = np.flatnonzero(after == query)
        for i in together:
            weights[mine[i]] += share[together[left[together] < left[i]]].sum()
    return weights


def held_out_scores(
    model: Any, X: Matrix, positive: ArrayLike, *, folds: int = 5, seed: int = 0
) -> Floats:
    """Probability of the positive class for each labelled row, by models not fitted on it.

    Parameters
    ----------
    model : unfitted classifier
    X : matrix of m rows
    positive : array-like of bool of shape (m,)
    folds : int
        Cut to the rarer class's number of rows.
    seed : int

    Raises
    ------
    InputError
        If a class has fewer than two rows.
    """
    y = np.asarray(positive, dtype=bool)
    given = X.shape[0] if hasattr(X, "shape") else len(X)
    if given != len(y):
        raise InputError(
            f"X has {given} rows and {len(y)} are labelled; give the labelled rows, in their order."
        )
    rarer = int(min(y.sum(), (~y).sum()))
    if rarer < _FEWEST:
        raise InputError(
            f"The rarer class has {rarer} labelled rows; two are needed to hold one out."
        )
    classes = np.array([False, True])
    return held_out_probabilities(model, X, y, classes, folds=folds, seed=seed)[:, 1]


def _average_precision(y: Flags, scores: Floats, weights: Floats) -> float:
    return float(average_precision_score(y, scores, sample_weight=weights))


def _f1(y: Flags, scores: Floats, weights: Floats) -> float:
    return float(f1_score(y, scores >= 0.5, sample_weight=weights, zero_division=0.0))


def _log_loss(y: Flags, scores: Floats, weights: Floats) -> float:
    return -float(log_loss(y, scores, sample_weight=weights, labels=[False, True]))


MEASURES: dict[str, Measure] = {
    "average_precision": _average_precision,
    "f1": _f1,
    "log_loss": _log_loss,
}
"""From truth, scores and weights to a value, higher better; "log_loss" is negated."""


_OF_POSITIVES = ("average_precision", "f1")


@dataclass(frozen=True)
class Choice:
    """The best of several models, and the value of each.

    Attributes
    ----------
    best : str
    values : dict of str to float
    """

    best: str
    values: dict[str, float]


def choose_model(
    models: Mapping[str, Any],
    X: Matrix,
    session: Session,
    measure: str = "average_precision",
    *,
    folds: int = 5,
    seed: int = 0,
) -> Choice | NoEstimate:
    """The model, or the parameters, that do best on held-out rows weighted to the pool.

    Parameters
    ----------
    models : mapping of str to unfitted classifier
        Kinds of models, or one kind with several parameters.
    X : matrix of m rows
        The labelled rows, in the order labelled.
    session : Session
    measure : {"average_precision", "f1", "log_loss"}
    folds, seed : int

    Returns
    -------
    Choice or NoEstimate
        The latter where no labelled row was drawn at random: then nothing says how models do on
        the pool. Average precision and F1 also ask for a positive among the rows that stand for
        the pool: one drawn at random, or known when another row was drawn.
    """
    if measure not in MEASURES:
        raise InputError(f"measure is {measure!r}; use one of {', '.join(MEASURES)}.")
    if not models:
        raise InputError("There is no model to choose from; give at least one.")
    weights = pool_weights(session)
    if isinstance(weights, NoEstimate):
        return weights
    y = session.positive
    if measure in _OF_POSITIVES and not weights[y].any():
        return NoEstimate(
            f"No positive is among the rows that stand for the pool, so models cannot be told "
            f"apart by {measure.replace('_', ' ')}; draw more random rows, or use log_loss."
        )
    values = {
        name: MEASURES[measure](y, held_out_scores(m, X, y, folds=folds, seed=seed), weights)
        for name, m in models.items()
    }
    return Choice(max(values, key=lambda name: values[name]), values)


def weighted_threshold(
    scores: ArrayLike, positive: ArrayLike, weights: ArrayLike, target: Any = "f1"
) -> float:
    """The cut of held-out scores that serves a target best on the pool.

    Parameters
    ----------
    scores : array-like of shape (m,)
        By models not fitted on the row (`held_out_scores`).
    positive : array-like of bool of shape (m,)
    weights : array-like of shape (m,)
        From `pool_weights`.
    target : str or callable
        As `motherlode.models.best_threshold` takes it.

    Examples
    --------
    The one negative that was drawn at random stands for a hundred, so it must not be called.

    >>> weighted_threshold([0.2, 0.6, 0.9], [True, False, True], [1, 100, 1])
    0.75
    """
    return best_threshold(scores, positive, target, weights=weights)
