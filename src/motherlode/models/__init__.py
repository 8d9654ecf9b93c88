"""Classifiers that are fitted on few labels of a rare class."""

from ._class_thresholds import ClassThresholds
from ._classifier import FittedClassifier, fit_classifier
from ._committee import Bags, Ensemble, Estimators, Seeds, Variants
from ._network_committee import DeepEnsemble, MCDropout
from ._neural import Focal, LogitAdjusted
from ._pretrained import PretrainedClassifier
from ._prior import PriorCorrected, correct_prior
from ._several import SkillWeighted
from ._threshold import Cost, RecallAtPrecision, best_threshold

__all__ = [
    "Bags",
    "ClassThresholds",
    "Cost",
    "DeepEnsemble",
    "Ensemble",
    "Estimators",
    "FittedClassifier",
    "Focal",
    "LogitAdjusted",
    "MCDropout",
    "PretrainedClassifier",
    "PriorCorrected",
    "RecallAtPrecision",
    "Seeds",
    "SkillWeighted",
    "Variants",
    "best_threshold",
    "correct_prior",
    "fit_classifier",
]
