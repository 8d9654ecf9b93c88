"""Encoders that a recipe can name; rows are encoded when a project is made."""

from collections.abc import Callable
from typing import Any

from ..._registry import Registry
from ...embedding import EfficientNet, Hog, Pixels, Sketch, SketchedNet, UniversalSentence, minilm
from ...embedding._efficientnet import is_installed
from ...errors import InputError

_GROUP = "motherlode.encoders"
ENCODERS: dict[str, Registry[Callable[[], Any]]] = {
    "text": Registry("encoder of text", _GROUP, {"minilm": minilm, "use": UniversalSentence}),
    "image": Registry(
        "encoder of image",
        _GROUP,
        {
            "sketched_net": SketchedNet,
            "efficientnet": EfficientNet,
            "sketch": Sketch,
            "pixels": Pixels,
            "hog": Hog,
        },
    ),
}
"""By the kind of rows. Those of installed packages are offered for both kinds."""


def default_encoder(kind: str) -> str | None:
    """Name the encoder of a new project that asks for none; None for words, tables and vectors."""
    if kind != "image":
        return None
    return "sketched_net" if is_installed() else "sketch"


def installed_encoders(kind: str) -> list[str]:
    """List the encoders of a kind of rows whose packages are installed."""
    own = ENCODERS[kind].own
    return [name for name in ENCODERS[kind].names() if name not in own or _is_there(own[name])]


def _is_there(make: Callable[[], Any]) -> bool:
    try:
        make()
    except InputError:
        return False
    return True


def choose_encoder(name: str | None, kind: str) -> str | None:
    """Name the encoder whose vectors a project's models read; None if they read none."""
    return name or ("sketch" if kind == "image" else None)


def get_encoder(name: str, kind: str) -> Any:
    """Make the encoder of a name.

    Parameters
    ----------
    name : str
        Such as ``"minilm"``, or a name that an installed package adds.
    kind : {"text", "image"}
        What it is to read.

    Returns
    -------
    encoder of texts or images
        As `motherlode.embedding.Embedding` takes it.

    Raises
    ------
    InputError
        If there is none of that name for rows of that kind, or it lacks a package.
    """
    if kind not in ENCODERS:
        raise InputError(f"The rows are {kind}, and an encoder ({name!r}) reads texts or images.")
    return ENCODERS[kind].make(name)
