"""The rows that nobody answered, likeliest first, by the final model."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..._files.formats import is_of_texts, write_parts
from ..._files.whole_files import exported, write_lines
from ..._files.writers.lines import Lines
from ..._rows.arrays import Rows
from ..._rows.matrix import take
from ...errors import InputError
from .._data.beside import put_beside
from .._data.folder import Project
from .._log.fold import State
from .._training.project_model import ProjectModel
from .scored_lines import (
    DECISION,
    Progress,
    columns_of_scores,
    fields_of_scores,
)
from .scorer import Scorer, Scores

_AT_A_TIME = 8_192
_ROW = "row"


class Likely(NamedTuple):
    """A row that nobody answered.

    Attributes
    ----------
    row : int
        Global row id.
    probability : float
        That it is of the positive class.
    decision, reasons : str
        What the model says, and what speaks for the positive class.
    """

    row: int
    probability: float
    decision: str
    reasons: str


class Rest:
    """The rows that nobody answered, likeliest first; equal ones in the order of the data.

    Parameters
    ----------
    project : Project
        Whose rows they are.
    found : ProjectModel
        Ranks them.
    state : State
        Says which rows have an answer.
    most : int or None
        How many to keep; None for all.
    progress : callable
        Is told how many rows of how many were looked at.

    Raises
    ------
    InputError
        If every row has an answer, or the model gives no probabilities.
    """

    def __init__(
        self,
        project: Project,
        found: ProjectModel,
        state: State,
        most: int | None,
        progress: Progress,
    ) -> None:
        self._project, self._scorer = project, Scorer(found)
        self._found, self._data = found, project.rows.data()
        free = np.ones(project.settings.rows, dtype=bool)
        free[list(state.rows)] = False
        rows = np.flatnonzero(free)
        if not len(rows):
            raise InputError("Every row has an answer; there is nothing to rank.")
        parts = []
        for low in range(0, len(rows), _AT_A_TIME):
            parts.append(self._score(rows[low : low + _AT_A_TIME]).positive)
            progress(min(low + _AT_A_TIME, len(rows)), len(rows))
        positive = np.concatenate(parts)
        if np.isnan(positive).any():
            raise InputError("The model of this project gives no probabilities to rank by.")
        self.rows: Rows = rows[np.argsort(-positive, kind="stable")][:most]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Likely]:
        for rows, scores in self._parts():
            said = [str(label) for label in scores.decisions.tolist()]
            columns = rows.tolist(), scores.positive.tolist(), said, scores.reasons
            yield from map(Likely, *columns)

    def parts(self, format: str) -> Iterator[bytes]:
        """Give the parts of a file of that format, one after the other."""
        return write_parts(format, self._describe(is_of_texts(format)))

    def write(self, path: Path, format: str | None) -> None:
        """Write a file or folder, as a whole or not at all."""
        write_lines(path, format, self._describe)

    def _score(self, rows: Rows) -> Scores:
        return self._scorer.score(take(self._data, rows))

    def _parts(self) -> Iterator[tuple[Rows, Scores]]:
        for low in range(0, len(self.rows), _AT_A_TIME):
            rows = self.rows[low : low + _AT_A_TIME]
            yield rows, self._score(rows)

    def _describe(self, as_texts: bool) -> Lines:
        settings = self._project.settings
        numbered = [_ROW] if settings.id is None else []
        ours = fields_of_scores(settings.classes)
        if numbered:
            ours = pa.schema([(_ROW, pa.int64()), *ours])
        own = put_beside(self._project.rows, settings, ours, as_texts=as_texts)
        named = (_ROW,) if settings.id is None else (own.names[settings.id],)
        main = settings.columns if settings.kind in ("text", "image") else ()
        return Lines(
            own.schema,
            self._tables(own.table, own.schema, numbered),
            main=tuple(own.names[name] for name in main),
            shown=tuple(own.names[name] for name in settings.shown),
            is_image=settings.kind == "image",
            named=named,
            label=DECISION,
            classes=settings.classes,
            positive=self._found.about.positive,
            as_is=frozenset([*named, *own.typed, DECISION]).difference(numbered),
            is_answered=False,
        )

    def _tables(
        self, table: pa.Table, schema: pa.Schema, numbered: Sequence[str]
    ) -> Iterator[pa.Table]:
        for rows, scores in self._parts():
            data = [exported(column) for column in table.take(pa.array(rows)).columns]
            place = [pa.array(rows)] * len(numbered)
            yield pa.table([*data, *place, *columns_of_scores(scores)], schema=schema)
