"""Images of a project: found under one folder only, recognised by content, turned into numbers."""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from ..._rows.arrays import Floats
from ...errors import InputError

_LARGEST_BYTES = 50_000_000
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
}


def image_bytes(value: str | bytes | None, root: Path) -> bytes:
    """The bytes of an image, from the bytes themselves or a path relative to `root`.

    Raises
    ------
    InputError
        If the path leads out of `root`, also by a symbolic link, or there is no such file.
    """
    if isinstance(value, bytes):
        return value
    if not value or "\0" in value:
        raise InputError("The row has no image.")
    root = root.resolve()
    path = (root / value).resolve()
    if not path.is_relative_to(root):
        raise InputError(f"The image {value!r} lies outside the folder of the data, {root}.")
    try:
        if not path.is_file():
            raise InputError(f"There is no image {value!r} in {root}.")
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(f"The image {value!r} is larger than 50 MB; make it smaller.")
        return path.read_bytes()
    except OSError as problem:
        raise InputError(f"The image {value!r} can't be read: {problem.strerror}.") from None


def media_type(content: bytes) -> str | None:
    """The media type of an image that browsers show and that cannot hold a script, or None."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)


def image_digest(content: bytes) -> str:
    """Changes with the image."""
    return blake2b(content, digest_size=16).hexdigest()


def image_features(content: bytes, encoder: Any = None) -> Floats:
    """Numbers that a model can read an image by, shape (d,), float32.

    Parameters
    ----------
    content : bytes
    encoder : encoder of images or None
        None is `motherlode.embedding.Sketch`.

    Raises
    ------
    InputError
        If the bytes are no image.
    """
    # They load scikit-learn, which a server that shows images can spare.
    from ...embedding import Embedding, Sketch
    from ...embedding._images import decode_image

    return Embedding(encoder or Sketch()).transform([decode_image(content)])[0]
