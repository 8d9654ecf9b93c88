"""Find and learn the rare class in a large unlabelled pool, with as few labels as possible."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from .errors import InputError

if _TYPE_CHECKING:
    from .learner._learner import ActiveLearner
    from .learner._query import Query
    from .pool import Pool

__all__ = ["ActiveLearner", "InputError", "Pool", "Query", "__version__"]

__version__ = "0.1.0"

_HOMES = {"ActiveLearner": "learner", "Query": "asking", "Pool": "pool"}


def __getattr__(name: str) -> _Any:
    # On use: a server or a command that fits nothing does not wait for scikit-learn.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(_import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
