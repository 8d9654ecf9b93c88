"""Honest numbers from labels: how rare, how many left, how good; and when none is possible.

Rows that a strategy picked are no sample of anything. What is valid rests on rows that chance
had a part in, with probabilities that were recorded (`motherlode.session`). Every estimator
gives an `Estimate` with its interval or, where no valid one exists, a `NoEstimate` that says so.
"""

from ._evaluation import METRICS, Evaluation, Plan
from ._exact import binomial_interval, total_interval
from ._lure import lure, lure_weights, pool_mean
from ._positives import estimates_of_counts, positives, positives_left, prevalence, recall
from ._prior_shift import PRIOR_CAVEAT, correct_prior, estimated_prior
from ._totals import hajek, horvitz_thompson
from ._validation import Choice, choose_model, held_out_scores, pool_weights, weighted_threshold
from ._value import Answer, Estimate, NoEstimate

__all__ = [
    "METRICS",
    "PRIOR_CAVEAT",
    "Answer",
    "Choice",
    "Estimate",
    "Evaluation",
    "NoEstimate",
    "Plan",
    "binomial_interval",
    "choose_model",
    "correct_prior",
    "estimated_prior",
    "estimates_of_counts",
    "hajek",
    "held_out_scores",
    "horvitz_thompson",
    "lure",
    "lure_weights",
    "pool_mean",
    "pool_weights",
    "positives",
    "positives_left",
    "prevalence",
    "recall",
    "total_interval",
    "weighted_threshold",
]
