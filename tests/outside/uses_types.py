"""A program that uses the package; `make dist` has mypy and pyright read it."""

from typing import assert_type

import numpy as np
from numpy.typing import NDArray

from motherlode import ActiveLearner, Pool, Query
from motherlode.estimation import Estimate, NoEstimate, recall
from motherlode.models import PretrainedClassifier
from motherlode.stopping import Advice, TargetRecall
from motherlode.strategies import Strategy

X = np.random.default_rng(0).normal(size=(200, 4))
learner = ActiveLearner(Pool(X), classes=["other", "rare"], minority="rare")
assert_type(learner, ActiveLearner)
query = learner.query(10)
assert_type(query, Query)
rows: NDArray[np.int64] = query.rows
learner.teach(rows, ["rare", *["other"] * 9])
found: Estimate | NoEstimate = recall(learner.session())
if isinstance(found, Estimate):
    assert_type(found.low, float)
assert_type(TargetRecall(recall=0.9).advise(learner.session()), Advice)
strategy: Strategy | None = None
network = PretrainedClassifier().fit(X, X[:, 0] > 1.5)  # by the weights in the package
assert_type(network, PretrainedClassifier)
assert network.predict_proba(X).shape == (200, 2)
