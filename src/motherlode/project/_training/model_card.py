"""The model to ship as a skops file, which holds no code, and a card that says what it is."""

import os
import platform
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, balanced_accuracy_score

from ..._round.training_set import Presumed
from ..._rows.arrays import Codes
from ..._rows.matrix import take
from ...errors import InputError
from ...learner._final_model import Shipped
from ...learner._learner import ActiveLearner
from ...models._held_out import held_out_probabilities
from .._data.encoders import encoder_of
from .._data.folder import Project
from .._data.settings import Settings
from .._log import log
from .recipe import learner

_FOLDS = 5


@dataclass(frozen=True)
class HeldOut:
    """How models of the labelled rows do on labelled rows that they were not fitted on."""

    average_precision: float
    balanced_accuracy: float
    folds: int


def write_model(project: Project, to: Path, card: Path, threshold: str | None) -> None:
    """Fit the final model on all labels, and write it and its card.

    Raises
    ------
    InputError
        While the labels make no model, or none with a threshold; see `ActiveLearner.final_model`.
    """
    import skops.io

    project.rows.check(project.settings.digest)
    with project.database.reading() as connection:
        state = log.present(connection)
    made = learner(project.settings, project.rows.pool(), state)
    shipped = made.shipped(threshold=threshold)
    _as_a_whole(to, lambda path: skops.io.dump(shipped.model, path))
    trusted = skops.io.get_untrusted_types(file=to)
    text = _card(project, made, shipped, state.last, threshold, trusted, to.name)
    _as_a_whole(card, lambda path: path.write_text(text, encoding="utf-8"))


def held_out(made: ActiveLearner) -> HeldOut | None:
    """Cross-validation on the labelled rows; None where a class has fewer than two."""
    rows, labels = made.labelled
    codes, positive_class = _codes_and_positive(made)
    counts = np.bincount(codes, minlength=len(made.classes))
    fewest = int(counts[counts > 0].min())
    if (counts > 0).sum() < 2 or fewest < 2:
        return None
    X = take(made.pool.read_by(made.model), rows)
    P = held_out_probabilities(made.model, X, labels, made.classes, folds=_FOLDS, seed=made.seed)
    return HeldOut(
        float(
            average_precision_score(
                np.isin(codes, positive_class), P[:, list(positive_class)].sum(axis=1)
            )
        ),
        float(balanced_accuracy_score(codes, P.argmax(axis=1))),
        min(_FOLDS, fewest),
    )


def _codes_and_positive(made: ActiveLearner) -> tuple[Codes, tuple[int, ...]]:
    """Labels as positions among the classes, and the positions of those sought."""
    _, labels = made.labelled
    place = {label: code for code, label in enumerate(made.classes.tolist())}
    codes = np.array([place[label] for label in labels.tolist()], dtype=np.int64)
    return codes, made.positive_class.codes


def _as_a_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Write beside the path and rename, so that no half of a file is ever under its name."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
            made = Path(folder) / path.name
            write(made)
            os.replace(made, path)
    except OSError as problem:
        raise InputError(f"{path} can't be written: {problem.strerror}.") from None


def _card(
    project: Project,
    made: ActiveLearner,
    shipped: Shipped,
    last: int,
    threshold: str | None,
    trusted: list[str],
    file: str,
) -> str:
    return "\n".join(
        [
            f"# Model of the labelling project {project.settings.name}",
            "",
            *_data(project),
            *_labels(made, last),
            *_presumed(made, shipped.presumed),
            *_model(made, shipped.model, threshold),
            *_metrics(made, shipped.presumed),
            *_use(trusted, file, project.settings),
        ]
    )


def _data(project: Project) -> list[str]:
    settings = project.settings
    encoder = encoder_of(settings.recipe.encoder, settings.kind)
    encoded = f" as vectors of the encoder {encoder}" if encoder else ""
    return [
        "## Data",
        f"- {settings.rows:,} rows; digest {settings.digest}",
        f"- a row is: {settings.kind}; the model reads {', '.join(settings.columns)}{encoded}",
        "",
    ]


def _labels(made: ActiveLearner, last: int) -> list[str]:
    _, labels = made.labelled
    channels = made.channels
    by = [f"{name} {channels.count(name):,}" for name in sorted(set(channels))]
    return [
        "## Labels",
        *(f"- {c}: {int((labels == c).sum()):,}" for c in made.classes.tolist()),
        f"- how the rows were found: {', '.join(by)}",
        f"- positive class: {made.positive_class}",
        f"- fitted on the log up to event {last}",
        "",
    ]


def _presumed(made: ActiveLearner, presumed: Presumed) -> list[str]:
    if not len(presumed.rows):
        return []
    (positive_class,) = _codes_and_positive(made)[
        1
    ]  # rows are presumed where there are two classes
    other = 1 - positive_class
    return [
        "## Presumed",
        f"- {len(presumed.rows):,} rows that nobody labelled, drawn at random, were taken for "
        f"{made.classes[other]} in the fit: {made.classes[positive_class]} is presumed to be rare",
        f"- each counts for {presumed.weight:.3g} of a labelled row",
        "- their share of positives is about that of the data",
        "",
    ]


def _model(made: ActiveLearner, model: Any, threshold: str | None) -> list[str]:
    cut = getattr(model, "threshold", None)
    of = "probability" if hasattr(model, "predict_proba") else "decision"
    decides = (
        "the likelier class is predicted"
        if threshold is None
        else f"the positive class is predicted from a {of} of {cut:.4g} on, best for "
        f"{threshold} on rows held out of the fit"
    )
    settings = " ".join(repr(made.model).split())
    return [
        "## Model",
        f"- `{settings}`",
        f"- threshold: {decides}",
        f"- strategy that asked: {made.strategy}; goal: {made.goal}; seed: {made.seed}",
        "",
    ]


def _metrics(made: ActiveLearner, presumed: Presumed) -> list[str]:
    found = held_out(made)
    if found is None:
        _, labels = made.labelled
        both = len(np.unique(labels)) > 1
        few = "too few labels of a class" if both else "labels of one class alone"
        said = [
            f"- none: there are {few}, so none can be held out to test on. How well the model "
            "does is not known: label a random sample to find out."
        ]
    else:
        alone = ", without the presumed ones" if len(presumed.rows) else ""
        said = [
            f"- average precision of the positive class: {found.average_precision:.3f}",
            f"- balanced accuracy: {found.balanced_accuracy:.3f}",
            f"- by cross-validation in {found.folds} folds on the labelled rows, with models of "
            f"the labelled rows alone{alone}",
            "- The labelled rows were picked, not drawn at random, so these figures do not say how "
            "the model does on the whole data: label a random sample for that.",
        ]
    return ["## Metrics", *said, ""]


def _use(trusted: list[str], file: str, settings: Settings) -> list[str]:
    encoder = encoder_of(settings.recipe.encoder, settings.kind)
    form = "in the form of the project's data"
    if encoder is not None:
        form = f"Embedding(encoder_named({encoder!r}, {settings.kind!r})).transform(texts or paths)"
    return [
        "## Use",
        "```python",
        "import skops.io",
        "",
        f"model = skops.io.load({file!r}, trusted={trusted!r})",
        f"model.predict(new_data)  # {form}",
        "```",
        f"Made {datetime.now(UTC):%Y-%m-%d} with motherlode {version('motherlode')}, "
        f"scikit-learn {sklearn.__version__}, Python {platform.python_version()}.",
        "",
    ]
