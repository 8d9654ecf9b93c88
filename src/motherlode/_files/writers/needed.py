"""Packages that single formats need."""

from importlib.util import find_spec

from ...errors import InputError


def need(package: str, extra: str, said: str) -> None:
    """Raise an `InputError` that says what to install, if a package is missing."""
    if find_spec(package) is None:
        raise InputError(f'{said}: pip install "motherlode[{extra}]".')
