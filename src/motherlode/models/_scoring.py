"""Scores of one class, as F1, for the positive class.

A search by ``scoring="f1"`` needs to know which class is positive. scikit-learn takes 1 for it, and
where labels are names every score is NaN: the search then keeps its first setting in silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import MetaEstimatorMixin
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    jaccard_score,
    make_scorer,
    precision_score,
    recall_score,
)
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline

from .._rows.arrays import Matrix
from ..errors import InputError
from ._parts import BY_PAIRS, CODING, parts

_OF_ONE_CLASS: dict[str, Any] = {
    "f1": f1_score,
    "jaccard": jaccard_score,
    "precision": precision_score,
    "recall": recall_score,
}


def score_positive(model: Any, labels: Sequence[Any], positive: Sequence[Any]) -> Any:
    """Let every score of one class inside ``model`` be that of a class, in place.

    Parameters
    ----------
    model : unfitted classifier
    labels : sequence
        The classes that have labels.
    positive : sequence
        The positive classes among them, at least one.
    """
    if isinstance(model, BY_PAIRS):  # their members have 0 and 1
        return model
    settings = model.get_params(deep=False)
    if settings.get("scoring") is not None:
        scoring = _scorer(settings["scoring"], labels, positive)
        if scoring is not settings["scoring"] and isinstance(model, LogisticRegressionCV):
            scoring = _ByClassesOfModel(settings["scoring"], labels, positive)
        if scoring is not settings["scoring"]:
            model.set_params(scoring=scoring)
    if isinstance(model, CODING):
        codes = {label: code for code, label in enumerate(sorted(labels))}
        labels, positive = list(codes.values()), [codes[label] for label in positive]
    for part in parts(model):
        score_positive(part, labels, positive)
    return model


def check_scores(fitted: Any) -> None:
    """Raise an error if a search inside ``fitted`` has no score of any setting."""
    if isinstance(fitted, BaseSearchCV) and hasattr(fitted, "cv_results_"):
        of_test = [k for k in fitted.cv_results_ if k.startswith("mean_test_")]
        for name in of_test:
            if np.isnan(fitted.cv_results_[name]).all():
                raise InputError(
                    f"{type(fitted).__name__} could score none of its settings by "
                    f"{_said(fitted.scoring, name)}; give a score that holds for "
                    f"{len(fitted.classes_)} classes, as 'average_precision' or 'f1_macro'."
                )
        fitted = getattr(fitted, "best_estimator_", None)
    steps = [step for _, step in fitted.steps] if isinstance(fitted, Pipeline) else []
    if isinstance(fitted, MetaEstimatorMixin):
        members = getattr(fitted, "estimators_", [])
        steps = [*members] if isinstance(members, list) else []
        steps.append(getattr(fitted, "estimator_", None))
    for step in steps:
        check_scores(step)


@dataclass(frozen=True)
class _ByClassesOfModel:
    """A score for `LogisticRegressionCV`, which sets the positive class of scores itself.

    Before scikit-learn 1.8 it names two classes -1 and 1 while it scores.
    """

    scoring: str
    labels: Sequence[Any]
    positive: Sequence[Any]

    def __call__(self, estimator: Any, X: Matrix, y: Any, **params: Any) -> float:
        """Score a fitted model."""
        labels, positive = sorted(self.labels), self.positive
        own = np.asarray(estimator.classes_).tolist()
        if not set(positive) <= set(own):
            positive = [own[labels.index(label)] for label in positive]
        return float(_scorer(self.scoring, own, positive)(estimator, X, y, **params))


def _said(scoring: Any, name: str) -> str:
    if isinstance(scoring, str):
        return f"scoring={scoring!r}"
    score = name.removeprefix("mean_test_")
    return "its scoring" if score == "score" else f"the score {score!r}"


def _scorer(scoring: Any, labels: Sequence[Any], positive: Sequence[Any]) -> Any:
    if isinstance(scoring, dict):
        return {name: _scorer(score, labels, positive) for name, score in scoring.items()}
    if isinstance(scoring, list | tuple | set):
        return {name: _scorer(name, labels, positive) for name in scoring}
    if not isinstance(scoring, str):
        return scoring
    two = len(labels) == 2 and len(positive) == 1
    if scoring in _OF_ONE_CLASS:
        # A rate of no rows is 0, and with few labels that is no news.
        of: dict[str, Any] = {"pos_label": positive[0]}
        if not two:
            # Before 1.7 scikit-learn looks for the default label, 1, in folds that lack a class.
            of = {"labels": list(positive), "average": "micro", "pos_label": None}
        return make_scorer(_OF_ONE_CLASS[scoring], zero_division=0, **of)
    if two and scoring == "average_precision":
        response = ("decision_function", "predict_proba")
        return make_scorer(average_precision_score, response_method=response, pos_label=positive[0])
    if two and scoring == "neg_brier_score":
        return make_scorer(
            brier_score_loss,
            greater_is_better=False,
            response_method="predict_proba",
            pos_label=positive[0],
        )
    return scoring
