"""Honest numbers from labels: how rare, how many left, how good; and when none is possible.

Rows that a strategy picked are no sample of anything. What is valid rests on rows that chance
had a part in, with probabilities that were recorded (`motherlode.session`). Every estimator
gives an `Estimate` with its interval or, where no valid one exists, a `NoEstimate` that says so.
"""

from .evaluation import METRICS, Evaluation, Plan
from .exact import binomial_interval, total_interval
from .lure import lure, lure_weights, pool_mean
from .positives import positives, positives_left, prevalence, recall
from .prior_shift import estimated_prior
from .totals import hajek, horvitz_thompson
from .value import Answer, Estimate, NoEstimate

__all__ = [
    "METRICS",
    "Answer",
    "Estimate",
    "Evaluation",
    "NoEstimate",
    "Plan",
    "binomial_interval",
    "estimated_prior",
    "hajek",
    "horvitz_thompson",
    "lure",
    "lure_weights",
    "pool_mean",
    "positives",
    "positives_left",
    "prevalence",
    "recall",
    "total_interval",
]
