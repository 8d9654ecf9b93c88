"""Names of a package that are loaded on use: what they need is slow to load, or in an extra."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def load_on_use(package: str, homes: Mapping[str, str], name: str, what: str | None = None) -> Any:
    """Load a name that a package offers from the module that is its home.

    Parameters
    ----------
    package : str
        The full name of the package.
    homes : mapping of str to str
        The module of each name that is offered, within the package; with a dot more, beside it.
    name : str
        What is asked for.
    what : str, optional
        What needs the extra ``app``, as in "The server needs"; None if no extra is needed.

    Raises
    ------
    AttributeError
        If the package offers no such name.
    ModuleNotFoundError
        If a package of the extra is not installed; the message says how to install it.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f".{homes[name]}", package), name)
    except ModuleNotFoundError as error:
        if what is None:
            raise
        said = f'{what} {error.name}: pip install "motherlode[app]".'
        raise ModuleNotFoundError(said, name=error.name) from error
