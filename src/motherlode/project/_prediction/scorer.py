"""What a model of a project says of rows: probabilities, a decision, and what speaks for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import Pipeline

from ..._rows.arrays import Floats, Matrix
from ...learner._ranking import take_from_behind
from ...models._class_thresholds import ClassThresholds
from ...models._prior import PriorCorrected
from ...pool._tabular import TabularEncoder
from ...pool._words import TextVectoriser, words_beside_letters
from .._training.project_model import ProjectModel

_SHOWN = 3  # unknown categories that are named


@dataclass(frozen=True, eq=False)
class Scores:
    """What a model says of n rows.

    Parameters
    ----------
    probabilities : ndarray of shape (n, k)
        Of each declared class, in their order; NaN if the model gives none.
    positive : ndarray of shape (n,)
        Of the positive classes together.
    decisions : ndarray of str of shape (n,)
        The class that is said, by the threshold that the model was made with.
    reasons : list of str
        What speaks for the positive class, "" where nothing does.
    """

    probabilities: Floats
    positive: Floats
    decisions: NDArray[Any]
    reasons: list[str]


class Scorer:
    """A model of a project at work; it counts the categories that it does not know.

    Parameters
    ----------
    found : ProjectModel
        What `fit_project_model` or `read_project_model` gives.
    """

    def __init__(self, found: ProjectModel) -> None:
        self._found = found
        self._transformer = _find_transformer(found.model)
        behind = take_from_behind(found.model, self._transformer)
        # Each row goes through the transformer once, for the model and for the reasons.
        self._model = found.model if behind is None else behind
        if behind is None:
            self._transformer = None
        self._unknown: dict[str, Counter[str]] = {}

    def score(self, X: Matrix) -> Scores:
        """Score rows in the form of the project's data."""
        about, model = self._found.about, self._model
        if isinstance(self._transformer, TabularEncoder):
            for name, values in self._transformer.unknown_categories(X).items():
                self._unknown.setdefault(name, Counter()).update(values)
        features = X if self._transformer is None else self._transformer.transform(X)
        own = [about.classes.index(str(label)) for label in np.asarray(model.classes_).tolist()]
        if not hasattr(model, "predict_proba"):
            decisions = np.asarray(model.predict(features))
            P = np.full((len(decisions), len(about.classes)), np.nan)
        else:
            mine = np.asarray(model.predict_proba(features), dtype=np.float64)
            decisions = _decide(model, mine, features)
            P = np.zeros((len(mine), len(about.classes)))
            P[:, own] = mine
        positive = [about.classes.index(label) for label in about.positive]
        return Scores(P, P[:, positive].sum(axis=1), decisions, self._say(features, len(P)))

    def notes(self) -> list[str]:
        """Say which categories of the rows so far the model does not know, a sentence a column."""
        return [
            f"Column {name!r} holds {_list(values)}, which the project's rows do not hold; the "
            "model takes no account of such values, or counts them as rare ones."
            for name, values in self._unknown.items()
        ]

    def _say(self, features: Matrix, n: int) -> list[str]:
        reasons = self._found.reasons
        if reasons is None or self._transformer is None:
            return [""] * n
        return reasons.speak(features, self._names, self._kinds)

    @cached_property
    def _names(self) -> list[str]:
        # Reasons are words, whose columns come first.
        named = words_beside_letters(self._transformer) or self._transformer
        return [str(name) for name in named.get_feature_names_out()]

    @cached_property
    def _kinds(self) -> dict[str, str]:
        if not isinstance(self._transformer, TabularEncoder):
            return {}
        kinds = self._transformer.kinds_of_columns()
        return {name: kind for name, kind in kinds.items() if kind in ("number", "date")}


def _list(values: Counter[str]) -> str:
    named = [f"{value!r} ({n:,} row{'' if n == 1 else 's'})" for value, n in values.most_common()]
    more = f" and {len(named) - _SHOWN:,} more" if len(named) > _SHOWN else ""
    return ", ".join(named[:_SHOWN]) + more


def _find_transformer(model: Any) -> Any:
    """Find the encoder of texts or tables that a fitted model begins with."""
    return next(_walk(model), None)


def _walk(model: Any) -> Iterator[Any]:
    if isinstance(model, Pipeline):
        first = model.steps[0][1]
        if isinstance(words_beside_letters(first) or first, TabularEncoder | TextVectoriser):
            yield first
        return
    for name in ("estimator_", "estimator"):
        inner = getattr(model, name, None)
        if isinstance(inner, BaseEstimator):
            yield from _walk(inner)
            return


def _decide(model: Any, P: Floats, features: Matrix) -> NDArray[Any]:
    """Decide as the model does, by the probabilities that are known where it goes by these."""
    classes = np.asarray(model.classes_)
    if isinstance(model, ClassThresholds):
        return np.asarray(model._decide(P))
    if isinstance(model, FixedThresholdClassifier) and model.response_method == "predict_proba":
        positive = classes.tolist().index(model.pos_label)
        other = classes[1 - positive]
        return np.where(P[:, positive] >= model.threshold, classes[positive], other)
    if isinstance(model, PriorCorrected):
        return np.asarray(classes[P.argmax(axis=1)])
    return np.asarray(model.predict(features))
