"""Methods of a model that has them if the estimator inside has."""

from collections.abc import Callable
from typing import Any


def estimator_has(method: str) -> Callable[[Any], bool]:
    """Make a check of whether the estimator inside a model has a method, for ``available_if``.

    The fitted one decides where there is one: a stack, say, has no ``predict_proba`` before.
    """

    def check(model: Any) -> bool:
        fitted = vars(model).get("estimator_")
        return hasattr(model.estimator if fitted is None else fitted, method)

    return check
