"""Encoders that a recipe can name; what they make of the rows is written when a project is made."""

from collections.abc import Callable
from typing import Any

from ..._registry import Registry
from ...embedding import Hog, Pixels, Sketch, minilm
from ...errors import InputError

_GROUP = "motherlode.encoders"
ENCODERS: dict[str, Registry[Callable[[], Any]]] = {
    "text": Registry("encoder of text", _GROUP, {"minilm": minilm}),
    "image": Registry("encoder of image", _GROUP, {"sketch": Sketch, "pixels": Pixels, "hog": Hog}),
}
"""By the kind of rows that they read; those of installed packages read what they can."""


def encoder_of(name: str | None, kind: str) -> str | None:
    """Which encoder's vectors a project's models read; None where they read no encoder's."""
    return name or ("sketch" if kind == "image" else None)


def encoder_named(name: str, kind: str) -> Any:
    """The encoder of a name.

    Raises
    ------
    InputError
        If there is none of that name for rows of that kind, or it lacks a package.
    """
    if kind not in ENCODERS:
        raise InputError(f"The rows are {kind}, and an encoder ({name!r}) reads texts or images.")
    return ENCODERS[kind].named(name)()
