"""Thresholds on public sets: do fresh rows have the precision that was asked for?

A session of a few hundred labels by the learner, then random draws, then three thresholds of the
same fit. Rows that were no part of the pool say how precise each of them is.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks import datasets
from benchmarks.datasets.dataset import Dataset
from motherlode import ActiveLearner, Pool
from motherlode._rows.arrays import Floats, Rows
from motherlode.estimation import Estimate
from motherlode.estimation._promise import count_needed
from motherlode.learner import Decisions
from motherlode.models import RecallAtPrecision

SETS = (
    "satimage", "page_blocks", "sylva", "letter_z", "caravan", "digits8", "sms_spam",
    "tweets_positive",
)  # fmt: skip
PRECISION, CONFIDENCE = 0.8, 0.95
POOL, FRESH = 3_000, 10_000
ASKED, BATCH, DRAWN = 200, 20, 100
FOLLOWED = 3  # times that the rows are labelled which a promise asks for
DRAWS = 5  # times that the random rows of a session are drawn anew
TARGETS: dict[str, Any] = {
    "plain": RecallAtPrecision(PRECISION),
    "promised": RecallAtPrecision(PRECISION, CONFIDENCE),
    "F1": "f1",
}


class Outcome(NamedTuple):
    """What one threshold does.

    Attributes
    ----------
    precision, recall, f1 : of fresh rows
    called : how many of them
    labels : spent
    proved : whether the precision was promised
    said, low, high : F1 as `judge_decisions` estimates it; NaN without an estimate
    """

    precision: float
    recall: float
    f1: float
    called: int
    labels: int
    proved: bool
    said: float
    low: float
    high: float


class Split(NamedTuple):
    """A pool to label, and rows that are fresh."""

    pool: Pool
    truth: np.ndarray
    fresh: Any
    fresh_truth: np.ndarray


def split(loaded: Dataset, seed: int) -> Split:
    """Split a set at random."""
    y = np.asarray(loaded.labels) == 1
    order = np.random.default_rng(seed).permutation(len(y))
    size = min(POOL, len(y) // 2)
    inside, outside = order[:size], order[size : size + FRESH]
    pool, fresh = _take(loaded.data, inside), _take(loaded.data, outside)
    if isinstance(pool, np.ndarray):  # a logistic regression wants one scale
        scaler = StandardScaler().fit(pool)
        pool, fresh = scaler.transform(pool), scaler.transform(fresh)
    return Split(Pool(pool), y[inside], fresh, y[outside])


def _take(data: Any, rows: Rows) -> Any:
    return [data[row] for row in rows] if isinstance(data, list) else data[rows]


def search(of: Split, seed: int) -> Rows:
    """Label rows as the learner asks, from one positive on."""
    learner = _make(of, seed)
    first = np.random.default_rng(seed).choice(np.flatnonzero(of.truth))
    learner.teach([first], [1])
    for _ in range(ASKED // BATCH):
        rows = learner.query(BATCH).rows
        learner.teach(rows, of.truth[rows].astype(int))
    return learner.labelled[0]


def draw(of: Split, asked: Rows, seed: int) -> ActiveLearner:
    """Draw random rows after a search."""
    learner = _make(of, seed, control=1.0)
    learner.teach(asked, of.truth[asked].astype(int))
    rows = learner.query(DRAWN).rows
    learner.teach(rows, of.truth[rows].astype(int))
    return learner


def _make(of: Split, seed: int, control: float = 0.0) -> ActiveLearner:
    model = LogisticRegression(max_iter=300)
    return ActiveLearner(
        of.pool, classes=[0, 1], minority=1, model=model, control=control, seed=seed
    )


def follow(of: Split, learner: ActiveLearner) -> bool:
    """Label the rows that the advice asks for, those that the model ranks highest; once."""
    scores = np.asarray(learner.final_model().predict_proba(of.pool.data))[:, 1]
    highest = np.argsort(-scores, kind="stable")[: count_needed(PRECISION, CONFIDENCE)]
    rows = np.setdiff1d(highest, learner.labelled[0])
    if len(rows):
        learner.teach(rows, of.truth[rows].astype(int))
    return bool(len(rows))


def outcomes(of: Split, learner: ActiveLearner) -> dict[str, Outcome]:
    """Apply each threshold to fresh rows; then label what the promise asks for, and promise."""
    found = _apply(of, learner, TARGETS)
    for _ in range(FOLLOWED):
        if found["promised"].proved or not follow(of, learner):
            break
        found["promised"] = _apply(of, learner, {"promised": TARGETS["promised"]})["promised"]
    return found


def _apply(of: Split, learner: ActiveLearner, targets: dict[str, Any]) -> dict[str, Outcome]:
    made = {name: learner.final_model(threshold=target) for name, target in targets.items()}
    scores = np.asarray(next(iter(made.values())).predict_proba(of.fresh))[:, 1]
    labels = len(learner.labelled[0])
    return {
        name: _judge(
            scores >= model.threshold,
            of.fresh_truth,
            learner.judge_decisions(threshold=targets[name]),
            labels,
        )
        for name, model in made.items()
    }


def _judge(called: np.ndarray, truth: np.ndarray, judged: Decisions, labels: int) -> Outcome:
    hits, many = int((called & truth).sum()), int(called.sum())
    f1 = judged.f1
    known = (f1.value, f1.low, f1.high) if isinstance(f1, Estimate) else (np.nan,) * 3
    return Outcome(
        hits / many if many else 1.0,
        hits / truth.sum(),
        2 * hits / (many + truth.sum()),
        many,
        labels,
        judged.promised,
        *known,
    )


class Score(NamedTuple):
    """Over the runs of a set that are counted.

    Attributes
    ----------
    runs : how many are counted
    labels : spent, a mean
    reached : share whose fresh rows have the precision
    refuted : share whose fresh rows show, at 5 %, that it is lower
    precision, recall, f1 : means on fresh rows
    said : mean F1 as estimated
    covered : share of the F1's intervals that hold that of fresh rows
    """

    runs: int
    labels: float
    reached: float
    refuted: float
    precision: float
    recall: float
    f1: float
    said: float
    covered: float


def score(found: list[Outcome]) -> Score:
    """Sum up some runs; NaN where there are none."""
    if not found:
        return Score(0, *[float("nan")] * 8)
    precision, recall, f1, called, labels, _, said, low, high = (
        np.array(column, dtype=np.float64) for column in zip(*found, strict=True)
    )
    chance: Floats = binom.cdf(np.round(precision * called), called, PRECISION)
    known = ~np.isnan(said)
    return Score(
        len(found),
        float(labels.mean()),
        float((precision >= PRECISION).mean()),
        float(((called > 0) & (chance <= 0.05)).mean()),
        float(precision.mean()),
        float(recall.mean()),
        float(f1.mean()),
        float(said[known].mean()) if known.any() else float("nan"),
        float(((low <= f1) & (f1 <= high))[known].mean()) if known.any() else float("nan"),
    )


def runs_of(name: str, seeds: int, draws: int = DRAWS) -> list[dict[str, Outcome]]:
    """Search once a seed, and draw the random rows anew some times."""
    out, loaded = [], datasets.load(name)
    for seed in range(seeds):
        of = split(loaded, seed)
        asked = search(of, seed)
        out += [outcomes(of, draw(of, asked, 100 * seed + i)) for i in range(draws)]
    return out


def table(runs: int) -> list[tuple[str, int, dict[str, Score]]]:
    """Each set, its runs, and each threshold; the promised one where there is a promise."""
    there = datasets.available()
    rows = []
    for name in SETS:
        if there[name] is not None:
            continue
        found = runs_of(name, max(runs // DRAWS, 1))
        scores = {
            target: score(
                [run[target] for run in found if target != "promised" or run[target].proved]
            )
            for target in TARGETS
        }
        rows.append((name, len(found), scores))
    return rows
