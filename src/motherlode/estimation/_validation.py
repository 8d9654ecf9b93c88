"""The choice of a model and its parameters on the labels of an active session.

Cross-validation on the labelled rows judges a model on the rows that some strategy found worth
asking, most of them hard and far too many positive. Here each held-out row has the weight of the
rows of the pool that it stands for: one drawn at random stands for many, one that a strategy
picked stands for itself.
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
from ..session import Session
from ._lure import explain_no_estimate, weigh_draws
from ._value import NoEstimate

_Flags = NDArray[np.bool_]
_Measure = Callable[[_Flags, Floats, Floats], float]

_FEWEST = 2


def pool_weights(session: Session) -> Floats | NoEstimate:
    """Compute how many rows of the pool each labelled row stands for.

    With these weights the sum of any loss over the labelled rows is an unbiased estimate of its
    sum over the pool: it is `pool_mean`, written row by row.

    Parameters
    ----------
    session : Session
        The m labels so far, and how their rows were found.

    Returns
    -------
    ndarray of shape (m,), or NoEstimate
        Not negative; a `NoEstimate` if fewer than two rows were drawn at random.

    Examples
    --------
    Two of four rows were drawn at random, and one that a strategy picked lies in between. Before
    the first draw no label is known, so it stands for 4 rows. Before the second two are known, so
    it stands for the 2 others.

    >>> from motherlode.session import Origin
    >>> origins = [Origin("control", "", 1/4, 4, 0), Origin("query", "", asked_after=1),
    ...            Origin("control", "", 1/2, 2, 2)]
    >>> pool_weights(Session(4, [False, True, False], origins)).round(3).tolist()
    [1.429, 0.857, 1.714]
    """
    mine = np.flatnonzero(session.at_random)
    if not session.left:
        return np.ones(session.labels)
    if len(mine) < _FEWEST:
        return NoEstimate(explain_no_estimate(session))
    share = weigh_draws(session)
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
    """Predict the probability of the positive class of each row by models not fitted on it.

    Parameters
    ----------
    model : unfitted classifier
        Cloned for each fold.
    X : matrix of m rows
        The labelled rows.
    positive : array-like of bool of shape (m,)
        Whether each of them is positive.
    folds : int, default 5
        Parts that are held out in turn; at most as many as the rarer class has rows.
    seed : int, default 0
        Sets which rows are held out together.

    Returns
    -------
    ndarray of shape (m,)

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


def _average_precision(y: _Flags, scores: Floats, weights: Floats) -> float:
    return float(average_precision_score(y, scores, sample_weight=weights))


def _f1(y: _Flags, scores: Floats, weights: Floats) -> float:
    return float(f1_score(y, scores >= 0.5, sample_weight=weights, zero_division=0.0))


def _log_loss(y: _Flags, scores: Floats, weights: Floats) -> float:
    return -float(log_loss(y, scores, sample_weight=weights, labels=[False, True]))


MEASURES: dict[str, _Measure] = {
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
        The name of the best model.
    values : dict of str to float
        The measure of each model, by its name; higher is better.
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
    """Choose the model, or the parameters, that do best on held-out rows weighted to the pool.

    Parameters
    ----------
    models : mapping of str to unfitted classifier
        Kinds of models, or one kind with several parameters.
    X : matrix of m rows
        The labelled rows, in the order labelled.
    session : Session
        Their labels, and how they were found.
    measure : {"average_precision", "f1", "log_loss"}
        What the models are compared by.
    folds : int, default 5
        Parts that are held out in turn; at most as many as the rarer class has rows.
    seed : int, default 0
        Sets which rows are held out together.

    Returns
    -------
    Choice or NoEstimate
        There is no choice if fewer than two labelled rows were drawn at random: then nothing says
        how models do on the pool. Average precision and F1 also need a positive among the rows
        that stand for the pool: one drawn at random, or known when another row was drawn.

    Raises
    ------
    InputError
        If there is no model, the measure is unknown, or a class has fewer than two rows.
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
