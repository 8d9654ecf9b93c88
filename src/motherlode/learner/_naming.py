"""Strategies, rules and models as JSON: by name and parameters.

Only classes of motherlode and of a few libraries of models are named, so that a file from somebody
else can make no other object. Whatever else there is must be handed in by who loads it.
"""

import inspect
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator

from .. import models
from .._round.selection import Control, Selection
from ..errors import InputError
from ..models import _committee, _network_committee
from ..strategies._base.strategy import Strategy
from ._candidates import Candidates

LIBRARIES = ("motherlode", "sklearn", "imblearn", "xgboost", "lightgbm", "catboost")
"""Whose models a file may name."""

_KINDS: tuple[type, ...] = (Strategy, Candidates, Selection, Control)
_PLAIN = (bool, int, str, type(None))


class CannotBeNamed(Exception):
    """An object that JSON has no name for; the message says which."""


def to_json(value: Any) -> Any:
    """Name a value, or raise `CannotBeNamed`."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, list):
        return [to_json(each) for each in value]
    if isinstance(value, tuple):
        return {"tuple": [to_json(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[to_json(key), to_json(each)] for key, each in value.items()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufU":
        return {"array": value.tolist(), "dtype": value.dtype.str}
    if isinstance(value, type) and issubclass(value, np.generic):
        return {"dtype": np.dtype(value).str}
    if _named_dataclass(type(value)):
        return {"kind": type(value).__name__, "of": _name_fields(value)}
    return {"estimator": _path_of(value), "parameters": _name_parameters(value)}


def of_json(said: Any) -> Any:
    """Make the value that `to_json` named, or raise an `InputError`."""
    if isinstance(said, list):
        return [of_json(each) for each in said]
    if not isinstance(said, dict):
        return said
    try:
        return _made(said)
    except (KeyError, TypeError, ValueError, AttributeError, ImportError) as problem:
        raise InputError(f"A setting of the saved learner can't be made: {problem}") from None


def _made(said: dict[str, Any]) -> Any:
    if "float" in said:
        return float(said["float"])
    if "tuple" in said:
        return tuple(of_json(said["tuple"]))
    if "dict" in said:
        return {of_json(key): of_json(each) for key, each in said["dict"]}
    if "array" in said:
        return np.array(said["array"], dtype=np.dtype(said["dtype"]))
    if "dtype" in said:
        return np.dtype(said["dtype"]).type
    if "kind" in said:
        return _make_dataclass(said["kind"], said["of"])
    cls = _estimator_of(said["estimator"])
    return cls(**{name: of_json(each) for name, each in said["parameters"].items()})


def _name_fields(value: Any) -> dict[str, Any]:
    return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}


def _make_dataclass(name: str, said: dict[str, Any]) -> Any:
    cls = _dataclasses().get(name)
    if cls is None:
        raise ValueError(f"there is no {name} in this version of motherlode.")
    values = {key: of_json(each) for key, each in said.items()}
    if set(values) != {f.name for f in fields(cls)}:
        raise ValueError(f"{name} has other settings in this version of motherlode.")
    if cls.__dataclass_params__.init:
        return cls(**values)
    # Its own constructor takes the parts in a shorter form.
    made = object.__new__(cls)
    for key, each in values.items():
        object.__setattr__(made, key, each)
    return made


def _named_dataclass(cls: type) -> bool:
    return is_dataclass(cls) and _dataclasses().get(cls.__name__) is cls


def _dataclasses() -> dict[str, Any]:
    """List the frozen dataclasses that a setting may hold, by their names."""
    found: dict[str, Any] = {c.__name__: c for kind in _KINDS for c in _descend(kind)}
    for module in (models, _committee, _network_committee):
        own = (each for each in vars(module).values() if isinstance(each, type))
        found |= {cls.__name__: cls for cls in own if is_dataclass(cls)}
    return found


def _descend(kind: type) -> Iterator[type]:
    """List motherlode's own dataclasses of a kind."""
    if kind.__module__.split(".")[0] == "motherlode" and is_dataclass(kind):
        yield kind
    below: list[type] = kind.__subclasses__()
    for each in below:
        yield from _descend(each)


def _name_parameters(model: Any) -> dict[str, Any]:
    """Name the parameters that differ from what the class takes by default."""
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(type(model).__init__).parameters.items()
    }
    return {
        name: to_json(value)
        for name, value in model.get_params(deep=False).items()
        if name not in defaults or not _is_default(value, defaults[name])
    }


def _is_default(value: Any, default: Any) -> bool:
    if value is default:
        return True
    plain = isinstance(value, (*_PLAIN, float)) and type(value) is type(default)
    return plain and value == default


def _path_of(model: Any) -> str:
    """Find the shortest path under which a class of models is public."""
    cls = type(model)
    parts = cls.__module__.split(".")
    fitted_inside = isinstance(model, FrozenEstimator)
    named = parts[0] in LIBRARIES and "<" not in cls.__qualname__ and "." not in cls.__qualname__
    if fitted_inside or not named or not hasattr(model, "get_params"):
        raise CannotBeNamed(cls.__name__)
    public = [part for part in parts if not part.startswith("_")]
    for upto in range(1, len(public) + 1):
        module = ".".join(public[:upto])
        if getattr(import_module(module), cls.__name__, None) is cls:
            return f"{module}.{cls.__name__}"
    return f"{cls.__module__}.{cls.__name__}"


def _estimator_of(path: str) -> Any:
    module, _, name = path.rpartition(".")
    if module.split(".")[0] not in LIBRARIES:
        raise ValueError(f"{path} is of no library whose models are named.")
    cls = getattr(import_module(module), name)
    if not (isinstance(cls, type) and hasattr(cls, "get_params")):
        raise ValueError(f"{path} is no model.")
    return cls
