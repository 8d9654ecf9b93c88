"""Write the final model as a skops file, which holds no code, and its model card."""

import platform
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from jinja2 import Template
from markupsafe import Markup
from sklearn.metrics import average_precision_score, balanced_accuracy_score

from ..._files.class_names import list_names
from ..._inert import make_inert
from ..._rows.whole_file import write_whole
from ...errors import InputError
from ...learner._final_model import FinalModel
from ...learner._learner import ActiveLearner
from .._data.encoders import choose_encoder
from .._data.folder import Project
from .._data.settings import Settings
from .._insight.advice import make_forecast
from .._insight.label_errors import correct_estimates
from .._log import log
from .._serving.leases import list_open_draws
from .mlflow_run import Training
from .project_model import (
    ProjectModel,
    Step,
    fit_project_model,
    judge_model,
    list_known,
    run_silently,
    write_project_model,
)

_FOLDS = 5
_TEMPLATE = files(__package__).joinpath("model_card.jinja").read_text(encoding="utf-8")


@dataclass(frozen=True)
class _CrossValidation:
    """How well models do on labelled rows that they were not fitted on."""

    average_precision: float
    balanced_accuracy: float
    folds: int


def write_model(
    project: Project, to: Path, card: Path, threshold: str | None, step: Step = run_silently
) -> Training:
    """Fit the final model on all labels, write it and its card, and say what was done.

    Parameters
    ----------
    project : Project
        An open project.
    to, card : Path
        Where the model and its card go.
    threshold : str or None
        What decisions are to be best for.
    step : callable
        Gives a context for each step, by what the step does.
    """
    import skops.io

    with step("Labels read"), project.database.reading() as connection:
        state = log.read_state(connection)
        draws = list_open_draws(connection, state, time.time())
    found, final, made = fit_project_model(project, threshold, state, draws, step)
    settings = project.settings_at(state)
    known = list_known(state, settings, made.positive_class, draws)
    with step("Decisions judged"):
        found = judge_model(found, made, known)
    write_project_model(found, to)
    trusted = skops.io.get_untrusted_types(file=to)
    with step("Judged on labels held out"):
        judged = _cross_validate(made)
    text = _card(
        settings,
        made,
        final,
        state.last,
        threshold=threshold,
        trusted=trusted,
        file=to.name,
        found=judged,
        estimates=make_forecast(
            known.session, settings, correct_estimates(state, settings, made.positive_class, draws)
        ).estimates,
        decisions=found.decisions,
    )
    try:
        with write_whole(card) as path:
            path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise InputError(f"{card} can't be written: {problem.strerror}.") from None
    return _describe_training(settings, made, judged, found, state.last)


def _describe_training(
    settings: Settings,
    made: ActiveLearner,
    judged: _CrossValidation | None,
    found: ProjectModel,
    last: int,
) -> Training:
    """Say what a model was made with and how well it does, as short values."""
    _, labels = made.labelled
    parameters = {
        "model": make_inert(repr(made.model)),
        "classes": list_names(settings.classes),
        "positive": list_names(map(str, made.positive_class.classes)),
        "kind": settings.kind,
        "columns": ", ".join(settings.columns),
        "strategy": settings.recipe.strategy,
        "goal": settings.recipe.goal,
        "seed": settings.recipe.seed,
        "encoder": choose_encoder(settings.recipe.encoder, settings.kind),
        "threshold": found.about.threshold,
        "last_event": last,
        "motherlode": version("motherlode"),
    }
    metrics = {"rows": float(settings.rows), "labels": float(len(labels))}
    metrics["positives"] = float(made.training_set.is_positive.sum())
    if judged is not None:
        metrics["cross_validated_average_precision"] = judged.average_precision
        metrics["cross_validated_balanced_accuracy"] = judged.balanced_accuracy
    return Training(settings.name, parameters, metrics, found.decisions)


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


def _card(
    settings: Settings, made: ActiveLearner, final: FinalModel, last: int, **values: Any
) -> str:
    """Fill in the template of the model card."""
    channels = made.channels
    _, labels = made.labelled
    template = Template(
        _TEMPLATE,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_escape,
    )
    return template.render(
        values,
        code=_make_literal,
        settings=settings,
        encoder=choose_encoder(settings.recipe.encoder, settings.kind),
        learner=made,
        final=final,
        last_event=last,
        counts={label: int((labels == label).sum()) for label in made.classes.tolist()},
        channels={name: channels.count(name) for name in sorted(set(channels))},
        other_class=made.training_set.classes[made.training_set.other],
        model=_make_code_span(repr(made.model)),
        decides_by="probability" if hasattr(final.model, "predict_proba") else "decision",
        has_both=len(np.unique(labels)) > 1,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        motherlode=version("motherlode"),
        sklearn=sklearn.__version__,
        python=platform.python_version(),
    )


def _escape(value: Any) -> Any:
    """Make what a name holds plain words: no line of its own, and no Markdown."""
    if isinstance(value, Markup | int | float):
        return value
    line = " ".join(make_inert(str(value)).split())
    return re.sub(r"([\\`*\[\]<>&#|~!])", r"\\\1", line)


def _make_code_span(text: str) -> Markup:
    """Write text as code, which ends at no sign that stands in it."""
    line = " ".join(make_inert(text).split())
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    span = f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"
    return Markup(span)  # Markdown, which no fence within the text can end  # nosec B704


def _make_literal(value: Any) -> Markup:
    """Write a value as Python code."""
    literal = repr(value)
    return Markup(literal)  # stands in a block of code  # nosec B704
