"""From a recipe and the folded labels to a learner; always from scratch, nothing is pickled."""

from collections.abc import Callable
from typing import Any

from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from ..._registry import Registry, normal
from ...learner._learner import ActiveLearner
from ...models._default import add_scaler
from ...pool import Pool
from ...strategies import named
from .._data.settings import Settings
from .._log.fold import State

MODELS: Registry[Callable[..., Any]] = Registry(
    "model",
    "motherlode.models",
    {
        "logistic_regression": lambda pool: add_scaler(LogisticRegression(max_iter=1000), pool),
        "random_forest": lambda pool: RandomForestClassifier(n_estimators=100),
        "extra_trees": lambda pool: ExtraTreesClassifier(n_estimators=100),
    },
)
"""Models that a recipe can name: ours are made for a pool, those of packages take nothing."""


def check_recipe(strategy: str, model: str | None) -> None:
    """See that the names are known.

    Raises
    ------
    InputError
        If one is not; the sentence says which there are.
    """
    named(strategy)
    if model is not None:
        MODELS.named(model)


def learner(settings: Settings, pool: Pool, state: State, *, control: float = 0.0) -> ActiveLearner:
    """A learner that knows what the project knows.

    Rows that nobody can tell, or that annotators dispute, are never asked and never presumed
    negative.

    Parameters
    ----------
    settings : Settings
    pool : Pool
    state : State
    control : float
        Share of its queries that is drawn at random.
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
        seed=recipe.seed,
    )
    taught = state.labelled()
    # With how each was asked: strategies learn which of their parts asked well.
    made.teach(
        [row for row, _ in taught],
        [str(present.label) for _, present in taught],
        origins=[present.how for _, present in taught],
    )
    passed = [row for row, present in state.present.items() if present.kind != "label"]
    made.skip(sorted(passed))
    return made


def _model(name: str | None, pool: Pool) -> Any:
    if name is None:
        return None
    make = MODELS.named(name)
    return make(pool) if normal(name) in MODELS.own else make()
