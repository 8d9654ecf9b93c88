"""Images of a project: found under one folder only, recognised by content, turned into numbers."""

import io
from hashlib import blake2b
from pathlib import Path

import numpy as np

from ..arrays import Floats
from ..errors import InputError

_SIDE = 16
_BINS = 8
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


def image_features(content: bytes) -> Floats:
    """Numbers that a model can read an image by, shape (1000,), float32.

    A grey thumbnail of 16 × 16, the strengths of its edges in eight directions over 4 × 4 cells
    (as in histograms of oriented gradients), and the mean colours of an 11 × 11 grid, with the
    aspect ratio and a few overall moments. For photographs, give vectors of a network of your own.

    Raises
    ------
    InputError
        If the bytes are no image.

    References
    ----------
    Dalal & Triggs (2005), Histograms of oriented gradients for human detection, CVPR.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as opened:
            width, height = opened.size
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise InputError("it is no image that can be read") from None
    large = np.asarray(picture.resize((64, 64)).convert("L"), dtype=np.float64) / 255
    thumbnail = np.asarray(picture.resize((_SIDE, _SIDE)).convert("L"), dtype=np.float64) / 255
    colours = np.asarray(picture.resize((11, 11)), dtype=np.float64) / 255
    overall = [width / height, large.mean(), large.std()]
    parts = [thumbnail.ravel(), _edges(large), colours.ravel(), np.array(overall)]
    return np.concatenate(parts).astype(np.float32)


def _edges(grey: Floats) -> Floats:
    """Edge strength by direction in each of 4 × 4 cells, each cell at length one."""
    down, across = np.gradient(grey)
    direction = ((np.arctan2(down, across) % np.pi) / np.pi * _BINS).astype(int) % _BINS
    cell = np.arange(64) // 16
    place = (cell[:, None] * 4 + cell[None, :]) * _BINS + direction
    strength = np.bincount(place.ravel(), np.hypot(down, across).ravel(), 16 * _BINS)
    cells = strength.reshape(16, _BINS)
    return np.asarray(cells / (np.linalg.norm(cells, axis=1, keepdims=True) + 1e-3)).ravel()
