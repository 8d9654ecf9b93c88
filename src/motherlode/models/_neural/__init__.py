"""What networks of any framework share: losses for rare classes, training, embeddings."""

from .losses import Focal, LogitAdjusted

__all__ = ["Focal", "LogitAdjusted"]
