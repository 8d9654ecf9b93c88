"""What a classifier must offer, and how one is fitted to few and lopsided labels."""

from .classifier import FittedClassifier, fit_classifier
from .network_committee import DeepEnsemble, MCDropout
from .neural import Focal, LogitAdjusted
from .prior import PriorCorrected, correct_prior
from .several import SkillWeighted
from .threshold import Cost, RecallAtPrecision, best_threshold

__all__ = [
    "Cost",
    "DeepEnsemble",
    "FittedClassifier",
    "Focal",
    "LogitAdjusted",
    "MCDropout",
    "PriorCorrected",
    "RecallAtPrecision",
    "SkillWeighted",
    "best_threshold",
    "correct_prior",
    "fit_classifier",
]
