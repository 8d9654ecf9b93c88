"""The final model of a project with what is needed to use it: fitted, written, and read again.

A file of it is a skops file, which holds no code, with one more part that says what it reads.
"""

import json
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import sklearn
from sklearn.exceptions import InconsistentVersionWarning

from ..._files.unpacking import check_zip
from ..._inert.typed_shares import read_share
from ..._round.positive_class import PositiveClass
from ..._rows.whole_file import write_whole
from ...errors import InputError
from ...learner._decisions import judge_decisions
from ...learner._final_model import FinalModel
from ...learner._learner import ActiveLearner
from ...learner._naming import LIBRARIES
from ...learner._session import SessionOfRows
from ...models import RecallAtPrecision
from .._data.addresses import remember_model, wrote_model
from .._data.encoders import choose_encoder
from .._data.folder import Project
from .._data.own_files import ABOUT
from .._data.settings import Settings
from .._insight.explanations import labels_of
from .._insight.linear_explanation import explain_labels
from .._insight.origins import build_session, list_labelled, list_newest
from .._insight.reasons import Reasons, keep_reasons
from .._log import log
from .._log.fold import State
from .._serving.leases import OpenDraw, list_open_draws
from .recipe import MODELS, make_learner

_CONFIDENCE = 0.95  # of a precision that is promised
_LEVEL = 0.95  # of the intervals of how good decisions are
_PARTS = {
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "motherlode.models._translated._Form",
    "motherlode.pool._tabular._category_name",
    "sklearn.tree._tree.Tree",
    "xgboost.core.Booster",
}
"""What models are made of beside estimators."""
_NATIVE = ("xgboost", "lightgbm", "catboost")
"""Packages that read a model by native code, which trusts what it reads."""


@dataclass(frozen=True)
class About:
    """What a model reads and says.

    Parameters
    ----------
    kind : {"text", "image", "table", "vectors"}
        What a row is.
    columns : tuple of str
        What the model reads.
    classes, positive : tuple of str
        All classes, and the positive ones.
    encoder : str or None
        Whose vectors the model reads.
    threshold : str or None
        What its decisions are best for; None if the likelier class is said.
    last_event : int
        Up to which event of the log it was fitted.
    """

    kind: str
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    positive: tuple[str, ...]
    encoder: str | None
    threshold: str | None
    last_event: int


@dataclass(frozen=True, eq=False)
class ProjectModel:
    """A final model and what is known of it.

    Parameters
    ----------
    model : fitted classifier
        The final model.
    about : About
        What it reads and says.
    reasons : Reasons or None
        What speaks for the positive class.
    decisions : tuple of str
        How good its decisions are, a sentence each; none where nothing is known.
    reference : tuple of float
        What it says of rows of the pool that were drawn at random, to compare new rows with.
    promised : bool
        Whether its threshold is one whose precision is promised.
    other_version : str or None
        The scikit-learn that wrote the file, if it is not this one.
    """

    model: Any
    about: About
    reasons: Reasons | None
    decisions: tuple[str, ...] = ()
    reference: tuple[float, ...] = ()
    promised: bool = False
    other_version: str | None = None

    def say_other_version(self) -> str | None:
        """Say that another scikit-learn wrote the file, and what to do; None if this one did."""
        if self.other_version is None:
            return None
        return (
            f"The model was written with scikit-learn {self.other_version}, and this is "
            f"{sklearn.__version__}, so its answers may differ: make it again with "
            "`motherlode train`."
        )


Step = Callable[[str], AbstractContextManager[None]]
"""Gives a context for a step of a long work, by what the step does."""


def run_silently(_what: str) -> AbstractContextManager[None]:
    """Tell nobody of a step."""
    return nullcontext()


def read_target(threshold: str | None) -> Any:
    """Read what a threshold is for: the name of a target, or a precision to be promised.

    Raises
    ------
    InputError
        If the precision is no number between 0 and 1.

    Examples
    --------
    >>> read_target("precision=0.8")
    RecallAtPrecision(precision=0.8, confidence=0.95)
    """
    name, _, value = (threshold or "").partition("=")
    if name != "precision":
        return threshold
    try:
        return RecallAtPrecision(read_share(value), _CONFIDENCE)
    except ValueError:
        raise InputError(
            f"The threshold is {threshold!r}; give the precision as in precision=0.8."
        ) from None


