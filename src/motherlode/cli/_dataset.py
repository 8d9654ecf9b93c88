"""Read a file with a label column as the data set of a simulation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .._files.choices import Choices
from .._files.class_names import Names
from .._files.formats import column
from .._files.own_columns import WRITTEN, find_own_columns
from .._files.reading import read_file
from .._files.sources import Source, name_of
from .._files.spellings import BLANKS
from ..errors import InputError
from ..pool._columns import open_frame, read_column
from ..pool._kinds import kind_of
from ..pool._sources import texts_of
from ..project._data.rows import JOIN
from ..simulation import Dataset
from ._choices import check_kinds, split_names

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_CLASSES = 100
_WHOLE = re.compile(r"0|-?[1-9]\d{0,14}", re.ASCII)


@dataclass(frozen=True)
class Loaded:
    """A data set, and what was found in its file.

    `left_out` holds the columns that a model cannot use, each with the reason, `reasons` why others
    are read as they are, and `notes` what the reader decided.
    """

    dataset: Dataset
    left_out: dict[str, str]
    reasons: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def load(
    source: Source, label: str, minority: str | Sequence[str] | None, choices: Choices | None = None
) -> Loaded:
    """Read a file whose column `label` holds every row's class.

    A single other column of free text makes a data set of texts, anything else a frame.
    """
    choices = choices or Choices()
    found = read_file(source, replace(choices, texts=choices.texts | {label}))
    check_kinds(choices, found.table.column_names)
    labels = _labels(column(found.table, label).to_pylist(), label, choices.missing)
    named = [minority] if isinstance(minority, str) else list(minority or [])
    positive = _find_classes(named, labels, label)
    ours = dict.fromkeys(find_own_columns(found.table.column_names), WRITTEN)
    ours.pop(label, None)
    data, left_out = _features(found.table.drop_columns([label, *ours]), label)
    left_out.update(ours)
    reasons = {n: why for n, why in found.reasons.items() if n != label}
    for name in left_out.keys() & reasons.keys():
        left_out[name] += f"; {reasons.pop(name)}"
    return Loaded(Dataset(name_of(source), data, labels, positive), left_out, reasons, found.notes)


def _labels(values: list[Any], label: str, codes: frozenset[str]) -> list[Any]:
    gaps = _gaps_among(values, codes)
    missing = [row for row, value in enumerate(values) if _is_missing(value, gaps)]
    if missing:
        raise InputError(
            f"{len(missing):,} of {len(values):,} rows have no value in the label column "
            f"{label!r}, the first in row {missing[0] + 1} (the header not counted); label them "
            "or leave them out."
        )
    numeric = all(_is_number(value) for value in values)
    if all(isinstance(value, int | float) for value in values):
        # Parquet keeps whole numbers with gaps as floats: 1.0 is the class 1.
        whole = all(float(value).is_integer() for value in values)
        labels = [int(value) if whole and type(value) is float else value for value in values]
    elif all(_is_plain_whole(str(value)) for value in set(values)):
        labels = [int(value) for value in values]
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


def _gaps_among(values: list[Any], codes: frozenset[str]) -> frozenset[str]:
    """Say which texts hold no label; NA is a class among words, and a gap among numbers."""
    texts = {value.strip() for value in values if isinstance(value, str)}
    blank = frozenset(text for text in texts if text.lower() in BLANKS)
    others = texts - blank - codes
    return frozenset({"", *codes}) | (blank if all(map(_is_number, others)) else frozenset())


def _is_missing(value: Any, gaps: frozenset[str]) -> bool:
    return value is None or value != value or (isinstance(value, str) and value.strip() in gaps)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_plain_whole(text: str) -> bool:
    """Tell whether a whole number is written as programs write it: not +1, 01 or 1.0."""
    return _WHOLE.fullmatch(text) is not None


def _find_classes(given: list[str], labels: list[Any], label: str) -> list[Any] | None:
    """Find the classes that are named: each as it is, or one text with commas between."""
    if not given:
        return None
    classes = {str(value): value for value in sorted(set(labels))}
    names = Names(classes)
    if len(given) == 1 and names.match(given[0]) is None:
        parts = list(split_names(given[0]))
        given = parts if all(names.match(part) for part in parts) else given
    found = []
    for text in given:
        name = names.match(text)
        if name is None:
            close = get_close_matches(text, classes, n=1)
            known = ", ".join(list(classes)[:20])
            hint = f"did you mean {close[0]!r}?" if close else f"it holds {known}."
            raise InputError(f"There is no class {text!r} in the label column {label!r}; {hint}")
        found.append(classes[name])
    return found


def _features(table: "pa.Table", label: str) -> tuple[Any, dict[str, str]]:
    if not table.num_columns:
        raise InputError(f"The file has no column beside the label column {label!r}.")
    # Done here, while the rows are in the file's order, which shows a column of row numbers.
    found = kind_of(table)
    if found.name == "text":
        frame = open_frame(table)
        parts = [texts_of(read_column(n, frame.get_column(n))) for n in found.columns]
        return [JOIN.join(filter(None, row)) for row in zip(*parts, strict=True)], found.left_out
    return table.select(list(found.columns)), found.left_out
