"""The model where the user names none."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ..matrix import take
from ..pool import Pool
from .balanced import BalancedLogisticRegression
from .several import SkillWeighted

_SEEN = 100_000  # rows that a scaler is fitted on


def default_model(pool: Pool) -> Any:
    """Linear models and forests together, each with the weight that it earns.

    Two logistic regressions, one of them cautious and with classes of equal weight, and a random
    forest; for features that are not sparse, as those of text are, extremely randomised trees
    as well.
    """
    sparse = issparse(pool.features)
    linear = LogisticRegression(C=10.0 if sparse else 1.0, max_iter=1000)
    members = [
        ("linear", scaled(linear, pool)),
        ("balanced linear", scaled(BalancedLogisticRegression(C=0.1, max_iter=1000), pool)),
        ("forest", _forest(RandomForestClassifier)),
    ]
    if not sparse:
        members.append(("extra trees", _forest(ExtraTreesClassifier)))
    return SkillWeighted(members)


def scaled(model: Any, pool: Pool) -> Any:
    """``model`` behind a scaler that knows the pool, unless the pool's features are sparse.

    The spread of a column over ten labelled rows says little of its spread, and nothing where it
    is the same in all of them; the unlabelled rows tell it.
    """
    # Centring would fill a sparse matrix, and TF-IDF is on one scale already.
    if issparse(pool.features):
        return model
    return make_pipeline(pool.once("scaler", lambda: _scaler(pool)), model)


def _scaler(pool: Pool) -> Any:
    n, rng = len(pool), np.random.default_rng(0)
    rows = np.arange(n) if n <= _SEEN else np.sort(rng.choice(n, _SEEN, replace=False))
    try:
        return FrozenEstimator(StandardScaler().fit(take(pool.features, rows)))
    except (TypeError, ValueError):  # no numbers; a fit will say so, and random rows need none
        return StandardScaler()


def _forest(kind: Any) -> Any:
    # Two kinds of fifty trees each: with few labels a fit costs its trees and little else.
    return kind(n_estimators=50, bootstrap=True, oob_score=True)


def without_class_weights(model: Any) -> Any:
    """``model``, or a clone with every ``class_weight`` inside it taken out, if there is any.

    A re-weighted model moves its boundary into the majority and drags uncertainty sampling
    with it, so the model that asks is fitted without; the model to ship keeps its weights.
    """
    weights = [
        name
        for name, value in model.get_params(deep=True).items()
        if name.split("__")[-1] == "class_weight" and value is not None
    ]
    return clone(model).set_params(**dict.fromkeys(weights)) if weights else model
