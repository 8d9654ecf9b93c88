"""The network that was pretrained on synthetic rare classes."""

from ._classifier import PretrainedClassifier

__all__ = ["PretrainedClassifier"]
