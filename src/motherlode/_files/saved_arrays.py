"""Arrays that numpy saved: mapped into memory, or read as tables."""

from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np

from ..errors import InputError
from .choices import Choices, Found

# What numpy's reading of a damaged header ends in.
_NO_ARRAY = (
    ValueError, EOFError, OSError, SyntaxError, TokenError, TypeError, LookupError, ArithmeticError
)  # fmt: skip


def map_array(path: Path) -> np.ndarray[Any, Any]:
    """Map an array that numpy saved into memory; it stays on disk."""
    try:
        found: np.ndarray[Any, Any] = np.load(path, mmap_mode="r")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except _NO_ARRAY:
        raise InputError(f"{path} holds no array that numpy can map; save it by np.save.") from None
    return found


def read_array(path: Path, choices: Choices) -> Found:
    """Read an array of one value or several for each row; its columns become x0, x1, ..."""
    import pyarrow as pa

    array = map_array(path)
    if array.ndim not in (1, 2) or array.dtype.kind not in "biufU":
        raise InputError(
            f"{path} holds {array.dtype} values of shape {array.shape}; a table needs numbers or "
            "texts, one or several a row."
        )
    columns = array[:, None] if array.ndim == 1 else array
    return Found(pa.table({f"x{i}": pa.array(columns[:, i]) for i in range(columns.shape[1])}))
