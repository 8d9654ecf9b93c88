"""Is LURE unbiased, and does its interval cover, for rows drawn with unequal probabilities?"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchmarks.estimation.worlds import PREVALENCES, SCORES, World, world
from motherlode import ActiveLearner
from motherlode._round.selection import Stochastic
from motherlode._round.view import View
from motherlode._rows.arrays import Floats
from motherlode.estimation import Estimate, pool_mean
from motherlode.strategies._base.strategy import Strategy

ROWS = 4_000
DRAWS = 400
PROPOSALS = {
    "softmax": Stochastic("softmax", coldness=1.0, explore=0.0),
    "power": Stochastic("power", coldness=0.5, explore=0.0),
    "mixed": Stochastic("rank", coldness=1.0, explore=0.2),
}


@dataclass(frozen=True)
class Scores(Strategy):
    """Scores that are given beforehand, as the pool's only feature."""

    def utilities(self, view: View) -> Floats:
        return np.asarray(view.pool.features[view.rows, 0], dtype=np.float64)


class Bias(NamedTuple):
    """Of an estimate relative to the truth, with its standard error; and its intervals'."""

    relative: float
    error: float
    covered: float
    above: float
    below: float
    width: float
    """Median, relative to the truth."""


def losses(pool: World) -> Floats:
    """Squared error of the scores."""
    return (pool.truth - pool.scores) ** 2


def bias(prevalence: float, kind: str, proposal: str, runs: int) -> Bias:
    """Of the pool's mean squared error, from 400 of 4,000 rows that `ActiveLearner` drew."""
    ratio, sides, widths = np.zeros(runs), np.zeros(runs), np.zeros(runs)
    for run in range(runs):
        pool = world(prevalence, kind, run, ROWS)
        learner = ActiveLearner(
            pool.scores[:, None],
            [0, 1],
            strategy=Scores(),
            selection=PROPOSALS[proposal],
            copies="each",  # equal scores are no copies of a row
            minority=1,
            seed=run,
        )
        rows = learner.query(DRAWS).rows
        learner.teach(rows, pool.truth[rows].astype(int))
        loss = losses(pool)
        estimate = pool_mean(learner.session(), loss[rows])
        assert isinstance(estimate, Estimate)
        truth = float(loss.mean())
        ratio[run] = estimate.value / truth
        sides[run] = float(estimate.low > truth) - float(estimate.high < truth)
        widths[run] = (estimate.high - estimate.low) / truth
    return Bias(
        float(ratio.mean() - 1),
        float(ratio.std(ddof=1) / np.sqrt(runs)),
        float((sides == 0).mean()),
        float((sides > 0).mean()),
        float((sides < 0).mean()),
        float(np.median(widths)),
    )


def table(runs: int) -> list[tuple[float, str, str, Bias]]:
    """All prevalences, kinds of scores and proposals; a quarter of the runs but for good scores."""
    fewer = max(runs // 4, 2)
    return [
        (p, kind, name, bias(p, kind, name, runs if kind == "good" else fewer))
        for p in PREVALENCES
        for kind in SCORES
        for name in PROPOSALS
    ]
