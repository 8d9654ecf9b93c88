"""Read a file with a label column as the data set of a simulation."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._files.formats import column
from .._files.reading import read_table
from ..errors import InputError
from ..pool._columns import open_frame, read_column
from ..pool._kinds import kind_of
from ..pool._sources import texts_of
from ..simulation import Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_CLASSES = 100


@dataclass(frozen=True)
class Loaded:
    """A data set, and the columns of its file that a model cannot use, each with the reason."""

    dataset: Dataset
    left_out: dict[str, str]


def load(path: Path, label: str, minority: str | None) -> Loaded:
    """Read a file whose column `label` holds every row's class.

    A single other column of free text makes a data set of texts, anything else a frame.
    """
    table = read_table(path)
    labels = _labels(column(table, label).to_pylist(), label)
    positive_class = None if minority is None else _class_named(minority, labels, label)
    data, left_out = _features(table.drop_columns([label]), label)
    return Loaded(Dataset(path.stem, data, labels, positive_class), left_out)


def _labels(values: list[Any], label: str) -> list[Any]:
    missing = [row for row, value in enumerate(values) if _is_missing(value)]
    if missing:
        raise InputError(
            f"{len(missing):,} of {len(values):,} rows have no value in the label column "
            f"{label!r}, the first in row {missing[0] + 1} (the header not counted); label them "
            "or leave them out."
        )
    numeric = all(isinstance(value, int | float) for value in values)
    if numeric:
        # Parquet and gappy CSV columns keep whole numbers as floats: 1.0 is the class 1.
        whole = all(float(value).is_integer() for value in values)
        labels = [int(value) if whole and type(value) is float else value for value in values]
    else:
        labels = [str(value) for value in values]
    different = len(set(labels))
    if different < 2:
        raise InputError(
            f"Every row has {labels[0]!r} in the label column {label!r}; two classes are needed."
        )
    if different > _MOST_CLASSES and (numeric or different > len(labels) / 2):
        raise InputError(
            f"The label column {label!r} holds {different:,} different values, a quantity or a "
            "name rather than a class; choose another or group its values."
        )
    return labels


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and np.isnan(value))


def _class_named(text: str, labels: list[Any], label: str) -> Any:
    """Find the class that is written `text`."""
    classes = {str(value): value for value in sorted(set(labels))}
    spelt = text if text in classes else text.strip().capitalize()  # true is True
    if spelt in classes:
        return classes[spelt]
    close = get_close_matches(text, classes, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"it holds {', '.join(list(classes)[:20])}."
    raise InputError(f"There is no class {text!r} in the label column {label!r}; {hint}")


def _features(table: "pa.Table", label: str) -> tuple[Any, dict[str, str]]:
    if not table.num_columns:
        raise InputError(f"The file has no column beside the label column {label!r}.")
    # Done here, while the rows are in the file's order, which shows a column of row numbers.
    found = kind_of(table)
    if found.name == "text":
        (name,) = found.columns
        return texts_of(read_column(name, open_frame(table).get_column(name))), {}
    return table.select(list(found.columns)), found.left_out
