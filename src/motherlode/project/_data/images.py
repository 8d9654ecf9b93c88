"""Images of a project: read from one folder only, recognised by content, and encoded."""

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


def read_image(value: str | bytes | None, root: Path) -> bytes:
    """Read an image from a path relative to `root`; bytes are given back as they are."""
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


def find_media_type(content: bytes) -> str | None:
    """Find the media type of an image that browsers show and that cannot hold a script, or None."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)


def digest_image(content: bytes) -> str:
    """Make a digest, which changes with the image."""
    return blake2b(content, digest_size=16).hexdigest()


def encode_image(content: bytes, encoder: Any = None) -> Floats:
    """Encode an image, by `motherlode.embedding.Sketch` if no encoder is given, shape (d,)."""
    # These load scikit-learn, which a server does not need to show images.
    from ...embedding import Embedding, Sketch
    from ...embedding._images import decode_image

    return Embedding(encoder or Sketch()).transform([decode_image(content)])[0]
