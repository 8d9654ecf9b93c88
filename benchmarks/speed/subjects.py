"""What is timed: a function that does one round after another on a pool."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KernelDensity, LocalOutlierFactor

from benchmarks.speed.data import BATCH, Setting
from motherlode import ActiveLearner, Pool
from motherlode.strategies._registry import NAMES

Round = Callable[[], Any]

STREAMING = ("random", "least_confidence", "margin", "entropy", "most_likely")
"""Strategies that need no more than one pass over probabilities."""


def ours(strategy: str, given: Setting) -> Round:
    """A query of a learner, taught the rows of the query before."""
    learner = ActiveLearner(Pool(given.X), [0, 1], _model(), strategy, minority=1, seed=0)
    learner.teach(given.labelled, given.y[given.labelled])
    asked: list[Any] = []

    def one_round() -> None:
        if asked:
            learner.teach(asked[-1], given.y[asked[-1]])
        asked.append(learner.query(BATCH).rows)

    return one_round


def predictions(given: Setting) -> Round:
    """The model's own prediction of the pool, which no round can do without."""
    model = _model().fit(given.X[given.labelled], given.y[given.labelled])
    return lambda: model.predict_proba(given.X)


def active_ml(name: str, given: Setting, *, model: str = "", **parameters: Any) -> Round:
    """A query of scikit-activeml's strategy of that name, told the rows of the query before."""
    import skactiveml.pool
    from skactiveml.classifier import SklearnClassifier

    strategy = getattr(skactiveml.pool, name)(random_state=0, missing_label=np.nan, **parameters)
    y = np.full(len(given.y), np.nan)
    y[given.labelled] = given.y[given.labelled]
    arguments = {model: SklearnClassifier(_model(), classes=[0, 1])} if model else {}

    def one_round() -> None:
        asked = strategy.query(given.X, y, batch_size=BATCH, **arguments)
        y[asked] = given.y[asked]

    return one_round


def active_ml_committee(given: Setting) -> Round:
    """Vote entropy of five regularisations, of which no bag can miss the rare class."""
    from skactiveml.classifier import SklearnClassifier

    members = [
        SklearnClassifier(LogisticRegression(C=c, max_iter=1000), classes=[0, 1])
        for c in (0.01, 0.1, 1.0, 10.0, 100.0)
    ]
    import skactiveml.pool

    strategy = skactiveml.pool.QueryByCommittee(method="vote_entropy", random_state=0)
    y = np.full(len(given.y), np.nan)
    y[given.labelled] = given.y[given.labelled]

    def one_round() -> None:
        asked = strategy.query(given.X, y, ensemble=members, batch_size=BATCH)
        y[asked] = given.y[asked]

    return one_round


def kernel_density(given: Setting) -> Round:
    """scikit-learn's tree, exact, with Scott's bandwidth."""
    P = _standardised(given.X)
    width = len(P) ** (-1 / (P.shape[1] + 4))
    return lambda: KernelDensity(bandwidth=width).fit(P).score_samples(P)


def outlier_factor(given: Setting) -> Round:
    """scikit-learn's local outlier factor of 20 neighbours."""
    P = _standardised(given.X)
    return lambda: LocalOutlierFactor(n_neighbors=20).fit(P)


def information_density(given: Setting) -> Round:
    """modAL's rule, mean ``1 / (1 + distance)`` to all rows, from the whole matrix as there.

    Restated, since modAL-python 0.4.2.1 fails with scikit-learn of today.
    """
    return lambda: (1 / (1 + pairwise_distances(given.X))).mean(axis=1)


def _standardised(X: Any) -> Any:
    P = X.astype(np.float64)
    return (P - P.mean(axis=0)) / P.std(axis=0)


def _model() -> LogisticRegression:
    return LogisticRegression(max_iter=1000)


_AML = "scikit-activeml"

PEERS: dict[tuple[str, str], Callable[[Setting], Round]] = {
    ("predict_proba", "scikit-learn"): predictions,
    ("random", _AML): partial(active_ml, "RandomSampling"),
    ("least_confidence", _AML): partial(
        active_ml, "UncertaintySampling", model="clf", method="least_confident"
    ),
    ("margin", _AML): partial(
        active_ml, "UncertaintySampling", model="clf", method="margin_sampling"
    ),
    ("entropy", _AML): partial(active_ml, "UncertaintySampling", model="clf", method="entropy"),
    ("query_by_committee", _AML): active_ml_committee,
    ("kde", "scikit-learn"): kernel_density,
    ("lof", "scikit-learn"): outlier_factor,
    ("information_density", "modAL's rule"): information_density,
    ("k_centre", _AML): partial(active_ml, "CoreSet"),
    ("badge", _AML): partial(active_ml, "Badge", model="clf"),
    ("typiclust", _AML): partial(active_ml, "TypiClust"),
    ("probcover", _AML): partial(active_ml, "ProbCover"),
}
"""By strategy and by who does it."""

OURS = "motherlode"

SUBJECTS: dict[tuple[str, str], Callable[[Setting], Round]] = PEERS | {
    (name, OURS): partial(ours, name) for name in NAMES
}
