"""One run of the protocol of Lu et al. 2023: a set, a strategy and a seed give one area."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks.datasets import lu
from motherlode import ActiveLearner, Pool
from motherlode.strategies import Margin, Random

STRATEGIES = {"uniform": Random(), "uncertainty": Margin()}
INITIAL = 20
TRAIN_SHARE = 0.6


class Deal(NamedTuple):
    """Rows of the pool, the first `INITIAL` of them labelled from the start, and of the test."""

    pool: NDArray[np.int64]
    test: NDArray[np.int64]


def deal(n: int, seed: int) -> Deal:
    """Shuffle `n` rows into pool and test part, then the pool, each from a fresh generator.

    The second generator starts from the same seed as the first, as in the paper's code.
    """
    rows = np.arange(n)
    np.random.default_rng(seed).shuffle(rows)
    size = int(n * TRAIN_SHARE)
    pool, test = rows[:size], rows[size:]
    np.random.default_rng(seed).shuffle(pool)
    return Deal(pool, test)


def area_under_budget_curve(scores: NDArray[np.float64]) -> float:
    """Trapezoids under the scores after each of q queries, over q + 1.

    The divisor is that of the paper's code. It is two larger than the width of the curve, so
    the area of a perfect curve is (q - 1) / (q + 1).

    Examples
    --------
    >>> area_under_budget_curve(np.array([0.5, 0.7, 0.9]))
    0.35
    """
    return float(np.trapezoid(scores) / (len(scores) + 1))


def run(name: str, strategy: str, seed: int) -> float | None:
    """Label a whole pool one row at a time; None if the first labels are of one class.

    Parameters
    ----------
    name : str
        One of `benchmarks.datasets.lu.NAMES`.
    strategy : str
        One of `STRATEGIES`.
    seed : int
        Of the split, the first labels and the strategy.

    Returns
    -------
    float or None
        Area under the test accuracy.
    """
    dataset = lu.load(name)
    data = np.asarray(dataset.data, dtype=np.float64)
    pool, test = deal(len(data), seed)
    labels = dataset.labels[pool]
    if len(np.unique(labels[:INITIAL])) < 2:
        return None
    scaler = StandardScaler().fit(data[pool])
    learner = ActiveLearner(
        Pool(scaler.transform(data[pool])),
        classes=[0, 1],
        model=SVC(kernel="rbf", C=1.0, gamma="auto"),
        strategy=STRATEGIES[strategy],
        seed=seed,
    )
    learner.teach(np.arange(INITIAL), labels[:INITIAL])
    test_data, test_labels = scaler.transform(data[test]), dataset.labels[test]
    scores = []
    for _ in range(len(pool) - INITIAL):
        asked = learner.query(1).rows
        learner.teach(asked, labels[asked])
        scores.append(learner.final_model().score(test_data, test_labels))
    return area_under_budget_curve(np.array(scores))
