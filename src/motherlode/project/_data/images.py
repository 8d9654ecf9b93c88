"""Images of a project: read from one folder only, recognised by content, and encoded."""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ..._inert.description import pluralise
from ..._rows.arrays import Floats
from ...errors import InputError

_NAMED = 5  # images in a message
_LARGEST_BYTES = 50_000_000
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
}


def read_image(value: str | bytes | None, root: Path | None) -> bytes:
    """Read an image from a path relative to `root`, if any; bytes are given back as they are."""
    if isinstance(value, bytes):
        return value
    if not value or "\0" in value or root is None:
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


def encode_images(
    values: Iterable[str | bytes | None],
    root: Path | None,
    encoder: Any = None,
    progress: Callable[[int], None] = lambda done: None,
    first: int = 0,
) -> tuple[list[Floats], list[str]]:
    """Read and encode every image: its features, shape (d,), and its digest.

    Parameters
    ----------
    values : iterable
        A path relative to `root`, or bytes, for each row.
    root : Path, optional
        Without it only bytes are images.
    encoder : object, optional
        By default `motherlode.embedding.Sketch`.
    progress : callable
        It is told how many rows are done.
    first : int
        The number of the first row, for messages.

    Raises
    ------
    InputError
        If any can't be used; it names the first of them, and how many there are.
    """
    features, digests, unusable = [], [], []
    for row, value in enumerate(values, first):
        try:
            content = read_image(value, root)
            features.append(encode_image(content, encoder))
            digests.append(digest_image(content))
        except InputError as problem:
            where = repr(value) if value and isinstance(value, str) else f"row {row} counted from 0"
            unusable.append(f"{where} ({str(problem).rstrip('.')})")
        progress(row - first + 1)
    if unusable:
        named = ", ".join(unusable[:_NAMED]) + (", …" if len(unusable) > _NAMED else "")
        raise InputError(
            f"{pluralise(len(unusable), 'image')} can't be used; replace or leave out: {named}."
        )
    return features, digests
