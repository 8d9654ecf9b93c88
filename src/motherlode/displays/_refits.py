"""Final models as they would be with some of the labels alone."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._rows.arrays import Floats, Rows
from .._rows.matrix import n_rows, take

_BLOCK = 10_000

Scorer = Callable[[Any], Floats]
"""From rows in the form of the pool's data to probabilities of the positive class."""


def fit_on_some(learner: Any, kept: "np.ndarray[Any, np.dtype[np.bool_]]") -> Scorer | None:
    """Fit the final model on some of a learner's labels; None if they do not suffice.

    Parameters
    ----------
    learner : ActiveLearner
        It is left as it is.
    kept : ndarray of bool of shape (m,)
        Which of the labels, in the order taught.
    """
    rows, labels = learner.labelled
    other = type(learner)(
        learner.pool,
        learner.classes.tolist(),
        learner.model,
        minority=list(learner.positive_class.classes),
        copies=learner.copies,
        seed=learner.seed,
    )
    other.teach(rows[kept], labels[kept])
    hidden = np.concatenate([rows[~kept], learner.skipped])
    # What is held out is nothing that may be presumed negative.
    other.skip(np.setdiff1d(hidden, rows[kept]))
    return make_scorer(other) if other.trainable else None


def make_scorer(learner: Any) -> Scorer:
    """Make the function that scores rows by a learner's final model."""
    model = learner.final_model()
    wanted = learner.positive_class.classes
    own = np.asarray(model.classes_).tolist()
    columns = [own.index(label) for label in wanted if label in own]

    def score(data: Any) -> Floats:
        parts = [
            np.asarray(model.predict_proba(take(data, np.arange(low, min(low + _BLOCK, n)))))
            for n in [n_rows(data)]
            for low in range(0, n, _BLOCK)
        ]
        return np.concatenate([P[:, columns].sum(axis=1) for P in parts] or [np.empty(0)])

    return score


def score_rows(score: Scorer, pool: Any, rows: Rows) -> Floats:
    """Score rows of a pool, some thousands at a time."""
    blocks = [rows[low : low + _BLOCK] for low in range(0, len(rows), _BLOCK)]
    return np.concatenate([score(pool[block]) for block in blocks] or [np.empty(0)])


def score_held_out(learner: Any, folds: int) -> Floats:
    """Score each labelled row by a final model that was fitted without its fold.

    Each fold has its share of the positives and of the rows drawn at random. NaN where the other
    labels do not suffice for a model.
    """
    rows = learner.labelled[0]
    session = learner.session()
    rng = np.random.default_rng(learner.seed)
    order = np.lexsort((rng.random(len(rows)), session.at_random, session.positive))
    fold = np.empty(len(rows), dtype=np.int64)
    fold[order] = np.arange(len(rows)) % folds
    scores = np.full(len(rows), np.nan)
    for number in range(folds):
        held_out = fold == number
        score = fit_on_some(learner, ~held_out)
        if score is not None and held_out.any():
            scores[held_out] = score_rows(score, learner.pool, rows[held_out])
    return scores
