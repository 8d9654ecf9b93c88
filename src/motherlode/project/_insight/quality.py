"""An estimate, from random draws, of how well a linear model would do on the whole pool."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from ..._rows.matrix import take
from ...estimation import held_out_scores, positives
from ...estimation._value import MaybeEstimate, NoEstimate
from ...pool import Pool
from ...session import Session
from .linear_explanation import scaled_features

_FEWEST = 2
MOST = 5_000
"""With more labels than this it is not worked out."""


@dataclass(frozen=True)
class Quality:
    """How many positives of the pool a linear model would miss, and its false alarms."""

    missed: MaybeEstimate
    alarms: MaybeEstimate


_TOO_MANY = NoEstimate(
    f"With more than {MOST:,} labels, see the model card that `motherlode train` writes."
)
TOO_MANY = Quality(_TOO_MANY, _TOO_MANY)


def judge_linear_model(pool: Pool, session: Session, rows: list[int]) -> Quality:
    """Judge linear models by labelled rows, in the session's order, that they were not fitted on.

    Wrongly called rows are counted as positives are: with exact intervals from random draws
    (`motherlode.estimation.positives`).
    """
    y = session.positive
    rarer = int(min(y.sum(), (~y).sum()))
    if rarer < _FEWEST:
        missing = NoEstimate(
            f"Two positives and two negatives are needed; of the rarer there are {rarer}."
        )
        return Quality(missing, missing)
    X = take(scaled_features(pool), np.array(rows, dtype=np.int64))
    called = held_out_scores(LogisticRegression(max_iter=300), X, y) >= 0.5
    wrong = (y & ~called, ~y & called)
    missed, alarms = (positives(replace(session, positive=w)) for w in wrong)
    return Quality(missed, alarms)
