"""Decide what the rows of a new project are: texts, images, vectors, or tables of columns."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..._files.class_names import ClassNames
from ..._files.formats import column
from ..._files.own_columns import WRITTEN, find_own_columns
from ..._inert.description import pluralise
from ...embedding._images import names_image
from ...errors import InputError
from ...pool._kinds import is_bytes, kind_of, readable
from ...pool._tabular import TabularEncoder
from .ids import check_ids
from .rows import stack_vectors

_ANSWERS = "holds nothing but classes: name it by --labels, or by --features if it is none"
_FLAG = "holds nothing but classes, in every row: name it by --labels if it holds the labels"
_IMAGES = "holds names of images: --image shows them and lets models see them"
_MOST_LABELS = 10  # different values of a column that may hold labels
_FLAGS = {"yes", "no", "y", "n", "true", "false", "t", "f", "on", "off"}
_NAMES_OF_LABELS = re.compile(
    r"(?:^|[^a-z])(?:y|labels?|labeled|labelled|class|classes|targets?|outcomes?|truth|gold|"
    r"answers?|annotations?|responses?|results?|decisions?|verdicts?|diagnosis|included|inclusion|"
    r"relevant|relevance)(?:$|[^a-z])"
)


@dataclass(frozen=True)
class RowPlan:
    """Which columns of a table serve for what.

    Parameters
    ----------
    kind : {"text", "image", "table", "vectors"}
        What a row is.
    columns, shown : tuple of str
        What models read, and what annotators see.
    id : str or None
        The column of ids, if there is one.
    left_out : dict of str to str
        Columns that a model cannot use, each with the reason.
    kinds : dict of str to str
        What each of the columns is read as.
    doubts : dict of str to str
        Columns that are read or shown and might be labels or images, each with the reason.
    like_labels : dict of str to tuple of str
        Columns that are read or shown and are named like labels, though their few values are no
        classes, with these values.
    """

    kind: str
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    id: str | None
    left_out: dict[str, str]
    kinds: dict[str, str]
    doubts: dict[str, str] = field(default_factory=dict)
    like_labels: dict[str, tuple[str, ...]] = field(default_factory=dict)


def plan_rows(
    table: pa.Table,
    *,
    text: str | Sequence[str] | None = None,
    image: str | None = None,
    features: Sequence[str] = (),
    id: str | None = None,
    labels: str | None = None,
    classes: ClassNames | None = None,
) -> RowPlan:
    """Decide what rows are, by the columns that are named, else by what the columns hold.

    Of a file that motherlode wrote, columns that are no data are neither read nor shown, unless
    they are named. Nor is a column that holds nothing but classes, unless it is named, or is one
    of several flags; see `_split_classes`.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    text : str or sequence of str, optional
        The column of texts, or several that models read one after the other.
    image : str, optional
        The column of image paths or bytes; not with a column of texts.
    features : sequence of str
        Columns that models read.
    id, labels : str, optional
        The columns of ids and of labels, which models do not read.
    classes : ClassNames, optional
        The classes that are declared.

    Raises
    ------
    InputError
        If a column is missing or does not hold what it is named for.
    """
    texts = (text,) if isinstance(text, str) else tuple(text or ())
    if texts and image:
        raise InputError("Both a text and an image column are named; name one of them.")
    if id is not None:
        check_ids(column(table, id), id)
    if labels is not None:
        column(table, labels)
    named = {*texts, *features, *([image] if image else [])}
    if labels is not None and labels in named:
        raise InputError(f"Column {labels!r} holds the labels, so models can't read it.")
    ours = {
        name: WRITTEN
        for name in find_own_columns(table.column_names)
        if name not in {*named, id, labels}
    }
    free = [name for name in table.column_names if name not in (id, labels) and name not in ours]
    answers, doubts = _split_classes(table, free, named, labels, classes)
    others = tuple(name for name in free if name not in answers)
    if not others and (image is None or image != id):
        raise InputError(_say_nothing_left(id, labels, answers, len(ours)))
    plan = _plan(table, texts, image, tuple(features), others, id)
    doubts |= dict.fromkeys(_find_names_of_images(table, plan), _IMAGES)
    used = [n for n in free if n in {*plan.columns, *plan.shown} - named - {*doubts}]
    return replace(
        plan,
        left_out={**ours, **answers, **plan.left_out},
        doubts=doubts,
        like_labels=_find_like_labels(table, used, classes),
    )


def _split_classes(
    table: pa.Table,
    free: Sequence[str],
    named: Set[str],
    labels: str | None,
    classes: ClassNames | None,
) -> tuple[dict[str, str], dict[str, str]]:
    """Split columns of nothing but classes into those that are left out and those that are flags.

    A label that models read in silence is worse than a flag that has to be named. So a column
    counts as a flag only if each row has a value, which is a number or a word such as yes, its name
    is none of labels, and another column may be the labels.
    """
    held = [name for name in free if _holds_classes(table, name, classes)]
    is_other = labels is not None or len(held) > 1
    doubts = {
        name: _FLAG
        for name in held
        if name not in named and is_other and _is_flag(table.column(name), name)
    }
    answers = {n: _ANSWERS for n in held if n not in named and n not in doubts}
    return answers, doubts if labels is None else {}


def _find_names_of_images(table: pa.Table, plan: RowPlan) -> list[str]:
    """Find the columns of which models would read the letters of names of images."""
    read = [name for name in plan.kinds if plan.kind in ("text", "table")]
    found = [name for name in read if _name_images(table.column(name))]
    if found and plan.kind == "text":
        raise InputError(f"Column {found[0]!r} holds names of images; give it as --image.")
    return found


def _name_images(values: pa.ChunkedArray) -> bool:
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return False
    return all(names_image(str(value)) for value in values.drop_null())


def _find_like_labels(
    table: pa.Table, names: Iterable[str], classes: ClassNames | None
) -> dict[str, tuple[str, ...]]:
    """Find columns of few values that are named like labels, or by a class, as is_fraud."""
    if classes is None:
        return {}
    few = {name: _list_few(table.column(name)) for name in names if _is_like_labels(name, classes)}
    return {name: tuple(map(str, values)) for name, values in few.items() if values}


def _is_like_labels(name: str, classes: ClassNames) -> bool:
    words = _spread(name)
    flag = re.fullmatch(r"(?:(?:is|was|has)[\W_]+)?(.*[a-z].*)", words)
    return bool(_NAMES_OF_LABELS.search(words) or (flag and classes.has(flag[1])))


def _list_few(values: pa.ChunkedArray) -> list[Any]:
    """List the values of a column that may be labels by their number; none of another column."""
    if pa.types.is_nested(values.type) or is_bytes(values.type):
        return []
    held = pc.unique(values).to_pylist()
    filled = [one for one in held if one is not None and one == one and str(one).strip()]
    is_constant = len(held) == 1
    return [] if is_constant or len(filled) > min(_MOST_LABELS, len(values) // 2) else filled


def _is_flag(values: pa.ChunkedArray, name: str) -> bool:
    if values.null_count or _NAMES_OF_LABELS.search(_spread(name)):
        return False
    return all(_is_flag_value(str(value)) for value in pc.unique(values).to_pylist())


def _spread(name: str) -> str:
    """Part the words of a name such as isRelevant, in lower case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _is_flag_value(text: str) -> bool:
    text = text.strip().casefold()
    try:
        return text in _FLAGS or isfinite(float(text))
    except ValueError:
        return False


