"""Files of what a model says of rows: an id, a score, and perhaps a decision and a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..._files.cells import type_cells
from ..._files.choices import Choices
from ..._files.formats import column
from ..._files.numbers import is_like_number
from ..._files.reading import read_file
from ..._files.sources import Source
from ..._inert.description import pluralise
from ..._rows.arrays import Floats
from ...errors import InputError
from .ids import check_ids

IDS = ("id", "ID", "Id")
"""How a column of ids is called."""
_SCORES = ("score", "scores", "probability", "prob", "prediction")
_TRUTHS = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "1.0", "positive"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0", "0.0", "negative"), False),
}


_UNTOLD = ("", "unsure", "skip")  # answers that say of no class, as a project writes them


@dataclass(frozen=True)
class ScoreColumns:
    """Which columns serve for what, as far as a person says.

    Attributes
    ----------
    id, score, decision, label : str or None
        Names of columns. A column of ids is called ``id`` if none is named, and a score is found by
        its name or as the only number. Without any, decisions are the scores.
    positive : str or None
        How a decision or a label says that a row is positive; by default true, yes, 1 and the like.
    """

    id: str | None = None
    score: str | None = None
    decision: str | None = None
    label: str | None = None
    positive: str | None = None


@dataclass(frozen=True, eq=False)
class Scored:
    """The rows of a file of scores.

    Attributes
    ----------
    table : pyarrow.Table
        All columns.
    id : str or None
        The column of ids.
    scores : ndarray of float of shape (n,)
    decisions : ndarray of bool of shape (n,) or None
    labels : list of (bool or None) of length n
        Whether rows are positive, as far as the file says.
    others : list of str
        Columns that people may see.
    written : dict of str to pyarrow.ChunkedArray
        By column that was converted: its cells, as the file has them.
    """

    table: pa.Table
    id: str | None
    scores: Floats
    decisions: NDArray[np.bool_] | None
    labels: list[bool | None]
    others: list[str]
    written: Mapping[str, pa.ChunkedArray]

    def ids(self) -> list[str]:
        """Give the id of each row, or its number."""
        if self.id is None:
            return [str(row) for row in range(self.table.num_rows)]
        return [str(value) for value in self.table.column(self.id).to_pylist()]

    def align(self, numbers: Mapping[str, int]) -> "tuple[Floats, NDArray[np.bool_] | None]":
        """Put scores and decisions in the order of a project's rows, by their ids.

        Parameters
        ----------
        numbers : mapping of str to int
            The row number of each id.
        """
        ids = self.ids()
        unknown = [id for id in ids if id not in numbers]
        if unknown:
            raise InputError(
                f"{say_unknown(unknown, 'the project', next(iter(numbers)))}; leave such rows out, "
                "or add them to the project first, by `motherlode add`."
            )
        if len(ids) < len(numbers):
            there = set(ids)
            lacking = [id for id in numbers if id not in there]
            have = pluralise(len(lacking), "row of the project has", "rows of the project have")
            raise InputError(f"{have} no score, as {lacking[0]!r}; give one for every row.")
        places = np.argsort([numbers[id] for id in ids])
        decided = None if self.decisions is None else self.decisions[places]
        return self.scores[places], decided


def say_unknown(ids: Sequence[str], where: str, known: str) -> str:
    """Say that rows of the scores are not there, with an id of each side, to compare them."""
    rows = pluralise(len(ids), "row of the scores is", "rows of the scores are")
    return f"{rows} not in {where}, as {ids[0]!r}; ids there are like {known!r}"


def read_scored(source: Source, columns: ScoreColumns, choices: Choices) -> Scored:
    """Read a file of scores.

    Raises
    ------
    InputError
        If a column is missing, an id stands there twice, or a score is no number.
    """
    file = read_file(source, choices)
    table = file.table
    names = table.column_names
    id = columns.id or next((name for name in IDS if name in names), None)
    if id is not None:
        check_ids(column(table, id), id)
    named = {id, columns.decision, columns.label}
    rest = [name for name in names if name not in named]
    score = columns.score or _find_score(table, rest, is_needed=columns.decision is None)
    others = [name for name in names if name not in {*named, score}]
    decisions = None
    if columns.decision is not None:
        said = read_truths(table, columns.decision, columns.positive)
        if None in said:
            raise InputError(f"Column {columns.decision!r} has gaps; give a decision for each row.")
        decisions = np.array(said, dtype=bool)
    labels: list[bool | None] = [None] * table.num_rows
    if columns.label is not None:
        labels = read_truths(table, columns.label, columns.positive)
    scores = np.asarray(decisions, dtype=np.float64)
    if score is not None:
        scores = _read_numbers(table, score)
    return Scored(table, id, scores, decisions, labels, others, file.written)


def read_truths(table: pa.Table, name: str, positive: str | None) -> list[bool | None]:
    """Read a column that says of rows whether they are positive.

    Where it has a gap, or says that somebody was unsure or skipped the row, it is None.
    """
    values = ["" if v is None or v != v else str(v) for v in column(table, name).to_pylist()]
    cells = ["" if v.strip().lower() in _UNTOLD and v != positive else v for v in values]
    if positive is not None:
        return [cell == positive if cell else None for cell in cells]
    odd = next((c for c in cells if c and c.strip().lower() not in _TRUTHS), None)
    if odd is not None:
        raise InputError(
            f"Column {name!r} holds {odd!r}; say by --positive which of its values is positive."
        )
    return [_TRUTHS.get(cell.strip().lower()) for cell in cells]


def _find_score(table: pa.Table, names: Sequence[str], *, is_needed: bool) -> str | None:
    known = [name for score in _SCORES for name in names if name.lower() == score]
    numbers = [name for name in names if _is_number(table.schema.field(name).type)]
    if known or len(numbers) == 1:
        return (known or numbers)[0]
    if not numbers and not is_needed:
        return None
    raise InputError(
        "Which column holds the scores? Call it score, or name it by --score in the terminal; "
        f"there are {', '.join(names)}."
    )


def _is_number(kind: Any) -> bool:
    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)
    )


def _read_numbers(table: pa.Table, name: str) -> Floats:
    values, reason = column(table, name), None
    if pa.types.is_string(values.type):  # of a file with types, texts may be numbers all the same
        read, reasons = type_cells(pa.table({name: values}), Choices())
        values, reason = read.column(name), reasons.get(name)
    if not (_is_number(values.type) or pa.types.is_decimal(values.type)):
        raise _refuse_words(values, name, reason)
    if values.null_count:
        first = values.to_pylist().index(None)
        gaps = pluralise(values.null_count, "gap")
        raise InputError(
            f"Column {name!r} has {gaps}, the first in row {first} (counted from 0); leave such "
            "rows out, or give them the score that the model means."
        )
    return np.asarray(pc.cast(values, pa.float64()).to_numpy(), dtype=np.float64)


def _refuse_words(values: pa.ChunkedArray, name: str, reason: str | None) -> InputError:
    """Say which cell is no number, if others are; else what the column holds."""
    cells = [str(cell).strip() for cell in values.to_pylist()]
    numbers = [is_like_number(cell) for cell in cells]
    if not any(numbers):
        return InputError(
            f"Column {name!r} holds {values.type} values, not scores; name the column by --score, "
            "or by --decision if it holds decisions."
        )
    if all(numbers):
        return InputError(f"Column {name!r} can't be read as scores: {reason}.")
    first = numbers.index(False)
    return InputError(
        f"Column {name!r} holds {cells[first]!r} in row {first} (counted from 0), which is no "
        "score; leave such rows out, or give them the score that the model means."
    )