def judge_model(found: ProjectModel, made: ActiveLearner, known: SessionOfRows) -> ProjectModel:
    """Estimate how good the model's decisions are, where two classes have labels enough for it.

    Parameters
    ----------
    found : ProjectModel
        The model.
    made : ActiveLearner
        What it was made of.
    known : SessionOfRows
        The labels, and how their rows were found.
    """
    training, threshold = made.training_set, found.about.threshold
    if len(made.classes) > 2 or np.bincount(training.codes, minlength=2).min() < 2:
        return found
    judged = judge_decisions(made._final_fit(presume=True), read_target(threshold), known, _LEVEL)
    told = [f"Estimated {name} of its decisions: {said}" for name, said in judged.list_facts()]
    told += [one for one in (judged.about_threshold, judged.about_newest) if one]
    reference = judged.reference if hasattr(found.model, "predict_proba") else ()
    return replace(
        found,
        decisions=tuple(told),
        reference=tuple(map(float, reference)),
        promised=judged.promised,
    )


def list_known(
    state: State, settings: Settings, positive_class: PositiveClass, draws: Sequence[OpenDraw]
) -> SessionOfRows:
    """List the labels of a project with their rows, as `build_session` counts them.

    A learner that was made of the labels knows neither their order nor what others held meanwhile.
    """
    session = build_session(state, settings, positive_class, draws)
    rows = np.array(list_labelled(state, draws), dtype=np.int64)
    return SessionOfRows(session, rows, list_newest(state, settings, draws))


def fit_project_model(
    project: Project,
    threshold: str | None,
    state: State | None = None,
    draws: Sequence[OpenDraw] = (),
    step: Step = run_silently,
) -> tuple[ProjectModel, FinalModel, ActiveLearner]:
    """Fit the final model on all labels; return also what it was made of.

    Parameters
    ----------
    project : Project
        An open project.
    threshold : str or None
        What decisions are to be best for.
    state : State, optional
        The labels; by default all that are recorded.
    draws : sequence of OpenDraw
        Rows that were drawn at random and have no answer in that state; by default those now.
    step : callable
        Gives a context for each step, by what the step does.

    Raises
    ------
    InputError
        If the labels do not suffice, or there is no such threshold.
    """
    if state is None:
        with project.database.reading() as connection:
            state = log.read_state(connection)
            draws = list_open_draws(connection, state, time.time())
    settings = project.settings_at(state)
    with step("Rows read"):
        project.rows.check()
        pool = project.rows.pool()
    with step("Model fitted"):
        made = make_learner(settings, pool, state)
        known = partial(list_known, state, settings, made.positive_class, draws)
        final = made._fit_final_model(True, read_target(threshold), known)
    positive = tuple(str(label) for label in made.positive_class.classes)
    about = About(
        settings.kind,
        settings.columns,
        settings.classes,
        positive,
        choose_encoder(settings.recipe.encoder, settings.kind),
        threshold,
        state.last,
    )
    explanation = None
    if made.pool.transformer is not None:
        explanation = explain_labels(made.pool, *labels_of(state, positive))
    return ProjectModel(final.model, about, keep_reasons(explanation)), final, made


def write_project_model(found: ProjectModel, to: Path) -> None:
    """Write the file, as a whole or not at all."""
    import skops.io

    said: dict[str, Any] = {**asdict(found.about), "reasons": None}
    if found.reasons is not None:
        said["reasons"] = {name: of.tolist() for name, of in vars(found.reasons).items()}
    try:
        said |= {"decisions": found.decisions, "reference": found.reference}
        with write_whole(to) as made:
            skops.io.dump(found.model, made)
            with ZipFile(made, "a") as parts:
                parts.writestr(ABOUT, json.dumps(said, ensure_ascii=False))
            if _list_native(skops.io.get_untrusted_types(file=made)):
                remember_model(made.read_bytes())
    except OSError as problem:
        raise InputError(f"{to} can't be written: {problem.strerror}.") from None


