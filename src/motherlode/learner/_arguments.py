"""What an `ActiveLearner` is made of, checked before it begins."""

from typing import Any

from sklearn.base import clone, is_classifier, is_regressor
from sklearn.pipeline import Pipeline

from ..errors import InputError
from ..models._adapt import as_classifier

COPIES = ("once", "each")
"""Whether rows with equal features are asked once, or each for itself."""


def check_model(model: Any, name: str) -> Any:
    """Make a classifier of what was given, and copy it."""
    model = as_classifier(model)
    if isinstance(model, type):
        raise InputError(f"{name} is the class {model.__name__}; call it: {model.__name__}().")
    if not (hasattr(model, "fit") and hasattr(model, "get_params")):
        if callable(model) and hasattr(model, "__name__"):
            made = model.__name__
            raise InputError(
                f"{name} is the function {made}; if it builds a network, wrap it as "
                f"KerasClassifier({made}) or TorchClassifier({made})."
            )
        raise InputError(
            f"{name} is {model!r}; give a scikit-learn classifier, which has fit and get_params, "
            "or a network of Keras or PyTorch."
        )
    if is_regressor(model):
        raise InputError(f"{name} is the regressor {type(model).__name__}; give a classifier.")
    if not (is_classifier(model) or hasattr(model, "predict_proba")):
        last = model.steps[-1][1] if isinstance(model, Pipeline) else model
        is_network = as_classifier(last) is not last
        cure = "; wrap its network in KerasClassifier or TorchClassifier" if is_network else ""
        raise InputError(f"{name} is {type(model).__name__}, which predicts no class{cure}.")
    try:
        return clone(model)
    except RuntimeError as error:  # a constructor that changes what it is given, as CatBoost's
        raise InputError(
            f"{name} can't be copied as scikit-learn does it ({error}); give such a setting as a "
            "tuple, or as the constructor leaves it."
        ) from error


def check_method(method: str, rule: Any, name: str) -> Any:
    """Return an object that has a method of this name."""
    if isinstance(rule, type) or not callable(getattr(rule, method, None)):
        raise InputError(f"{name} is {rule!r}; give an object that has a method {method}().")
    return rule


def check_copies(rule: Any) -> str:
    """Return one of `COPIES`."""
    if rule not in COPIES:
        raise InputError(f"copies is {rule!r}; it is one of {', '.join(map(repr, COPIES))}.")
    return str(rule)
