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

from .._rows.matrix import take
from ..pool import Pool
from ._first_weights import FIRST_WEIGHTS, MEMBERS
from ._kernel import KernelLogisticRegression
from ._several import SkillWeighted

_SEEN = 100_000  # rows that a scaler is fitted on
_TREES = 30


def default_model(pool: Pool) -> Any:
    """A line where features are sparse, as those of texts; else four models by their skill.

    Those are logistic regression on the features and on likeness to rows known, a random forest
    and extremely randomised trees. Among many sparse columns neither trees nor likeness help.
    """
    if issparse(pool.features):
        return LogisticRegression(C=10.0, max_iter=1000)
    models = (
        scaled(LogisticRegression(max_iter=1000), pool),
        scaled(KernelLogisticRegression(), pool),
        _forest(RandomForestClassifier),
        _forest(ExtraTreesClassifier),
    )
    return SkillWeighted(
        list(zip(MEMBERS, models, strict=True)), first_weights=FIRST_WEIGHTS, judged_from=10
    )


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
    # Two kinds of so many trees each: with few labels a fit costs its trees and little else.
    return kind(n_estimators=_TREES, bootstrap=True, oob_score=True)


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
