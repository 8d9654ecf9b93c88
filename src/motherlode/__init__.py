"""Find and learn the rare class in a large unlabelled pool, with as few labels as possible."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from .errors import InputError

if _TYPE_CHECKING:
    __version__: str
    from ._inert.versions import show_versions
    from .estimation import evaluate
    from .learner._learner import ActiveLearner
    from .learner._query import Query
    from .pool import Pool

__all__ = [
    "ActiveLearner",
    "InputError",
    "Pool",
    "Query",
    "__version__",
    "evaluate",
    "show_versions",
]

_HOMES = {
    "ActiveLearner": "learner",
    "Query": "learner",
    "Pool": "pool",
    "evaluate": "estimation",
    "show_versions": "_inert.versions",
}
_ROOMS = {
    *(
        "cli",
        "displays",
        "embedding",
        "errors",
        "estimation",
        "geometry",
        "learner",
        "measures",
        "metrics",
    ),
    *("models", "pool", "priors", "project", "searches", "session", "simulation", "stopping"),
    *("strategies", "testing", "web"),
}


def __getattr__(name: str) -> _Any:
    # On use: a server or a command that fits nothing does not wait for scikit-learn.
    if name in _ROOMS:
        return _import_module(f".{name}", __name__)
    if name == "__version__":
        from importlib.metadata import version

        globals()[name] = found = version("motherlode")
        return found
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(_import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    public = {name for name in globals() if not name.startswith("_") or name.endswith("__")}
    return sorted(public | {*__all__} | _ROOMS)
