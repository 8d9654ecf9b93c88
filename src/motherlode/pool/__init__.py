"""The rows to choose from, and what models and geometry read of them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._pool import Pool

__all__ = ["Pool"]


def __getattr__(name: str) -> Any:
    # Loaded when it is used: a server needs only the file formats, and loads no scikit-learn.
    if name == "Pool":
        from ._pool import Pool

        return Pool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
