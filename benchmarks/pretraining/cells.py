"""One cell: a task, some labels as a search picks them, and how well each model ranks the rest."""

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from time import process_time
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from benchmarks.proving.arms import network, with_network
from benchmarks.proving.sessions import Ground
from benchmarks.proving.sources import Task
from motherlode import ActiveLearner, Pool
from motherlode._round.training_set import PresumedNegatives, Presumption, TrainingSet
from motherlode._rows.arrays import Floats, Rows
from motherlode._rows.matrix import take
from motherlode.measures import fuse_ranks
from motherlode.models._default import add_scaler, default_model
from motherlode.models._weights import takes_presumed

KINDS = ("numbers", "mixed", "missing", "vectors")
POSITIVES = (1, 3, 5, 10, 20, 40)
FEWEST_LEFT = 4  # positives to rank, beside those known
_MOST_RANKED = 5_000
_MOST_NEAR = 60


MODELS: dict[str, Callable[[Pool], Any]] = {
    "line": lambda pool: add_scaler(LogisticRegression(max_iter=1000), pool),
    "kernel": lambda pool: add_scaler(SVC(C=10.0), pool),
    "forest": lambda pool: RandomForestClassifier(100),
    "network": network,
    "fusion": default_model,
    "fusion and network": with_network,
}
"""Kernel is a support vector machine; fusion is the default model."""


@dataclass(frozen=True)
class Cell:
    """Average precision of each model, and the CPU-seconds of its fit and its ranking."""

    weights: str
    task: str
    source: str
    kind: str
    left_out: bool
    positives: int
    prevalence: float
    precision: dict[str, float]
    seconds: dict[str, float]

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self))


@cache
def read(task: Task) -> Ground:
    """A task made ready."""
    return Ground(task)


def pick(tasks: Sequence[Task], place: int, positives: int) -> Ground | None:
    """The task of a source that has enough positives; which one goes by the source's place."""
    turned = [*tasks[place % len(tasks) :], *tasks[: place % len(tasks)]]
    grounds = (read(task) for task in turned)
    return next((g for g in grounds if g.positive.sum() >= positives + FEWEST_LEFT), None)


@dataclass(frozen=True)
class Asked:
    """What is known of a task, and the rows that are to be ranked.

    Attributes
    ----------
    pool : Pool
        The task's.
    training : TrainingSet
        The labels.
    presumed : PresumedNegatives
        What a learner presumes beside them for a model that it tells so.
    fewer : PresumedNegatives
        Those of them that it presumes for other models.
    rows, truth, counts : ndarray
        Rows to rank, whether they are positive, and how many rows each stands for.
    """

    pool: Pool
    training: TrainingSet
    presumed: PresumedNegatives
    fewer: PresumedNegatives
    rows: Rows
    truth: Any
    counts: Floats


def ask(ground: Ground, positives: int, rng: np.random.Generator, *, presumed: int) -> Asked:
    """Label some rows of a task, and presume others negative.

    Parameters
    ----------
    ground : Ground
        The task.
    positives : int
        How many are known.
    rng : numpy Generator
        Draws the rows.
    presumed : int
        Rows presumed negative at most.
    """
    pool, truth = ground.pool, ground.positive
    learner = ActiveLearner(pool, [0, 1], minority=1, seed=int(rng.integers(2**31)))
    rows = label(rng, pool.points, truth, positives)
    learner.teach(rows, truth[rows].astype(int))
    training = learner.training_set
    told, other = (
        training.presume(Presumption(presumed), rng, told=told) for told in (True, False)
    )
    fewer = PresumedNegatives(told.rows[: len(other.rows)])
    left = np.setdiff1d(np.arange(len(truth)), np.concatenate([rows, told.rows]))
    left, counts = thin(rng, left, truth[left])
    return Asked(pool, training, told, fewer, left, truth[left], counts)


def measure(ground: Ground, positives: int, *, left_out: bool, weights: str, seed: int) -> Cell:
    """Fit each model to some labels, and rank the rest."""
    precision, seconds = {}, {}
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        asked = ask(ground, positives, np.random.default_rng([seed, positives]), presumed=100)
        for name, made in MODELS.items():
            began = process_time()
            model = made(asked.pool)
            presumed = asked.presumed if takes_presumed(model) else asked.fewer
            fitted = asked.training.fit(model, presumed)
            read_rows = take(asked.pool.read_by(model), asked.rows)
            each = fitted.opinions(read_rows)[:, :, 1].T
            places = fuse_ranks(each, np.sort(each, axis=1), fitted.weights)
            seconds[name] = round(process_time() - began, 3)
            precision[name] = float(
                average_precision_score(asked.truth, places, sample_weight=asked.counts)
            )
    return Cell(
        weights,
        ground.task.name,
        ground.task.source,
        ground.task.kind,
        left_out,
        positives,
        float(ground.positive.mean()),
        precision,
        seconds,
    )


def label(rng: np.random.Generator, points: Floats, truth: Any, positives: int) -> Rows:
    """Positives by lot, the negatives nearest to them, and five by chance."""
    known = rng.choice(np.flatnonzero(truth), positives, replace=False)
    others = np.flatnonzero(~truth)
    nearest = np.full(len(others), np.inf)
    for row in known:
        nearest = np.minimum(nearest, ((points[others] - points[row]) ** 2).sum(axis=1))
    near = others[np.argsort(nearest, kind="stable")[: min(5 * positives, _MOST_NEAR)]]
    chance = rng.choice(others, 5, replace=False)
    return np.unique(np.concatenate([known, near, chance])).astype(np.int64)


def thin(rng: np.random.Generator, rows: Rows, positive: Any) -> tuple[Rows, Floats]:
    """All positives and some thousand others, and how many rows each stands for."""
    others = rows[~positive]
    some = rng.choice(others, min(len(others), _MOST_RANKED), replace=False)
    kept = np.concatenate([rows[positive], some])
    counts = np.repeat([1.0, len(others) / len(some)], [int(positive.sum()), len(some)])
    return kept, counts


def plan(tasks: Sequence[Task]) -> Iterator[tuple[int, list[Task], bool]]:
    """The sources in order, each with its place, its tasks and whether no choice looked at it.

    The default was chosen on every third source of the proving ground.
    """
    by_source: dict[str, list[Task]] = {}
    for task in tasks:
        by_source.setdefault(task.source, []).append(task)
    for place, each in enumerate(by_source.values()):
        if each[0].kind in KINDS:
            yield place, each, place % 3 != 0
