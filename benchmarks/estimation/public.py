"""Stopping rules on public sets: who reaches 95 % recall, and what is read for it."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.linear_model import LogisticRegression

from benchmarks.datasets import DEVELOP, available
from benchmarks.datasets.packages import DATA
from benchmarks.efficiency.sets import prepare
from motherlode._rows.arrays import Codes, Floats
from motherlode._rows.matrix import take
from motherlode.pool import Pool
from motherlode.session import CONTROL, Origin, Session
from motherlode.stopping import (
    ClassificationChange,
    DrySpell,
    Knee,
    NegativesInARow,
    OverallUncertainty,
    QuasiSampling,
    Rule,
    StabilisingPredictions,
    TargetRecall,
    batch_size,
)

SETS = (
    "satimage", "wine_red4", "car_vgood", "shuttle_fpvopen", "sms_spam", "reuters_gold",
    "reuters_grain", "digits8", "abalone19", "page_blocks", "yeast6", "letter_z", "spamassassin20",
)  # fmt: skip
FRESH = (
    "caravan", "shuttle_fpvclose", "census_income", "sylva", "fars_unknown", "news_religion",
    "tweets_positive", "wordnet_feeling", "wordnet_food", "mnist9_200",
)  # fmt: skip
"""Sets that were first read when every rule and its defaults were settled."""

ROWS = 3_000
WATCHED = 500
RECALL = 0.95
RUNS = (50, 100, 200, 300, 400, 500, 700, 1000, 1250, 1500, 2000)
"""Lengths of N negatives in a row that are tried."""


class Reading(NamedTuple):
    """A pool read to its end by continuous active learning.

    Attributes
    ----------
    positive : in the order read
    ends : labels after each round
    predictions : of fixed rows, a round each
    """

    positive: np.ndarray
    ends: Codes
    predictions: list[Floats]


def growing_batches(budget: int) -> list[int]:
    """List AutoTAR's batch sizes: one row, then each a tenth larger, cut to a budget."""
    sizes: list[int] = []
    while (left := budget - sum(sizes)) > 0:
        sizes.append(min(batch_size(sizes[-1] if sizes else 0), left))
    return sizes


def readings(seeds: int) -> dict[str, list[Reading]]:
    """Of all sets that are here; kept in a file each, since a reading takes seconds."""
    there = [name for name in (*SETS, *FRESH) if available()[name] is None]
    return {name: [_kept(name, seed) for seed in range(seeds)] for name in there}


def _kept(name: str, seed: int) -> Reading:
    path = DATA / "runs" / f"reading-{name}-{ROWS}-{seed}.json"
    if path.exists():
        plain = json.loads(path.read_text())
        predictions = [np.array(p) for p in plain["predictions"]]
        return Reading(
            np.array(plain["positive"], dtype=bool), np.array(plain["ends"]), predictions
        )
    reading = read(name, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {
        "positive": reading.positive.astype(int).tolist(),
        "ends": reading.ends.tolist(),
        "predictions": [np.round(p, 4).tolist() for p in reading.predictions],
    }
    path.write_text(json.dumps(plain))
    return reading


def read(name: str, seed: int) -> Reading:
    """Most likely first by a logistic regression, batches a tenth larger each time."""
    dataset = prepare(name, ROWS).dataset
    pool, truth = Pool(dataset.data), dataset.is_positive
    X = pool.features if issparse(pool.features) else pool.points
    rng = np.random.default_rng(seed)
    order = [int(rng.choice(np.flatnonzero(truth)))]
    watched = rng.choice(len(truth), min(WATCHED, len(truth)), replace=False)
    ends, predictions = [], []
    for size in growing_batches(len(truth) - 1):
        left = np.setdiff1d(np.arange(len(truth)), order)
        presumed = rng.choice(left, min(100, len(left)), replace=False)
        y = np.concatenate([truth[order], np.zeros(len(presumed), dtype=bool)])
        if y.all():
            order += left[:size].tolist()
            break
        model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=200)
        model.fit(take(X, np.concatenate([order, presumed])), y)
        scores = model.predict_proba(X)[:, 1]
        order += left[np.argsort(-scores[left], kind="stable")][:size].tolist()
        ends.append(len(order))
        predictions.append(scores[watched])
    return Reading(truth[order], np.array(ends), predictions)


