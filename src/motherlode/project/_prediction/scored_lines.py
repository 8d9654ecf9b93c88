"""Rows of a file with what the model says of them, for any writer of files."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..._files.choices import Choices
from ..._files.formats import is_of_texts, write_parts
from ..._files.own_columns import rename_apart
from ..._files.whole_files import exported, exported_type, write_lines
from ..._files.writers.lines import Lines
from .._data.folder import Project
from .._training.project_model import ProjectModel
from .drift import ScoredSample
from .new_rows import THE_REQUEST, NewRows
from .scorer import Scorer, Scores

DECISION, PROBABILITY, REASONS = "decision", "probability", "reasons"
Progress = Callable[[int, int], None]
"""Is told how many rows of how many are done."""


def fields_of_scores(classes: Sequence[str]) -> pa.Schema:
    """Name the columns of what a model says."""
    each = [(f"{PROBABILITY}_{name}", pa.float64()) for name in classes]
    return pa.schema(
        [(DECISION, pa.string()), (PROBABILITY, pa.float64()), *each, (REASONS, pa.string())]
    )


def columns_of_scores(scores: Scores) -> list[pa.Array]:
    """Make the columns that `fields_of_scores` names."""

    def shares(values: Any) -> pa.Array:
        return pa.array(np.asarray(values), pa.float64(), from_pandas=True)  # NaN: no probability

    each = [shares(column) for column in scores.probabilities.T]
    said = [str(label) for label in scores.decisions.tolist()]
    return [
        pa.array(said, pa.string()),
        shares(scores.positive),
        *each,
        pa.array(scores.reasons, pa.string()),
    ]


class ScoredRows:
    """Rows with what a model says of them.

    Parameters
    ----------
    project : Project
        Whose model it is.
    found : ProjectModel
        The model.
    rows : NewRows
        The rows.
    progress : callable
        Is told how many rows of how many are done.

    Attributes
    ----------
    drift : str or None
        Whether the rows are like those of the training, once all were scored by a saved model.
    """

    def __init__(
        self, project: Project, found: ProjectModel, rows: NewRows, progress: Progress
    ) -> None:
        self._project, self._rows, self._progress = project, rows, progress
        self._scorer = Scorer(found)
        self._ours = fields_of_scores(found.about.classes)
        self._found = found
        self.drift: str | None = None
        rows.decisions  # noqa: B018 - what is wrong with the columns is said before the first part

    def notes(self) -> list[str]:
        """Say what was odd about the rows, a sentence each."""
        return self._rows.notes() + self._scorer.notes()

    def parts(self, format: str) -> Iterator[bytes]:
        """Give the parts of a file of that format, one after the other."""
        return write_parts(format, self._describe(as_written=is_of_texts(format)))

    def write(self, path: Path, format: str | None) -> None:
        """Write a file or folder, as a whole or not at all."""
        write_lines(path, format, lambda as_texts: self._describe(as_written=as_texts))

    def _describe(self, *, as_written: bool) -> Lines:
        settings = self._project.settings
        theirs = self._rows.schema
        ids = [name for name in theirs.names if name == settings.id]
        typed = {} if as_written else self._rows.typed(ids)
        names = rename_apart(theirs.names, self._ours.names)
        types = [
            typed[field.name].type if field.name in typed else exported_type(field.type)
            for field in theirs
        ]
        renamed = dict(zip(theirs.names, names, strict=True))
        schema = pa.schema([*zip(names, types, strict=True), *self._ours])
        main = settings.columns if settings.kind in ("text", "image") else ()
        # What was read as a number or a date is no formula.
        read = [
            name
            for name, decision in self._rows.decisions.items()
            if not pa.types.is_string(decision.type)
        ]
        return Lines(
            schema,
            self._tables(schema, typed),
            main=tuple(renamed[name] for name in main),
            shown=tuple(names),
            is_image=settings.kind == "image",
            named=tuple(renamed[name] for name in ids),
            label=DECISION,
            classes=settings.classes,
            positive=self._found.about.positive,
            as_is=frozenset(renamed[name] for name in (*ids, *read)) | {DECISION},
            is_answered=False,
        )

    def _tables(self, schema: pa.Schema, typed: dict[str, Any]) -> Iterator[pa.Table]:
        done, sample = 0, ScoredSample(self._project, self._found)
        for block, X in self._rows.blocks():
            columns = [self._rows.convert(block, name, typed) for name in block.column_names]
            said = self._scorer.score(X)
            sample.add(block, X, said.positive)
            scores = columns_of_scores(said)
            yield pa.table([*map(exported, columns), *scores], schema=schema)
            done += len(block)
            self._progress(done, self._rows.total)
        self.drift = sample.look()


def score_rows(project: Project, found: ProjectModel, table: pa.Table) -> tuple[Scores, list[str]]:
    """Score rows of a request; return also what was odd about them.

    Raises
    ------
    InputError
        If a column is missing or of another type.
    """
    rows, scorer = NewRows(project, table, THE_REQUEST, Choices()), Scorer(found)
    parts = [scorer.score(X) for _, X in rows.blocks()]
    scores = Scores(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.positive for part in parts]),
        np.concatenate([part.decisions for part in parts]),
        [reason for part in parts for reason in part.reasons],
    )
    return scores, rows.notes() + scorer.notes()