def _plan(
    table: pa.Table,
    texts: tuple[str, ...],
    image: str | None,
    features: tuple[str, ...],
    others: tuple[str, ...],
    id: str | None,
) -> RowPlan:
    main = texts or ((image,) if image else ())
    if features:
        return _plan_features(table, features, main or readable(table.select(others)), id)
    for name in texts:
        _check_type(column(table, name), name, "text", pa.types.is_string)
    if image is not None:
        _check_type(column(table, image), image, "image paths or bytes", _is_image)
    if main:
        kind = "text" if texts else "image"
        rest = tuple(n for n in readable(table.select(others)) if n not in main)
        return RowPlan(kind, main, (*main, *rest), id, {}, dict.fromkeys(main, kind))
    return _plan_by_content(table.select(others), id)


def _holds_classes(table: pa.Table, name: str, classes: ClassNames | None) -> bool:
    return classes is not None and classes.are_all_in(table.column(name))


def _say_nothing_left(
    id: str | None, labels: str | None, answers: Iterable[str], written: int
) -> str:
    used = [f"the id column {id!r}"] if id is not None else []
    used += [f"the label column {labels!r}"] if labels is not None else []
    used += [f"{name!r}, which {_ANSWERS}" for name in answers]
    used += [f"{pluralise(written, 'column')} that motherlode wrote"] if written else []
    return f"The data have no column beside {' and '.join(used)}."


def _plan_features(
    table: pa.Table, features: tuple[str, ...], shown: tuple[str, ...], id: str | None
) -> RowPlan:
    nested = [pa.types.is_nested(column(table, name).type) for name in features]
    if all(nested):
        for name in features:
            stack_vectors(table.column(name), name)
        return RowPlan("vectors", features, shown, id, {}, dict.fromkeys(features, "vectors"))
    if any(nested):
        raise InputError("The features mix vectors with other columns; name one kind.")
    encoder = TabularEncoder().fit(table.select(list(features)))
    used = tuple(encoder.feature_names_in_.tolist())
    kinds = encoder.kinds_of_columns()
    return RowPlan("table", used, shown, id, dict(encoder.dropped_), kinds)


def _plan_by_content(table: pa.Table, id: str | None) -> RowPlan:
    if not readable(table):
        raise InputError("The data hold lists or bytes alone; say --features or --image.")
    found = kind_of(table)
    return RowPlan(found.name, found.columns, found.readable, id, found.left_out, found.kinds)


def _is_image(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind)) or is_bytes(kind)


def _check_type(values: pa.ChunkedArray, name: str, what: str, holds: Any) -> None:
    if not (holds(values.type) or pa.types.is_large_string(values.type)):
        raise InputError(f"Column {name!r} holds {values.type} values, not {what}.")
    if values.null_count == len(values):
        raise InputError(f"Column {name!r} holds no value.")


def decode_dictionaries(table: pa.Table) -> pa.Table:
    """Turn dictionary columns into plain strings, so that all files look alike."""
    for place, kind in enumerate(table.schema.types):
        if pa.types.is_dictionary(kind):
            name = table.column_names[place]
            table = table.set_column(place, name, table.column(place).cast(kind.value_type))
    return table
