"""Images in requests, as texts in base64."""

import binascii
from base64 import b64decode
from typing import Any

from ..errors import InputError


def decode_image(value: Any) -> bytes:
    """Decode an image; an `InputError` is raised if it is none."""
    try:
        return b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise InputError("An image is no text in base64; send its content so.") from None
