"""Estimates from labels: how rare the class is, how many positives are left, how good a model is.

Rows that a strategy picked are no random sample. A valid estimate rests on rows that were drawn at
random with recorded probabilities (`motherlode.session`). Every estimator gives an `Estimate` with
its interval or, where no valid one exists, a `NoEstimate` that says why.
"""

from typing import TYPE_CHECKING, Any

from .._inert.on_use import load_on_use
from ._annotators import Annotator, Opinion, Settlement, judge_annotators, settle_opinions
from ._drift import Drift, detect_drift
from ._estimates import Estimates
from ._evaluating import EvaluationRun, evaluate
from ._evaluation import METRICS, Evaluation, Plan
from ._evaluation_report import EvaluationReport, Look
from ._exact import binomial_interval, total_interval
from ._label_errors import correct_counts
from ._lure import lure, lure_weights, pool_mean
from ._planning import plan_draws
from ._positives import estimate_counts, positives, positives_left, prevalence, recall
from ._prediction_powered import ppi_mean
from ._promise import Promise, promise_precision
from ._totals import hajek, horvitz_thompson
from ._value import Estimate, MaybeEstimate, NoEstimate

if TYPE_CHECKING:
    from ..models._prior import correct_prior, estimated_prior
    from ._validation import Choice, choose_model, held_out_scores, pool_weights

PRIOR_CAVEAT = (
    "This holds if the rows of a class look alike where the model was trained and where it is "
    "used. Rows that an active learner picked do not look like the rest of their class, so after "
    "such training it is biased: calibrate on rows drawn at random instead."
)
"""What has to be said wherever the result of `estimated_prior` or `correct_prior` is shown."""

__all__ = [
    "METRICS",
    "PRIOR_CAVEAT",
    "Annotator",
    "Choice",
    "Drift",
    "Estimate",
    "Estimates",
    "Evaluation",
    "EvaluationReport",
    "EvaluationRun",
    "Look",
    "MaybeEstimate",
    "NoEstimate",
    "Opinion",
    "Plan",
    "Promise",
    "Settlement",
    "binomial_interval",
    "choose_model",
    "correct_counts",
    "correct_prior",
    "detect_drift",
    "estimate_counts",
    "estimated_prior",
    "evaluate",
    "hajek",
    "held_out_scores",
    "horvitz_thompson",
    "judge_annotators",
    "lure",
    "lure_weights",
    "plan_draws",
    "pool_mean",
    "pool_weights",
    "positives",
    "positives_left",
    "ppi_mean",
    "prevalence",
    "promise_precision",
    "recall",
    "settle_opinions",
    "total_interval",
]

_HOMES = {
    **dict.fromkeys(["correct_prior", "estimated_prior"], ".models._prior"),
    **dict.fromkeys(["Choice", "choose_model", "held_out_scores", "pool_weights"], "_validation"),
}


def __getattr__(name: str) -> Any:
    # These fit or score models; what labels can prove needs no scikit-learn.
    return load_on_use(__name__, _HOMES, name)