class Outcome(NamedTuple):
    """Where a rule stops."""

    recall: float
    read: float


def by_rule(rule: Rule) -> Callable[[Reading, int], Outcome]:
    """A rule that is asked after each round."""

    def stopped(reading: Reading, seed: int) -> Outcome:
        n = len(reading.positive)
        for i, end in enumerate(reading.ends.tolist()):
            seen = Session(n, reading.positive[:end], predictions=reading.predictions[: i + 1])
            if rule.advise(seen).stop:
                return _at(reading, end)
        return _at(reading, n)

    return stopped


def confirmed(reading: Reading, seed: int) -> Outcome:
    """The heuristic form first; from where it stops on, random draws until the test holds."""
    n, rule = len(reading.positive), TargetRecall(RECALL)
    first = round(by_rule(QuasiSampling(RECALL))(reading, seed).read * n)
    drawn = np.random.default_rng([seed, 4]).permutation(np.arange(first, n))
    truth = np.concatenate([reading.positive[:first], reading.positive[drawn]])
    searched = [Origin("query")] * first
    for labels in [*range(first + 10, n, 10), n]:
        lot = [Origin(CONTROL, "", 1 / (n - i), n - i, i) for i in range(first, labels)]
        session = Session(n, truth[:labels], searched + lot)
        if rule.advise(session).stop:
            break
    return Outcome(session.found / reading.positive.sum(), labels / n)


def _at(reading: Reading, labels: int) -> Outcome:
    found = int(reading.positive[:labels].sum())
    return Outcome(found / reading.positive.sum(), labels / len(reading.positive))


RULES: dict[str, Callable[[Reading, int], Outcome]] = {
    "two-phase target recall": confirmed,
    "quasi-sampling": by_rule(QuasiSampling(RECALL)),
    "quasi-sampling at 99 %": by_rule(QuasiSampling(RECALL, 0.99)),
    "quasi-sampling & 100 negatives": by_rule(QuasiSampling(RECALL) & NegativesInARow(100)),
    "dry spell": by_rule(DrySpell()),
    "knee": by_rule(Knee()),
    "stabilising predictions (small-text's kappa)": by_rule(StabilisingPredictions()),
    "overall uncertainty (small-text)": by_rule(OverallUncertainty()),
    "classification change (small-text)": by_rule(ClassificationChange()),
    **{f"{n} negatives in a row": by_rule(NegativesInARow(n)) for n in RUNS},
}


class Score(NamedTuple):
    """Over readings: share that reached the recall, mean recall, mean share read, and how many."""

    reached: float
    recall: float
    read: float
    readings: int


def table(seeds: int) -> list[tuple[str, Score, Score, Score, Score]]:
    """Each rule on sets of the developing half, of the judging half, on fresh ones, and on all."""
    known = readings(seeds)
    seen = [n for n in known if n not in FRESH]
    groups = (
        [n for n in seen if n in DEVELOP],
        [n for n in seen if n not in DEVELOP],
        [n for n in known if n in FRESH],
        list(known),
    )
    return [
        (name, *(_score(rule, [known[n] for n in group]) for group in groups))
        for name, rule in RULES.items()
    ]


def _score(rule: Callable[[Reading, int], Outcome], kept: list[list[Reading]]) -> Score:
    outcomes: list[Any] = [
        rule(reading, seed) for of_set in kept for seed, reading in enumerate(of_set)
    ]
    recall, share = np.array(outcomes).T
    reached = float((recall >= RECALL - 1e-9).mean())
    return Score(reached, float(recall.mean()), float(share.mean()), len(outcomes))
