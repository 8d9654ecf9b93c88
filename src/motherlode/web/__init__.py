"""The labelling page and the REST API of a project, as an ASGI application."""

from typing import TYPE_CHECKING, Any

from .._inert.on_use import load_on_use

if TYPE_CHECKING:
    from ._access import Access
    from ._app import make_app

_HOMES = {"Access": "_access", "make_app": "_app"}
__all__ = ["Access", "make_app"]


def __getattr__(name: str) -> Any:
    # On use, since the modules of this package import each other.
    return load_on_use(__name__, _HOMES, name, "The server needs")
