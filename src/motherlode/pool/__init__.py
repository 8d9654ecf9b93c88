"""The rows to choose from, what models and geometry read of them, and how to find rows by hand."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._pool import Pool
    from ._search import containing, like, where

__all__ = ["Pool", "containing", "like", "where"]

_HOMES = {"Pool": "_pool", "containing": "_search", "like": "_search", "where": "_search"}


def __getattr__(name: str) -> Any:
    # Loaded when it is used: a server needs only the file formats, and loads no scikit-learn.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
