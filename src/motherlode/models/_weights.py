"""Fits that are told more than rows and labels: how much each counts, and which are presumed."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike
from sklearn import config_context, get_config
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.validation import has_fit_parameter

from .._rows.arrays import Codes, Floats, Matrix

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


def takes_presumed(model: Any) -> bool:
    """Tell whether ``model``, or a member of it, can be told which rows nobody labelled."""
    if isinstance(model, Pipeline):
        resamples = any(hasattr(step, "fit_resample") for _, step in model.steps)
        return not resamples and takes_presumed(model.steps[-1][1])
    if hasattr(model, "member_probabilities"):
        return any(takes_presumed(member) for _, member in model.estimators)
    return has_fit_parameter(model, "presumed")


def fit_parameters(model: Any, sample_weight: Any, presumed: Any = None) -> dict[str, Any]:
    """Name weights and presumed rows as ``fit`` takes them, a pipeline for its last step.

    What is None is left out, and presumed rows where the model cannot be told of them.
    """
    given = {} if sample_weight is None else {"sample_weight": sample_weight}
    if presumed is not None and takes_presumed(model):
        given["presumed"] = presumed
    last = ""
    while isinstance(model, Pipeline):
        name, model = model.steps[-1]
        last += f"{name}__"
    return {f"{last}{name}": value for name, value in given.items()}


def fit_told(
    model: Any, X: Matrix, y: Any, sample_weight: Floats | None, presumed: Codes | None = None
) -> Any:
    """Fit ``model`` with weights and presumed rows, each of which may be None."""
    given = fit_parameters(model, sample_weight, presumed)
    if not given:
        return model.fit(X, y)
    # They are ours, so no model can have requested them.
    with config_context(enable_metadata_routing=False):
        return model.fit(X, y, **given)


def routed_parameters(
    owner: Any,
    models: Mapping[str, Any],
    sample_weight: ArrayLike | None,
    presumed: ArrayLike | None = None,
    **others: Any,
) -> dict[str, dict[str, Any]]:
    """Name what the ``fit`` of each model in ``owner`` gets, by the model's name in ``owner``.

    With scikit-learn's metadata routing that is what each has requested, and else everything.
    """
    if get_config()["enable_metadata_routing"]:
        ours = {"sample_weight": sample_weight, "presumed": presumed}
        given = others | {name: value for name, value in ours.items() if value is not None}
        if not given:
            return {name: {} for name in models}
        routed = process_routing(owner, "fit", **given)
        return {name: dict(routed[name].fit) for name in models}
    return {name: fit_parameters(m, sample_weight, presumed) | others for name, m in models.items()}
