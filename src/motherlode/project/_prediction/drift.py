"""Whether rows that come after a training are like those of it, at every look together.

What the saved model says of some rows of each look is kept in a file of the project's folder, so
the test goes on from one command to the next. A new model begins a new file. What the last look
said is read without loading what models need.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from ..._rows.arrays import Floats
from ..._rows.whole_file import write_whole
from ...errors import InputError
from .._data.folder import Project
from .._data.own_files import ABOUT, DRIFT, MODEL, open_own_file

if TYPE_CHECKING:
    from .._training.project_model import ProjectModel

_MOST = 300  # rows of a look that are compared


class Sample:
    """A random sample of the scores that go by, in random order.

    Parameters
    ----------
    rng : numpy Generator
        Draws the sample.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._keys, self._scores = np.empty(0), np.empty(0)

    def add(self, scores: Floats) -> None:
        """Look at some more scores; what is no number is left out."""
        known = scores[np.isfinite(scores)]
        keys = np.concatenate([self._keys, self._rng.random(len(known))])
        first = np.argsort(keys)[:_MOST]
        self._keys = keys[first]
        self._scores = np.concatenate([self._scores, known])[first]

    @property
    def scores(self) -> list[float]:
        """The sample so far."""
        return [float(one) for one in self._scores]


def note_look(project: Project, found: "ProjectModel", scores: list[float]) -> str | None:
    """Compare the scores of rows that came with those of the training, and of earlier looks.

    Rows that were looked at before are not counted again.

    Returns
    -------
    str or None
        What is known of a change, as a sentence; None without a model that has a reference.
    """
    if not found.reference or not scores:
        return None
    from ...estimation import detect_drift

    mark = _digest(found.reference)
    kept = _read(project)
    looks: list[list[float]] = kept["looks"] if kept.get("model") == mark else []
    if sorted(scores) not in [sorted(one) for one in looks]:
        looks = [*looks, scores]
    rng = np.random.default_rng(project.settings.recipe.seed)
    drift = detect_drift(found.reference, looks, rng)
    said = drift.write("Rows that came since the training", "scores by the model")
    text = json.dumps({"model": mark, "said": said, "changed": drift.changed, "looks": looks})
    with (  # in a folder that may only be read, this look alone is told
        suppress(OSError),
        write_whole(project.folder / DRIFT) as path,
    ):
        path.write_text(text, encoding="utf-8")
    return said


def note_added(project: Project, first: int, count: int) -> str | None:
    """Compare rows that were added; None without a saved model that reads them."""
    if not (project.folder / MODEL).is_file():
        return None
    from ..._rows.matrix import take
    from .._training.project_model import read_project_model
    from .scorer import Scorer

    try:
        found = read_project_model(project.folder / MODEL, project.settings)
    except InputError:  # of an older release, or other classes: `predict` says so
        return None
    rng = np.random.default_rng([project.settings.recipe.seed, first])
    rows = first + rng.choice(count, min(_MOST, count), replace=False)
    scores = Scorer(found).score(take(project.rows.data(), rows)).positive
    return note_look(project, found, scores[np.isfinite(scores)].tolist())


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
    return [*told, str(kept["said"])] if is_of_it else told


def _digest(reference: Sequence[float]) -> str:
    return hashlib.sha256(json.dumps(list(reference)).encode()).hexdigest()


def _read(project: Project) -> dict[str, Any]:
    try:
        with open_own_file(project.folder / DRIFT) as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
