"""Fits in which some rows count for less than others."""

from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from .._rows.arrays import Floats, Matrix

_PARTS = {"estimator", "estimators", "final_estimator"}


def takes_weights(model: Any) -> bool:
    """Whether ``model`` can be told how much each row counts.

    A pipeline can if its last step can and no step makes up or drops rows. Of other models
    around models only `SkillWeighted` is known to hand weights on as they are.
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
    """Weights as ``fit`` takes them by name, a pipeline for its last step; none for None."""
    if sample_weight is None:
        return {}
    last = f"{model.steps[-1][0]}__" if isinstance(model, Pipeline) else ""
    return {f"{last}sample_weight": sample_weight}


def fit_weighted(model: Any, X: Matrix, y: Any, sample_weight: Floats | None) -> Any:
    """``model``, fitted with weights; None for no weights."""
    return model.fit(X, y, **fit_parameters(model, sample_weight))
