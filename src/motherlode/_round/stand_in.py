"""The query model, or while it says nothing the default model in its place.

From few labels some models learn nothing: boosting that wants more rows in a leaf than there are
positives gives every row one probability, and then each question is a random draw. Others cannot be
fitted at all. The default model finds positives from the first one on.
"""

import inspect
import warnings
from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from .._rows.arrays import Floats
from .._rows.matrix import take
from ..errors import InputError
from ..models import _linear as linear
from ..models._classifier import FittedClassifier, Unfit
from ..models._default import default_model
from ..pool import Pool
from .labels import ENOUGH_LABELS
from .training_set import NONE_PRESUMED, PresumedNegatives, TrainingSet

_PACKAGE = f"{__name__.split('.')[0]}."
_LOOKED_AT = 256  # unlabelled rows


def fit_to_ask(
    training: TrainingSet,
    model: Any,
    presumed: PresumedNegatives = NONE_PRESUMED,
    *,
    seed: int | None = None,
    earlier: FittedClassifier | None = None,
) -> FittedClassifier:
    """Fit a query model; fit the default model where it gives all rows one probability.

    The same holds where it cannot be fitted on fewer than twenty labels. A warning, one for each
    pool and model, names the model. The fit in its place has it as ``stands_in``.

    Parameters
    ----------
    training, model, presumed, seed, earlier
        As for `TrainingSet.fit`.
    """
    name = type(model).__name__
    try:
        fitted = training.fit(model, presumed, seed=seed, earlier=earlier)
    except Unfit as error:
        if len(training.rows) >= ENOUGH_LABELS:
            raise
        stand_in = _fit_in_place(training, model, presumed, seed)
        if stand_in is None:
            raise
        _say_once(training.pool, f"{name} can't be fitted on so few labels", str(error))
        return stand_in
    if _is_default(fitted) or not _says_nothing(training, model, fitted):
        return fitted
    stand_in = _fit_in_place(training, model, presumed, seed)
    if stand_in is None or _says_nothing(training, model, stand_in):
        return fitted
    _say_once(training.pool, f"{name} gives all rows the same probability")
    return stand_in


def _is_default(fitted: FittedClassifier) -> bool:
    """Tell whether a model is as the default one, which nothing can stand in for."""
    return len(fitted.weights) > 1 or linear.gives_log_odds(fitted.estimator)


def _says_nothing(training: TrainingSet, model: Any, fitted: FittedClassifier) -> bool:
    """Tell whether a fit gives all labelled rows, and a sample of the others, one probability."""
    matrix, known = training.pool.read_by(model), training.rows
    _, one_each = np.unique(training.codes, return_index=True)
    size = min(_LOOKED_AT, len(training.unlabelled))
    # Nearly always a row of each class tells, so no more are predicted.
    first = fitted.predict_proba(take(matrix, known[one_each]))
    if not _alike(first, first) or not _alike(fitted.predict_proba(take(matrix, known)), first):
        return False
    sample = training.unlabelled.sample(size, np.random.default_rng(training.seed))
    return _alike(fitted.predict_proba(take(matrix, sample)), first)


def _alike(P: Floats, other: Floats) -> bool:
    return bool((np.abs(P - other[0]) <= 1e-9).all())


def _fit_in_place(
    training: TrainingSet, model: Any, presumed: PresumedNegatives, seed: int | None
) -> FittedClassifier | None:
    """Fit the default model on what ``model`` reads, or None where it cannot read that."""
    pool = training.pool
    stand_in = default_model(pool)
    if pool.read_by(model) is not pool.features:
        stand_in = make_pipeline(FrozenEstimator(pool.transformer), stand_in)
    try:
        fitted = training.fit(stand_in, presumed, seed=seed, read_as=model)
    except (InputError, TypeError, ValueError):  # no numbers
        return None
    fitted.stands_in = stand_in
    return fitted


def _say_once(pool: Pool, what: str, why: str = "") -> None:
    def say() -> bool:
        text = (
            f"{what}, so the default model chooses the questions until it can; give query_model= "
            "to choose another."
        )
        warnings.warn(f"{text} {why}".rstrip(), stacklevel=_calls_inside())
        return True

    pool.once(("said", what), say)


def _calls_inside() -> int:
    """Count the calls up to the line outside this package that asked."""
    frame, depth = inspect.currentframe(), 0
    inside = (_PACKAGE, "functools")
    while frame is not None and frame.f_globals.get("__name__", "").startswith(inside):
        frame, depth = frame.f_back, depth + 1
    return depth
