"""How well a model of the labels would do on the whole pool, as far as random draws can tell."""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from ..._rows.matrix import take
from ...estimation import held_out_scores, positives
from ...estimation._value import Answer, NoEstimate
from ...pool import Pool
from ...session import Session
from .reading import features

_FEWEST = 2
MOST = 5_000
"""Labels up to which it is told."""


@dataclass(frozen=True)
class Quality:
    """What a linear model would get wrong if it decided on every row of the pool.

    Attributes
    ----------
    missed, alarms : Estimate or NoEstimate
        Rows of the positive class that it would not call so, and others that it would.
    """

    missed: Answer
    alarms: Answer


_TOO_MANY = NoEstimate(f"Past {MOST:,} labels the card that `motherlode train` writes tells it.")
TOO_MANY = Quality(_TOO_MANY, _TOO_MANY)


def line_quality(pool: Pool, session: Session, rows: list[int]) -> Quality:
    """Judge linear models by labelled rows that they were not fitted on.

    Rows that are called wrongly are counted as positives are: exact intervals from those that
    were drawn at random (`estimation.positives`).

    Parameters
    ----------
    pool : Pool
    session : Session
    rows : list of int
        The labelled rows, in the session's order.
    """
    y = session.positive
    rarer = int(min(y.sum(), (~y).sum()))
    if rarer < _FEWEST:
        missing = NoEstimate(
            f"Two labelled rows of each kind are needed; of the rarer there are {rarer}."
        )
        return Quality(missing, missing)
    X = take(features(pool), np.array(rows, dtype=np.int64))
    called = held_out_scores(LogisticRegression(max_iter=300), X, y) >= 0.5
    wrong = (y & ~called, ~y & called)
    missed, alarms = (positives(Session(session.pool_size, w, session.origins)) for w in wrong)
    return Quality(missed, alarms)
