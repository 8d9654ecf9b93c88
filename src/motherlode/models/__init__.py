"""What a classifier must offer, and how one is fitted to few and lopsided labels."""

from .classifier import FittedClassifier, fit_classifier
from .prior import PriorCorrected, correct_prior

__all__ = ["FittedClassifier", "PriorCorrected", "correct_prior", "fit_classifier"]
