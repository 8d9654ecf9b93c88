"""Fits with sample weights."""

from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from .._rows.arrays import Floats, Matrix

_PARTS = {"estimator", "estimators", "final_estimator"}


def takes_weights(model: Any) -> bool:
    """Tell whether ``model`` can be fitted with sample weights.

    A pipeline can if its last step can and no step makes or drops rows. Of other models that hold
    models only `SkillWeighted` is known to give them the weights unchanged.
    """
    if isinstance(model, Pipeline):
        resamples = any(hasattr(step, "fit_resample") for _, step in model.steps)
        return not resamples and takes_weights(model.steps[-1][1])
    if hasattr(model, "member_probabilities"):
        return all(takes_weights(member) for _, member in model.estimators)
    if not _PARTS.isdisjoint(model.get_params(deep=False)):
        return False
    return has_fit_parameter(model, "sample_weight")


def fit_parameters(model: Any, sample_weight: Floats | None) -> dict[str, Floats]:
    """Name the weights as ``fit`` takes them, a pipeline for its last step; nothing for None."""
    if sample_weight is None:
        return {}
    last = f"{model.steps[-1][0]}__" if isinstance(model, Pipeline) else ""
    return {f"{last}sample_weight": sample_weight}


def fit_weighted(model: Any, X: Matrix, y: Any, sample_weight: Floats | None) -> Any:
    """Fit ``model`` with weights; None for no weights."""
    return model.fit(X, y, **fit_parameters(model, sample_weight))
