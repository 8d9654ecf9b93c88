"""The rows to choose from, what models and geometry read of them, and how to find rows by hand."""

from typing import TYPE_CHECKING, Any

from .._inert.on_use import load_on_use

if TYPE_CHECKING:
    from ._pool import Pool
    from ._search import containing, like, where

__all__ = ["Pool", "containing", "like", "where"]

_HOMES = {"Pool": "_pool", "containing": "_search", "like": "_search", "where": "_search"}


def __getattr__(name: str) -> Any:
    # A server needs only the file formats, and loads no scikit-learn.
    return load_on_use(__name__, _HOMES, name)
