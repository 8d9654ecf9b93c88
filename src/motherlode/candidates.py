"""Which unlabelled rows may be asked in a round: the first axis of a method.

A candidate rule narrows the round before any utility is computed, and the cost of the round
with it.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .arrays import Rows
from .errors import InputError
from .view import View


class Candidates(Protocol):
    """A rule that says which rows may be asked; a frozen value."""

    def rows(self, view: View) -> Rows:
        """Some of ``view.rows``, at least ``view.batch`` of them, in increasing order."""


@dataclass(frozen=True)
class AllRows:
    """Every unlabelled row."""

    def rows(self, view: View) -> Rows:
        """All of them."""
        return view.rows


@dataclass(frozen=True)
class RandomRows:
    """A fresh uniform sample of the unlabelled rows each round.

    Parameters
    ----------
    size : int
        Rows to keep; a batch that is larger keeps as many as it needs.

    References
    ----------
    Ertekin, Huang, Bottou & Giles (2007), Learning on the border: active learning in imbalanced
    data classification, CIKM, section 3.1: of 59 random rows one is among the best 5 % with
    probability 0.95.
    """

    size: int

    def __post_init__(self) -> None:
        if not isinstance(self.size, int | np.integer) or self.size < 1:
            raise InputError(f"size is {self.size!r}; give a whole number of at least 1.")

    def rows(self, view: View) -> Rows:
        """A sample without replacement."""
        size = min(max(self.size, view.batch), len(view))
        return np.sort(view.sample(size, view.rng("candidates")))
