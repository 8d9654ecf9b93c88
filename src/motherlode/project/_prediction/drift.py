"""Whether rows that come after a training are like those of it, at every look together.

What the saved model says of some rows of each look is kept in a file of the project's folder, so
the test goes on from one command to the next. No row is looked at twice, whether it came in a file
that was scored or was added to the project: the same evidence must not count twice. A new model
begins a new file. What the last look said is read without loading what models need.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..._files.cell_texts import format_cells
from ..._rows.arrays import Floats, Matrix
from ..._rows.whole_file import write_whole
from .._data.folder import Project
from .._data.own_files import ABOUT, DRIFT, MODEL, open_own_file
from .row_names import RowNames

if TYPE_CHECKING:
    from .._training.project_model import ProjectModel

_MOST = 300  # rows of a look that are compared
_MORE = 20  # of the rows that came up to the last look, this part must have come for one more


class Looks:
    """The looks since the training of a saved model, as the project's folder keeps them.

    Parameters
    ----------
    project : Project
        Whose rows they are.
    found : ProjectModel
        The saved model.
    """

    def __init__(self, project: Project, found: "ProjectModel") -> None:
        self._project, self.found = project, found
        self._mark = _digest(found.reference)
        kept = _read(project)
        is_of_it = kept.get("model") == self._mark and "rows" in kept
        self.list: list[dict[str, Any]] = kept["looks"] if is_of_it else []
        self.trained_on = _count_rows(project, found.about.last_event)
        self.rows: int = kept["rows"] if is_of_it else self.trained_on
        """Rows of the project that were there at the last look at those that were added."""
        self.scored: int = kept.get("scored", 0) if is_of_it else 0
        """Rows of scored files that were new, since the training."""
        self._scored_before: int = kept.get("scored_before", 0) if is_of_it else 0
        self.said: str | None = kept["said"] if is_of_it else None

    def is_due(self, of: str) -> bool:
        """Tell whether enough rows were added, or scored, since the last look at such rows.

        So the number of looks grows as the logarithm of the number of rows: where they come one by
        one, or file by file for years, each look would else take longer than the one before, and
        what is kept would grow for ever.
        """
        before = self.rows - self.trained_on if of == "added" else self._scored_before
        now = len(self._project.rows.table) - self.trained_on if of == "added" else self.scored
        return now - before > before // _MORE

    def names(self, of: Collection[str] = ("scored", "added")) -> frozenset[str]:
        """Collect the names of rows that were looked at, as scored or as added."""
        return frozenset(name for look in self.list if look["of"] in of for name in look["names"])

    def look(self, of: str, names: Sequence[str], scores: Sequence[float]) -> str | None:
        """Compare rows with those of the training and of earlier looks, and keep what is found.

        Returns
        -------
        str or None
            What is known of a change, as a sentence; None if no row was ever looked at.
        """
        from ...estimation import detect_drift

        if names:
            look = {"of": of, "names": list(names), "scores": list(scores)}
            self.list = [*self.list, look]
            rng = np.random.default_rng(self._project.settings.recipe.seed)
            batches = [one["scores"] for one in self.list]
            drift = detect_drift(self.found.reference, batches, rng)
            self.said = drift.write("Rows that came since the training", "scores by the model")
        if of == "added":
            self.rows = len(self._project.rows.table)
        else:
            self._scored_before = self.scored
        self.keep()
        return self.said

    def keep(self) -> None:
        """Keep what was found, for the next command."""
        kept = {
            "model": self._mark, "said": self.said, "rows": self.rows, "scored": self.scored,
            "scored_before": self._scored_before, "looks": self.list,
        }  # fmt: skip
        with (  # in a folder that may only be read, this look alone is told
            suppress(OSError),
            write_whole(self._project.folder / DRIFT) as path,
        ):
            path.write_text(json.dumps(kept), encoding="utf-8")


class ScoredSample:
    """Some rows of a file that goes by, of those that nobody has looked at, in random order.

    Parameters
    ----------
    project : Project
        Whose model scores them.
    found : ProjectModel
        The model.
    """

    def __init__(self, project: Project, found: "ProjectModel") -> None:
        self._project, self._found = project, found
        self._names = RowNames(project.settings)
        self._looks = Looks(project, found) if found.reference else None
        self._looked_at = frozenset[str]() if self._looks is None else self._looks.names()
        self._kept: list[tuple[str, float]] = []

    def add(self, block: pa.Table, X: Matrix, scores: Floats) -> None:
        """See some more rows; those that the model gives no number are left out."""
        if self._looks is None:
            return
        is_new = np.isfinite(scores) & ~self._were_there(block, self._looks.trained_on)
        each = zip(self._names.name(block, X), scores.tolist(), is_new.tolist(), strict=True)
        new = [(name, s) for name, s, ok in each if ok and name not in self._looked_at]
        self._looks.scored += len(new)
        self._kept = sorted({*self._kept, *new})[:_MOST]

    def look(self) -> str | None:
        """Compare them, if they are enough; None without a model that has a reference."""
        if self._looks is None:
            return None
        if not self._looks.is_due("scored"):
            self._looks.keep()
            return self._looks.said
        return self._looks.look("scored", *_unzip(self._kept))

    def _were_there(self, block: pa.Table, rows: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell which rows the project had at the training, by their ids."""
        name = self._project.settings.id
        if name is None or name not in block.column_names:
            return np.zeros(len(block), dtype=np.bool_)
        held = self._project.rows.table.column(name).slice(0, rows)
        ours, theirs = (pa.array(format_cells(c), pa.string()) for c in (held, block.column(name)))
        return np.asarray(pc.is_in(theirs, value_set=ours))


