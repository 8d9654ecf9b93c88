"""The labelling page and the REST API of a project, as an ASGI application."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._access import Access
    from ._app import make_app

_HOMES = {"Access": "_access", "make_app": "_app"}
__all__ = ["Access", "make_app"]


def __getattr__(name: str) -> Any:
    # On use, since the modules of this package import each other.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    except ModuleNotFoundError as error:
        said = f'The server needs {error.name}: pip install "motherlode[app]".'
        raise ModuleNotFoundError(said, name=error.name) from error
