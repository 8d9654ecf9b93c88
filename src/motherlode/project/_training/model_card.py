"""Write the final model as a skops file, which holds no code, and its model card."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, balanced_accuracy_score

from ..._round.training_set import PresumedNegatives
from ..._rows.whole_file import write_whole
from ...errors import InputError
from ...learner._final_model import FinalModel
from ...learner._learner import ActiveLearner
from .._data.encoders import choose_encoder
from .._data.folder import Project
from .._data.settings import Settings
from .._log import log
from .recipe import make_learner

_FOLDS = 5


@dataclass(frozen=True)
class _CrossValidation:
    """How well models do on labelled rows that they were not fitted on."""

    average_precision: float
    balanced_accuracy: float
    folds: int


def write_model(project: Project, to: Path, card: Path, threshold: str | None) -> None:
    """Fit the final model on all labels, and write it and its card."""
    import skops.io

    project.rows.check(project.settings.digest)
    with project.database.reading() as connection:
        state = log.read_state(connection)
    made = make_learner(project.settings, project.rows.pool(), state)
    final = made.fit_final_model(threshold=threshold)
    _write(to, lambda path: skops.io.dump(final.model, path))
    trusted = skops.io.get_untrusted_types(file=to)
    text = _card(project, made, final, state.last, threshold, trusted, to.name)
    _write(card, lambda path: path.write_text(text, encoding="utf-8"))


def _cross_validate(made: ActiveLearner) -> _CrossValidation | None:
    """Cross-validate on the labelled rows; None where a class has fewer than two."""
    training = made.training_set
    counts = np.bincount(training.codes, minlength=len(training.classes))
    fewest = int(counts[counts > 0].min())
    if (counts > 0).sum() < 2 or fewest < 2:
        return None
    P = training.hold_out(made.model, folds=_FOLDS, seed=made.seed)
    return _CrossValidation(
        float(average_precision_score(training.is_positive, training.positive(P))),
        float(balanced_accuracy_score(training.codes, P.argmax(axis=1))),
        min(_FOLDS, fewest),
    )


def _write(path: Path, write: Callable[[Path], Any]) -> None:
    try:
        with write_whole(path) as made:
            write(made)
    except OSError as problem:
        raise InputError(f"{path} can't be written: {problem.strerror}.") from None


def _card(
    project: Project,
    made: ActiveLearner,
    final: FinalModel,
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
            *_presumed(made, final.presumed),
            *_model(made, final.model, threshold),
            *_metrics(made, final.presumed),
            *_use(trusted, file, project.settings),
        ]
    )


def _data(project: Project) -> list[str]:
    settings = project.settings
    encoder = choose_encoder(settings.recipe.encoder, settings.kind)
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


def _presumed(made: ActiveLearner, presumed: PresumedNegatives) -> list[str]:
    if not len(presumed.rows):
        return []
    training = made.training_set
    return [
        "## Presumed negatives",
        f"- {len(presumed.rows):,} rows that nobody labelled, drawn at random, were taken for "
        f"{training.classes[training.other]} in the fit: {made.positive_class.classes[0]} is "
        "presumed to be rare",
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


def _metrics(made: ActiveLearner, presumed: PresumedNegatives) -> list[str]:
    found = _cross_validate(made)
    if found is None:
        _, labels = made.labelled
        both = len(np.unique(labels)) > 1
        few = "too few labels of a class" if both else "labels of one class alone"
        said = [
            f"- none: there are {few}, so none can be held out to test on. Label a random sample "
            "to find out how well the model does."
        ]
    else:
        alone = ", without the presumed ones" if len(presumed.rows) else ""
        said = [
            f"- average precision of the positive class: {found.average_precision:.3f}",
            f"- balanced accuracy: {found.balanced_accuracy:.3f}",
            f"- by cross-validation in {found.folds} folds on the labelled rows, with models of "
            f"the labelled rows alone{alone}",
            "- A strategy chose most labelled rows, so these figures do not say how well the model "
            "does on all data: label a random sample for that.",
        ]
    return ["## Metrics", *said, ""]


def _use(trusted: list[str], file: str, settings: Settings) -> list[str]:
    encoder = choose_encoder(settings.recipe.encoder, settings.kind)
    imports, data = [], "new_data  # columns as in the project's data"
    if encoder is not None:
        imports = [
            "from motherlode.embedding import Embedding",
            "from motherlode.project import get_encoder",
        ]
        encoder = f"Embedding(get_encoder({encoder!r}, {settings.kind!r}))"
        data = f"{encoder}.transform(new_data)  # texts, or paths of images"
    return [
        "## Use",
        "```python",
        "import skops.io",
        *imports,
        "",
        f"data = {data}",
        f"model = skops.io.load({file!r}, trusted={trusted!r})",
        "model.predict(data)",
        "```",
        f"Made {datetime.now(UTC):%Y-%m-%d} with motherlode {version('motherlode')}, "
        f"scikit-learn {sklearn.__version__}, Python {platform.python_version()}.",
        "",
    ]
