"""A row as the widget draws it: a text, a picture, or fields in reading order."""

import base64
import io
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from ..._rows.gaps import is_gap
from ..._rows.matrix import is_frame
from ...embedding._images import decode_image, open_image
from ...errors import InputError
from ...pool import Pool

_MOST_NUMBERS = 20
_LONGEST_SIDE = 1024
_CLEAR_SIDE = 192  # smaller pictures are enlarged
_LARGE = 256 * 256  # pixels from which JPEG is used
_HINT = "These are numbers alone; learner.label(show=...) can show what they stand for."

Drawing = dict[str, Any]
"""What the script gets of a row: ``kind``, ``columns`` and ``content`` as `row.js` reads them."""


def draw_row(pool: Pool, row: int, show: Callable[[int], Any] | None) -> Drawing:
    """Draw what the pool holds of a row, or what ``show`` makes of its id."""
    try:
        value = _held(pool, row) if show is None else _shown(show, row)
        drawing = _draw(value, row)
    except InputError as problem:
        return {**_fields({}), "problem": str(problem)}
    if show is None and not pool_says_something(value):
        drawing["hint"] = _HINT
    return drawing


def pool_says_something(value: Any) -> bool:
    """Tell whether a row is more than numbers without names."""
    return not _is_array(value) or _is_picture(value)


def _held(pool: Pool, row: int) -> Any:
    found = pool[np.array([row])]
    if is_frame(found):
        return nw.from_native(found, eager_only=True).rows(named=True)[0]
    return found[[0]].tocoo() if issparse(found) else found[0]


def _shown(show: Callable[[int], Any], row: int) -> Any:
    try:
        return show(row)
    except Exception as error:
        raise InputError(f"show({row}) raised {type(error).__name__}: {error}") from error


def _draw(value: Any, row: int) -> Drawing:
    if _is_picture(value):
        return {**_fields({}), "image": _picture(value, row)}
    if isinstance(value, Mapping):
        return _draw_fields(value, row)
    if issparse(value):
        return _fields(_heaviest(value))
    if _is_array(value) or isinstance(value, list | tuple):
        return _fields(_numbered(value))
    content = {"text": _plain(value)}
    return {"kind": "text", "columns": ["text"], "kinds": {}, "content": content}


def _draw_fields(value: Mapping[Any, Any], row: int) -> Drawing:
    """Draw named fields; the first picture among them stands above the rest."""
    pictures = [name for name, one in value.items() if _is_picture(one)]
    drawing = _fields({name: one for name, one in value.items() if name not in pictures})
    if pictures:
        drawing["image"] = _picture(value[pictures[0]], row)
    return drawing


def _fields(values: Mapping[Any, Any]) -> Drawing:
    # A list, since the script's objects put names that are whole numbers first.
    fields = [[str(name), _plain(value)] for name, value in values.items()]
    numbers = {str(name): "number" for name, value in values.items() if _is_number(value)}
    return {"kind": "table", "columns": [], "kinds": numbers, "content": fields}


def _numbered(values: Any) -> dict[str, Any]:
    listed = list(np.ravel(values) if _is_array(values) else values)
    fields = {f"column {i}": value for i, value in enumerate(listed[:_MOST_NUMBERS])}
    return fields | _left_out(len(listed) - _MOST_NUMBERS)


def _heaviest(row: Any) -> dict[str, Any]:
    """List the numbers of a sparse row that are furthest from zero."""
    order = np.argsort(-np.abs(row.data), kind="stable")
    fields = {f"column {row.col[i]}": row.data[i] for i in order[:_MOST_NUMBERS]}
    return fields | _left_out(len(order) - _MOST_NUMBERS)


def _left_out(more: int) -> dict[str, Any]:
    return {"…": f"{more:,} more"} if more > 0 else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _plain(value: Any) -> str | None:
    """Make a text of a value, with all digits, or None if there is none."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if is_gap(value):
        return None
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    # Half a surrogate pair has no code in UTF-8, in which messages go to the browser.
    return str(value).encode(errors="replace").decode()


def _is_array(value: Any) -> bool:
    return issparse(value) or (
        hasattr(value, "__array__") and not isinstance(value, np.generic) and np.ndim(value) > 0
    )


def _is_picture(value: Any) -> bool:
    if isinstance(value, Path | bytes) or _is_pillow(value):
        return True
    return _is_array(value) and not issparse(value) and _is_picture_shape(np.shape(value))


def _is_pillow(value: Any) -> bool:
    return hasattr(value, "getbands") and hasattr(value, "thumbnail")


def _is_picture_shape(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or (len(shape) == 3 and bool({shape[0], shape[2]} & {1, 3, 4}))


def _picture(value: Any, row: int) -> str:
    """Make the address that holds a picture itself, for the browser."""
    if find_spec("PIL") is None:
        raise InputError('Showing pictures needs pillow: pip install "motherlode[images]".')
    image = _open(value, row)
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    times = _CLEAR_SIDE // max(image.size)
    if times > 1:
        image = image.resize((image.width * times, image.height * times), 0)  # of whole pixels
    large = image.width * image.height > _LARGE
    kind = "JPEG" if large else "PNG"
    content = io.BytesIO()
    image.save(content, kind, **({"quality": 88} if large else {}))
    return f"data:image/{kind.lower()};base64,{base64.b64encode(content.getvalue()).decode()}"


def _open(value: Any, row: int) -> Any:
    if isinstance(value, Path):
        return open_image(value, row)
    if isinstance(value, bytes):
        try:
            return decode_image(value)
        except InputError as problem:
            raise InputError(f"The picture of row {row} can't be shown: {problem}.") from None
    if _is_pillow(value):
        return value.convert("RGB")
    from PIL import Image

    return Image.fromarray(_bytes_of(np.asarray(value))).convert("RGB")


def _bytes_of(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale pixels to bytes: of 0 to 1 in full, and of any other numbers from least to most."""
    if pixels.ndim == 3 and pixels.shape[2] not in (1, 3, 4):
        pixels = np.moveaxis(pixels, 0, 2)  # colours come first in PyTorch
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    numbers = np.nan_to_num(pixels.astype(np.float64))
    low, high = numbers.min(), numbers.max()
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    scaled = (numbers - low) / ((high - low) or 1.0)
    return np.rint(255 * scaled).astype(np.uint8)