def look_at_added(project: Project, found: "ProjectModel") -> str | None:
    """Compare rows that were added since the training, if enough of them are new.

    Returns
    -------
    str or None
        What is known of a change, as a sentence; None without a model that has a reference.
    """
    if not found.reference:
        return None
    looks = Looks(project, found)
    if not looks.is_due("added"):
        return looks.said
    from ..._rows.matrix import take
    from .scorer import Scorer

    X = project.rows.data()
    named = _name_added(project, X, looks.rows)
    looked_at = looks.names(["scored"])  # added ones are told apart by when they came
    chosen = sorted((name, row) for name, row in named if name not in looked_at)[:_MOST]
    names, rows = _unzip(chosen)
    scores = np.empty(0)
    if rows:
        scores = Scorer(found).score(take(X, np.array(rows, dtype=np.int64))).positive
    known = [(n, s) for n, s in zip(names, scores.tolist(), strict=True) if np.isfinite(s)]
    return looks.look("added", *_unzip(known))


def _name_added(project: Project, X: Matrix, first: int) -> list[tuple[str, int]]:
    """Name the rows from ``first`` on, each with its row id; what came together is one source."""
    from ..._rows.matrix import take

    table, end, out = project.rows.table, project.rows.plan.rows, []
    for part in project.in_force.parts:
        start, end = end, end + part.rows
        if start >= first and part.rows:
            rows = np.arange(start, end)
            names = RowNames(project.settings).name(table.slice(start, part.rows), take(X, rows))
            out += list(zip(names, rows.tolist(), strict=True))
    return out


def _unzip(pairs: Sequence[tuple[str, Any]]) -> tuple[list[str], list[Any]]:
    return [name for name, _ in pairs], [value for _, value in pairs]


def _count_rows(project: Project, event: int) -> int:
    """Count the rows that the project had after an event."""
    parts = project.in_force.parts
    return project.rows.plan.rows + sum(part.rows for part in parts if part.event <= event)


def describe_saved(project: Project) -> list[str]:
    """Say how good the saved model's decisions are, and whether rows changed since its training."""
    try:
        with open_own_file(project.folder / MODEL) as file, ZipFile(file) as parts:
            about = json.loads(parts.read(ABOUT))
    except (OSError, BadZipFile, KeyError, ValueError):
        return []
    kept = _read(project)
    is_of_it = kept.get("model") == _digest(about.get("reference", ()))
    told = [f"The saved model. {one}" for one in about.get("decisions", ())[:1]]
    told += map(str, about.get("decisions", ())[1:])
    return [*told, str(kept["said"])] if is_of_it and kept.get("said") else told


def _digest(reference: Sequence[float]) -> str:
    return hashlib.sha256(json.dumps(list(reference)).encode()).hexdigest()


def _read(project: Project) -> dict[str, Any]:
    try:
        with open_own_file(project.folder / DRIFT) as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