def read_project_model(path: Path, settings: Settings) -> ProjectModel:
    """Read a file that ``motherlode train`` wrote for this project, or for one like it.

    It can make nothing but models of the libraries that projects use: a file of somebody else may
    name anything. Boosted trees of other packages are read alone from a file that this user wrote.

    Raises
    ------
    InputError
        If there is none, it names something else, somebody else wrote its boosted trees, or its
        columns or classes are others.
    """
    if find_spec("skops") is None:
        raise InputError('Reading a saved model needs skops: pip install "motherlode[skops]".')
    import skops.io

    again = f"make it again with `motherlode train`: {path}"
    try:
        check_zip(path)
        content = path.read_bytes()  # once, so that what is loaded is what was looked at
        with ZipFile(BytesIO(content)) as parts:
            said = json.loads(parts.read(ABOUT))
        names = skops.io.get_untrusted_types(data=content)
        _check_names(names, content, path)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model = skops.io.loads(content, trusted=names)
        found = ProjectModel(
            model,
            _read_about(said),
            _read_reasons(said["reasons"]),
            tuple(map(str, said["decisions"])),
            tuple(map(float, said["reference"])),
            other_version=_find_other_version(told),
        )
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"There is no model {path}; `motherlode train` makes it.") from None
    except KeyError:
        raise InputError(f"The model is none of this release; {again}") from None
    except (OSError, BadZipFile, ValueError, TypeError, AttributeError, ImportError) as problem:
        raise InputError(f"The model can't be read ({problem}); {again}") from None
    _check_fits(found.about, settings, path)
    return found


def _find_other_version(told: Sequence[warnings.WarningMessage]) -> str | None:
    """Find the scikit-learn that wrote a model, if it is not this one; warn of anything else."""
    found = None
    for one in told:
        if isinstance(one.message, InconsistentVersionWarning):
            found = str(one.message.original_sklearn_version)
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return found


def _read_about(said: Mapping[str, Any]) -> About:
    lists = ("columns", "classes", "positive")
    values: dict[str, Any] = {
        field.name: tuple(map(str, said[field.name])) if field.name in lists else said[field.name]
        for field in fields(About)
    }
    return About(**values)


def _read_reasons(said: Mapping[str, Any] | None) -> Reasons | None:
    if said is None:
        return None
    return Reasons(
        np.array(said["places"], dtype=np.int64),
        np.array(said["weights"], dtype=np.float64),
        np.array(said["centres"], dtype=np.float64),
    )


def _check_fits(about: About, settings: Settings, path: Path) -> None:
    encoder = choose_encoder(settings.recipe.encoder, settings.kind)
    pairs = {
        "rows": (about.kind, settings.kind),
        "columns": (about.columns, settings.columns),
        "classes": (set(about.classes), set(settings.classes)),
        "encoder": (about.encoder, encoder),
    }
    other = next((name for name, (one, two) in pairs.items() if one != two), None)
    if other is not None:
        raise InputError(
            f"{path} was fitted for other {other} than {settings.name} has now; make a model of "
            "this project as it is by `motherlode train`."
        )


def _check_names(names: Iterable[str], content: bytes, path: Path) -> None:
    """See that the types that a file names are parts of models, and safe to read."""
    native = _list_native(names)
    if native and not wrote_model(content):
        raise InputError(
            f"{path} holds boosted trees of {native[0]} that you have not written here, "
            "and a forged file could run anything; make it again with `motherlode train`."
        )
    odd = next((name for name in names if not _is_of_models(name)), None)
    if odd is not None:
        raise InputError(f"{path} names {odd}, which is no part of a model; do not use it.")


def _list_native(names: Iterable[str]) -> list[str]:
    found = {name.partition(".")[0] for name in names}
    return [package for package in _NATIVE if package in found]


def _is_of_models(name: str) -> bool:
    """Tell whether a name is that of an estimator of a library that projects use."""
    if name in _PARTS:
        return True
    module, _, own = name.rpartition(".")
    plugins = {point.value.partition(":")[0].split(".")[0] for point in _plugins()}
    if module.split(".")[0] not in {*LIBRARIES, *plugins}:
        return False
    found = getattr(import_module(module), own, None)
    return isinstance(found, type) and hasattr(found, "get_params")


def _plugins() -> Any:
    return entry_points(group=MODELS.group)
