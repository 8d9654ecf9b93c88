"""Whole numbers that people hand in, checked."""

from typing import Any

import numpy as np

from ..errors import InputError


def check_whole(value: Any, name: str, least: int = 1) -> int:
    """Return a whole number of at least ``least``; ``name`` is what the parameter is called."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} is {value!r}; give a whole number of at least {least}.")
    return int(value)
