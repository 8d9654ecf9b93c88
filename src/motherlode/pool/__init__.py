"""The rows to choose from, and what models and geometry read of them."""

from .pool import Pool

__all__ = ["Pool"]
