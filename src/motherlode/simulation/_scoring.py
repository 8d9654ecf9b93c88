"""How good the final model of a session is on rows it has never seen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import metrics
from .._rows.arrays import Floats, Matrix
from ..models import FittedClassifier


def predict_positive(
    model: Any, data: Matrix, classes: list[Any], minority: tuple[Any, ...]
) -> Floats:
    """Predict the probability that each row is of a positive class, shape (n,).

    A model without `predict_proba` is read as `motherlode.models.FittedClassifier` reads it.
    """
    answers = FittedClassifier(model, np.asarray(classes)).predict_proba(data)
    return answers[:, [c in minority for c in classes]].sum(axis=1)


def score(
    scores: Floats, is_positive: NDArray[np.bool_], labelled_is_positive: NDArray[np.bool_]
) -> dict[str, float]:
    """Compute every metric of a final model's probabilities on the test part, as `Round` names it.

    The labels that the session has so far, `labelled_is_positive`, set the threshold of balanced
    accuracy and G-mean (`motherlode.metrics.threshold_for_balance`).
    """
    balanced = scores >= metrics.threshold_for_balance(labelled_is_positive)
    likely = scores >= 0.5
    return {
        "average_precision": metrics.average_precision(is_positive, scores),
        "balanced_accuracy": metrics.balanced_accuracy(is_positive, balanced),
        "g_mean": metrics.g_mean(is_positive, balanced),
        "mcc": metrics.mcc(is_positive, likely),
        "f1": metrics.f1(is_positive, likely),
        "wss": metrics.wss(is_positive, scores),
    }


def score_nothing(is_positive: NDArray[np.bool_]) -> dict[str, float]:
    """Compute the metrics while no model can be fitted: all rows score alike, none is positive.

    Average precision is then the share of positives, balanced accuracy 0.5, WSS@95 -0.05, and
    everything else 0.
    """
    return score(np.zeros(is_positive.size), is_positive, np.array([], dtype=bool))
