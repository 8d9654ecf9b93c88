"""Prevalence from labels and a model's predictions: coverage, and width beside plain draws."""

from typing import NamedTuple

import numpy as np

from motherlode._rows.arrays import Floats
from motherlode.estimation import (
    Estimate,
    Evaluation,
    MaybeEstimate,
    binomial_interval,
    ppi_mean,
)

ROWS = 20_000
CASES = ((0.5, 100), (0.1, 200), (0.1, 1_000), (0.02, 500), (0.01, 2_000), (0.002, 1_000))
"""Prevalence, and labels."""
BATCHES = 5
KINDS = ("good", "fair", "scores", "bad", "against")


class Powered(NamedTuple):
    """Coverage, and the median of widths divided by those of plain draws of the same rows."""

    covered: float
    plain: float
    above: float
    below: float
    ratio: float

    @property
    def labels(self) -> float:
        """How many labels give the width of plain draws, of each label of theirs."""
        return self.ratio**2


def predict(truth: np.ndarray, kind: str, rng: np.random.Generator) -> Floats:
    """What is said of each row: a good rule, a fair one, graded scores, chance, or the contrary."""
    n, share = len(truth), truth.mean()
    if kind == "scores":
        return np.asarray(1 / (1 + np.exp(-(rng.normal(size=n) + 4 * truth - 3))))
    missed, false = {"good": (0.1, 0.1), "fair": (0.3, 0.5), "bad": (1 - share, share),
                     "against": (0.9, 0.5)}[kind]  # fmt: skip
    # The false alarms are counted by the positives, since a rare class has few positives.
    alarm = share if kind == "bad" else min(false * share / (1 - share), 1.0)
    return np.where(truth, rng.random(n) >= missed, rng.random(n) < alarm).astype(float)


def cover(prevalence: float, labels: int, kind: str, runs: int, *, adaptive: bool) -> Powered:
    """Of many pools, with uniform draws or with those that an evaluation of prevalence asks for."""
    sides, plain, ratios = [], [], []
    for run in range(runs):
        rng = np.random.default_rng([run, labels, KINDS.index(kind), round(1e6 * prevalence)])
        truth = rng.random(ROWS) < prevalence
        said = predict(truth, kind, rng)
        rows = rng.choice(ROWS, labels, replace=False)
        estimate = _ask(said, truth, labels, run) if adaptive else ppi_mean(said, rows, truth[rows])
        assert isinstance(estimate, Estimate)
        low, high = binomial_interval(int(truth[rows].sum()), labels, mid_p=True)
        sides.append(int(truth.mean() > estimate.high) - int(truth.mean() < estimate.low))
        plain.append(low <= truth.mean() <= high)
        ratios.append((estimate.high - estimate.low) / (high - low))
    side = np.array(sides)
    return Powered(
        float((side == 0).mean()),
        float(np.mean(plain)),
        float((side < 0).mean()),
        float((side > 0).mean()),
        float(np.median(ratios)),
    )


def _ask(said: Floats, truth: np.ndarray, labels: int, seed: int) -> MaybeEstimate:
    evaluation = Evaluation(said, metric="prevalence", seed=seed)
    for _ in range(BATCHES):
        rows = evaluation.ask(labels // BATCHES)
        evaluation.teach(rows, truth[rows])
    return evaluation.estimate()


def table(runs: int) -> list[tuple[float, int, str, bool, Powered]]:
    """All cases, kinds of predictions and ways to draw."""
    return [
        (p, n, kind, adaptive, cover(p, n, kind, runs, adaptive=adaptive))
        for p, n in CASES
        for kind in KINDS
        for adaptive in (False, True)
    ]
