"""The default model."""

from copy import deepcopy
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from .._rows.matrix import take
from ..pool import Pool
from ._first_weights import FIRST_WEIGHTS, MEMBERS
from ._kernel import KernelLogisticRegression
from ._reading import CategoryCodes, TailScaler
from ._several import SkillWeighted

_SEEN = 100_000  # rows that a step before a model is fitted on
_TREES = 30


def default_model(pool: Pool) -> Any:
    """Choose a linear model for sparse features, as those of texts; else four models by skill.

    Those are logistic regression on the features and on likeness to known rows, a random forest
    and extremely randomised trees. With many sparse columns trees and likeness do not help. The
    first two read columns with their tails drawn in, the trees one column for each category.
    """
    if pool.encoded is not pool:  # the data is passed through, which these models can't read
        encoder = FrozenEstimator(pool.encoded.transformer)
        return make_pipeline(encoder, default_model(pool.encoded))
    if issparse(pool.features):
        return LogisticRegression(C=10.0, max_iter=1000)
    models = (
        _fitted_before(TailScaler(), LogisticRegression(max_iter=1000), pool),
        _fitted_before(TailScaler(), KernelLogisticRegression(), pool),
        _forest(RandomForestClassifier, pool),
        _forest(ExtraTreesClassifier, pool),
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
    return model if issparse(pool.features) else _fitted_before(StandardScaler(), model, pool)


def _fitted_before(step: Any, model: Any, pool: Pool) -> Any:
    """Put a transformer that is fitted on the pool before a model."""
    return make_pipeline(pool.once(("before", str(step)), lambda: _fit_on(pool, step)), model)


def _fit_on(pool: Pool, step: Any) -> Any:
    n, rng = len(pool), np.random.default_rng(0)
    rows = np.arange(n) if n <= _SEEN else np.sort(rng.choice(n, _SEEN, replace=False))
    try:
        fitted = clone(step).fit(take(pool.features, rows))
        fitted.fitted_on_pool_ = True
        return FrozenEstimator(fitted)
    except (TypeError, ValueError):  # no numbers; a fit will say so, and random rows need no model
        return step


def thaw_scaler(model: Any) -> Any:
    """Put what is fitted on the pool itself where it stood frozen, so that clones fit it anew.

    The model, fitted or not, is changed in place, and predicts what it did.
    """
    if isinstance(model, Pipeline):
        for place, (name, step) in enumerate(model.steps):
            if isinstance(step, FrozenEstimator) and hasattr(step, "fitted_on_pool_"):
                thawed = deepcopy(step.estimator)
                own = type(thawed).__name__.lower()
                model.steps[place] = (name.replace("frozenestimator", own), thawed)
    elif hasattr(model, "member_probabilities"):
        for member in [m for _, m in model.estimators] + getattr(model, "estimators_", []):
            thaw_scaler(member)
    return model


def _forest(kind: Any, pool: Pool) -> Any:
    # Two kinds of so few trees each: with few labels a fit takes as long as it has trees.
    forest = kind(n_estimators=_TREES, bootstrap=True, oob_score=True)
    groups = pool.columns_of_categories
    return _fitted_before(CategoryCodes(groups), forest, pool) if groups else forest
