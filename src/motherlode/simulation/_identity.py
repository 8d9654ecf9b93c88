"""What a run depends on, as text that is the same in every process: data, models, versions."""

import re
from importlib.metadata import version
from platform import python_version
from typing import Any
from zlib import crc32

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator

from .. import __version__
from .._rows.matrix import is_frame
from ._dataset import Dataset

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


def describe(value: Any) -> str:
    """Write the ``repr`` of a model or strategy on one line, without addresses in memory.

    What scikit-learn leaves out of a long one goes into a checksum at its end.

    Examples
    --------
    >>> describe(print), describe(object())
    ('<built-in function print>', '<object object>')
    """
    if not isinstance(value, BaseEstimator):
        return _ADDRESS.sub("", repr(value))
    text = _ADDRESS.sub("", re.sub(r"\n\s*", " ", value.__repr__(N_CHAR_MAX=10**6)))
    if "..." in text:
        parameters = repr(sorted(value.get_params(deep=True).items()))
        text += f" with checksum {crc32(_ADDRESS.sub('', parameters).encode()):08x}"
    return text


def fingerprint(dataset: Dataset) -> str:
    """Describe a data set by its size, its positive class, and a checksum of labels and data."""
    checksum = _checksum(dataset.labels, _checksum(dataset.data))
    return (
        f"{len(dataset.labels)} rows, {dataset.is_positive.sum()} of "
        f"{', '.join(map(str, dataset.minority))}, checksum {checksum:08x}"
    )


def _checksum(data: Any, start: int = 0) -> int:
    if issparse(data):
        for part in (data.data, data.indices, data.indptr):
            start = _checksum(part, start)
        return start
    if is_frame(data):
        for column in nw.from_native(data, eager_only=True).iter_columns():
            start = _checksum([column.name, *map(str, column.to_list())], start)
        return start
    if isinstance(data, np.ndarray) and data.dtype != object:
        return crc32(np.ascontiguousarray(data).view(np.uint8).data, start)
    return crc32("\x00".join(map(str, data)).encode("utf-8", "surrogatepass"), start)


def versions() -> dict[str, str]:
    """Return the versions that the results of a run depend on, by the name of the package."""
    return {
        "motherlode": __version__,
        **{package: version(package) for package in ("numpy", "scipy", "scikit-learn")},
        "Python": python_version(),
    }
