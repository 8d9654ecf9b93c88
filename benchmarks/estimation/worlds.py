"""Made-up pools whose truth is known: a rare class, and scores that are good, bad or half blind."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from motherlode._rows.arrays import Floats

PREVALENCES = (0.1, 0.01, 0.002)
SCORES = ("good", "bad", "hidden")
ROWS = 20_000
HIDDEN = 0.2
"""The share of positives that the model of a hidden world ranks last."""

_SLOPE = 3.0
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(80)


@dataclass(frozen=True, eq=False)
class World:
    """A pool: the truth of each row, a model's score of it, and a cut to call rows positive."""

    truth: np.ndarray
    scores: Floats
    threshold: float

    @property
    def called(self) -> np.ndarray:
        return self.scores >= self.threshold


def world(
    prevalence: float, kind: str, seed: int, rows: int = ROWS, hidden: float = HIDDEN
) -> World:
    """A pool of a given prevalence, whose number of positives varies from seed to seed.

    Good scores are the rows' true probabilities, of AUC 0.94 or so. Bad ones are those of a
    model that has seen almost nothing (AUC 0.6). Of a hidden world's positives a share, a fifth
    by default, get the scores of rows that are ranked last. As many rows are called positive as
    there are.
    """
    rng = np.random.default_rng([seed, SCORES.index(kind), round(1e6 * prevalence)])
    z = rng.standard_normal(rows)
    p = expit(_SLOPE * z + _intercept(prevalence, _SLOPE))
    truth = rng.random(rows) < p
    scores = p.copy()
    if kind == "bad":
        blurred = 0.15 * z + np.sqrt(1 - 0.15**2) * rng.standard_normal(rows)
        scores = expit(blurred + _intercept(prevalence, 1.0))
    if kind == "hidden":
        last = np.flatnonzero(truth)[rng.random(int(truth.sum())) < hidden]
        low = np.sort(p)[: rows // 2]
        scores[last] = rng.choice(low, len(last))
    cut = float(np.quantile(scores, 1 - max(truth.mean(), 1 / rows)))
    return World(truth, scores, cut)


def _intercept(prevalence: float, slope: float) -> float:
    """The constant by which the mean of the true probabilities is the prevalence."""
    weights = _WEIGHTS / _WEIGHTS.sum()
    return float(brentq(lambda c: weights @ expit(slope * _NODES + c) - prevalence, -40, 10))
