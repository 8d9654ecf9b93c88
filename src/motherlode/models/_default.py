"""The default model."""

from copy import deepcopy
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from .._rows.matrix import take
from ..pool import Pool
from ._first_weights import FIRST_WEIGHTS, MEMBERS
from ._kernel import KernelLogisticRegression
from ._several import SkillWeighted

_SEEN = 100_000  # rows that a scaler is fitted on
_TREES = 30


def default_model(pool: Pool) -> Any:
    """Choose a linear model for sparse features, as those of texts; else four models by skill.

    Those are logistic regression on the features and on likeness to known rows, a random forest
    and extremely randomised trees. With many sparse columns trees and likeness do not help.
    """
    if pool.encoded is not pool:  # the data is passed through, which these models can't read
        encoder = FrozenEstimator(pool.encoded.transformer)
        return make_pipeline(encoder, default_model(pool.encoded))
    if issparse(pool.features):
        return LogisticRegression(C=10.0, max_iter=1000)
    models = (
        add_scaler(LogisticRegression(max_iter=1000), pool),
        add_scaler(KernelLogisticRegression(), pool),
        _forest(RandomForestClassifier),
        _forest(ExtraTreesClassifier),
    )
    return SkillWeighted(
        list(zip(MEMBERS, models, strict=True)), first_weights=FIRST_WEIGHTS, judged_from=10
    )


def add_scaler(model: Any, pool: Pool) -> Any:
    """Put a scaler that is fitted on the pool before ``model``, unless features are sparse.

    Ten labelled rows say little about the spread of a column, and nothing where they are all the
    same; the unlabelled rows show it.
    """
    # Centring would fill a sparse matrix, and TF-IDF is on one scale already.
    if issparse(pool.features):
        return model
    return make_pipeline(pool.once("scaler", lambda: _scaler(pool)), model)


def _scaler(pool: Pool) -> Any:
    n, rng = len(pool), np.random.default_rng(0)
    rows = np.arange(n) if n <= _SEEN else np.sort(rng.choice(n, _SEEN, replace=False))
    try:
        scaler = StandardScaler().fit(take(pool.features, rows))
        scaler.fitted_on_pool_ = True
        return FrozenEstimator(scaler)
    except (TypeError, ValueError):  # no numbers; a fit will say so, and random rows need no model
        return StandardScaler()


def thaw_scaler(model: Any) -> Any:
    """Put the pool's scaler itself where `add_scaler` put it frozen, so that clones fit it anew.

    The model, fitted or not, is changed in place, and predicts what it did.
    """
    if isinstance(model, Pipeline):
        for place, (name, step) in enumerate(model.steps):
            if isinstance(step, FrozenEstimator) and hasattr(step, "fitted_on_pool_"):
                thawed = deepcopy(step.estimator)
                model.steps[place] = (name.replace("frozenestimator", "standardscaler"), thawed)
    elif hasattr(model, "member_probabilities"):
        for member in [m for _, m in model.estimators] + getattr(model, "estimators_", []):
            thaw_scaler(member)
    return model


def _forest(kind: Any) -> Any:
    # Two kinds of so few trees each: with few labels a fit takes as long as it has trees.
    return kind(n_estimators=_TREES, bootstrap=True, oob_score=True)
