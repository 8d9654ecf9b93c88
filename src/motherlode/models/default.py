"""The model where the user names none."""

from typing import Any

from scipy.sparse import issparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from ..pool import Pool


def default_model(pool: Pool) -> Any:
    """A linear model for sparse features such as text, a forest for all others."""
    if issparse(pool.features):
        return LogisticRegression(C=10.0, max_iter=1000)
    return RandomForestClassifier(n_estimators=200)


def without_class_weights(model: Any) -> Any:
    """A clone of ``model`` with every ``class_weight`` inside it taken out.

    A re-weighted model moves its boundary into the majority and drags uncertainty sampling
    with it, so the model that asks is fitted without; the model to ship keeps its weights.
    """
    from sklearn.base import clone

    fresh = clone(model)
    weights = [n for n in fresh.get_params(deep=True) if n.split("__")[-1] == "class_weight"]
    return fresh.set_params(**dict.fromkeys(weights)) if weights else fresh
