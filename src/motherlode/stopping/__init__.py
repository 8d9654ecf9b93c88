"""When to stop: rules that read a session and say stop or go on, why, and what it would take.

Some rules carry a proof and need rows drawn by lot (`TargetRecall`, `QuantileBound`, `Target`);
the others are heuristics, and say so. Rules join by ``&`` and ``|``. `named` gives a rule by name,
and `register` adds one of your own.
"""

from .base import Advice, Rule
from .budget import Budget
from .capture import CaptureRecapture, Chao, chao
from .curve import DrySpell, Knee, NegativesInARow, knee
from .hypergeometric import QuasiSampling, TargetRecall, certain_recall, draws_needed
from .model import (
    ClassificationChange,
    OverallUncertainty,
    StabilisingPredictions,
    f_change_bound,
    kappa,
    mean_entropy,
)
from .quantile import QuantileBound, Target, positives_to_refind, smallest_sample
from .registry import STOPPING_RULES, as_rules, named, register
from .sampled import SampledBatches, batch_size, expected_positives

__all__ = [
    "STOPPING_RULES",
    "Advice",
    "Budget",
    "CaptureRecapture",
    "Chao",
    "ClassificationChange",
    "DrySpell",
    "Knee",
    "NegativesInARow",
    "OverallUncertainty",
    "QuantileBound",
    "QuasiSampling",
    "Rule",
    "SampledBatches",
    "StabilisingPredictions",
    "Target",
    "TargetRecall",
    "as_rules",
    "batch_size",
    "certain_recall",
    "chao",
    "draws_needed",
    "expected_positives",
    "f_change_bound",
    "kappa",
    "knee",
    "mean_entropy",
    "named",
    "positives_to_refind",
    "register",
    "smallest_sample",
]
