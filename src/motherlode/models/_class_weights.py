"""Models without the weights of their classes.

A re-weighted model moves its boundary, and with it uncertainty sampling, into the majority. So the
query model is fitted without class weights, and the final model with them.
"""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

_NAMES = {
    "class_weight",
    "class_weights",  # CatBoost
    "auto_class_weights",
    "scale_pos_weight",  # XGBoost, LightGBM, CatBoost
    "is_unbalance",  # LightGBM
    "unbalance",
    "unbalanced_sets",
}


def without_class_weights(model: Any) -> Any:
    """Make ``model`` without any weights of classes; return it if there is none.

    They are taken out of all that it is made of, and out of the settings that a search varies.
    """
    found = _unweighted(model)
    return model if found is model else clone(found)


def _unweighted(value: Any) -> Any:
    """Rebuild a model, or a container of some, without weights; return it if there is none."""
    if isinstance(value, FrozenEstimator | type):
        return value
    if hasattr(value, "get_params"):
        settings = value.get_params(deep=False)
        kept = {name: _unweighted(v) for name, v in settings.items() if not _weighs(name, v)}
        # By its constructor, since CatBoost cannot be told to forget a setting.
        return value if _same(kept, settings) else type(value)(**kept)
    if isinstance(value, dict):
        plain = {k: _unweighted(part) for k, part in value.items() if not _weighs(k, part)}
        return value if _same(plain, value) else plain
    if type(value) in (list, tuple):
        parts = [_unweighted(part) for part in value]
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else type(value)(parts)
    return value


def _same(new: dict[Any, Any], old: dict[Any, Any]) -> bool:
    return len(new) == len(old) and all(new[key] is old[key] for key in new)


def _weighs(name: Any, value: Any) -> bool:
    """Tell whether a setting, or one that a search varies, weighs classes."""
    if not isinstance(name, str) or name.split("__")[-1] not in _NAMES:
        return False
    if isinstance(value, bool | str) or value is None:
        return value not in (False, None, "None")
    return isinstance(value, dict | list | tuple | np.ndarray) or value != 1
