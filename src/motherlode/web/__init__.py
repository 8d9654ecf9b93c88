"""The labelling page and the REST API of a project, as an ASGI application."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._access import Access
    from ._app import make_app

__all__ = ["Access", "make_app"]


def __getattr__(name: str) -> Any:
    # On use, since the modules of this package import each other.
    if name == "Access":
        from ._access import Access

        return Access
    if name == "make_app":
        from ._app import make_app

        return make_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
