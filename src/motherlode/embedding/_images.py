"""Images as vectors: found in a folder, opened one by one, described by simple features."""

import io
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .._rows.arrays import Floats
from ..errors import InputError

_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")  # some others start a program to be read
_MOST_PIXELS = 64_000_000  # which take half a gigabyte while they are unpacked
_SIDE, _BINS = 16, 8


def image_files(folder: str | os.PathLike[str]) -> list[Path]:
    """List the paths of all images in a folder and the folders in it, in order of their names.

    Parameters
    ----------
    folder : path
        Files that end in .png, .jpg, .jpeg, .gif, .bmp, .webp, .tif or .tiff are images; hidden
        ones are left out, and what hidden folders hold.

    Returns
    -------
    list of Path
        `motherlode.Pool` takes it as a pool of images.

    Raises
    ------
    InputError
        If there is no such folder, or no image in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder} to look for images in.")
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in _ENDINGS
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    ]
    if not found:
        raise InputError(f"{folder} holds no image; they end in {', '.join(_ENDINGS)}.")
    return found


def names_image(text: str) -> bool:
    """Tell whether a text is what a file of an image is called."""
    return text.lower().endswith(_ENDINGS)


def open_image(path: Path, row: int) -> Any:
    """Open the image of a row in RGB, or raise an `InputError` that names it."""
    try:
        return decode_image(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"There is no image {path} (row {row}).") from None
    except OSError as problem:
        raise InputError(
            f"The image {path} (row {row}) can't be read: {problem.strerror}."
        ) from None
    except InputError as problem:
        raise InputError(f"{path} (row {row}): {problem}; replace it or leave it out.") from None


def decode_image(content: bytes) -> Any:
    """Make a ``PIL.Image`` in RGB of bytes, or raise an `InputError` if they are no image.

    Its width and height are looked at before it is unpacked: a small file can hold a huge picture.
    """
    if find_spec("PIL") is None:
        raise InputError('Reading images needs pillow: pip install "motherlode[images]".')
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of EXIF and palettes, which are passed over
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as found:
                if found.width * found.height > _MOST_PIXELS:
                    raise Image.DecompressionBombError
                return _as_shown(found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError(f"it has more than {_MOST_PIXELS / 1e6:.0f} million pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise InputError("it is no image that can be read") from None


def _as_shown(image: Any) -> Any:
    """Make RGB of an image as browsers show it: turned by its EXIF, on white where it is clear.

    Sixteen bits of grey become eight; conversion alone would make nearly all of them white.
    """
    from PIL import Image, ImageOps

    try:
        image = ImageOps.exif_transpose(image)
    except Exception:  # damaged EXIF, which readers of images pass over
        image.load()
    if image.mode.startswith("I"):
        grey = np.asarray(image, dtype=np.float64)
        if grey.max(initial=0) > 255:
            return Image.fromarray((grey.clip(0, 65_535) / 257).astype(np.uint8)).convert("RGB")
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return image.convert("RGB")
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


@dataclass(frozen=True)
class Pixels:
    """The pixels of images scaled to one size: for small pictures of things in one position.

    Parameters
    ----------
    side : int
        Width and height after scaling.
    colour : bool
        Three numbers a pixel instead of its grey value.
    """

    side: int = 16
    colour: bool = False

    def encode(self, images: Sequence[Any]) -> Floats:
        """Scale images and list their pixels.

        Parameters
        ----------
        images : sequence of n ``PIL.Image``

        Returns
        -------
        ndarray of shape (n, side²), or (n, 3 side²) in colour
            In [0, 1].
        """
        mode = "RGB" if self.colour else "L"
        return np.stack([_scale(image, self.side, mode).ravel() for image in images])


@dataclass(frozen=True)
class Hog:
    """Histograms of oriented gradients: for shapes, whatever their brightness.

    Parameters
    ----------
    side : int
        Width and height to which images are scaled first, at least 16.

    References
    ----------
    Dalal & Triggs (2005), Histograms of oriented gradients for human detection, CVPR.
    """

    side: int = 64

    def encode(self, images: Sequence[Any]) -> Floats:
        """Count nine directions in cells of 8 × 8 pixels; blocks of 2 × 2 cells have length one.

        Parameters
        ----------
        images : sequence of n ``PIL.Image``

        Returns
        -------
        ndarray of shape (n, d)

        Raises
        ------
        InputError
            If scikit-image is not installed.
        """
        if find_spec("skimage") is None:
            raise InputError('Hog needs scikit-image: pip install "motherlode[images]".')
        if self.side < 16:
            raise InputError(
                f"Hog of side {self.side} has no block of 2 × 2 cells; give 16 or more."
            )
        from skimage.feature import hog

        scaled = (_scale(image, self.side, "L") for image in images)
        return np.stack([hog(grey, cells_per_block=(2, 2)) for grey in scaled])


@dataclass(frozen=True)
class Sketch:
    """A thumbnail, edges and colours, 750 numbers: the default, for a first look at any images.

    They are a grey thumbnail of 16 × 16, the strengths of its edges in eight directions over 4 × 4
    cells, the mean colours of an 11 × 11 grid, the aspect ratio, brightness and contrast. Only
    pillow is needed. For photographs, give a network of your own.
    """

    def encode(self, images: Sequence[Any]) -> Floats:
        """Compute the numbers.

        Parameters
        ----------
        images : sequence of n ``PIL.Image``

        Returns
        -------
        ndarray of shape (n, 750), float32
        """
        return np.stack([_sketch(image) for image in images]).astype(np.float32)


def _sketch(image: Any) -> Floats:
    width, height = image.size
    large = _scale(image, 64, "L")
    overall = np.array([width / height, large.mean(), large.std()])
    small, colours = _scale(image, _SIDE, "L"), _scale(image, 11, "RGB")
    return np.concatenate([small.ravel(), _edges(large), colours.ravel(), overall])


def _scale(image: Any, side: int, mode: str) -> Floats:
    return np.asarray(image.resize((side, side)).convert(mode), dtype=np.float64) / 255


def _edges(grey: Floats) -> Floats:
    """Measure edges by direction in each of 4 × 4 cells; each cell has length one."""
    down, across = np.gradient(grey)
    direction = ((np.arctan2(down, across) % np.pi) / np.pi * _BINS).astype(int) % _BINS
    cell = np.arange(64) // 16
    place = (cell[:, None] * 4 + cell[None, :]) * _BINS + direction
    strength = np.bincount(place.ravel(), np.hypot(down, across).ravel(), 16 * _BINS)
    cells = strength.reshape(16, _BINS)
    return np.asarray(cells / (np.linalg.norm(cells, axis=1, keepdims=True) + 1e-3)).ravel()
