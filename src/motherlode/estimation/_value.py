"""What an estimate is: a number with its interval, or the sentence that says why there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..errors import InputError


def check_level(level: float) -> None:
    """Check the nominal coverage of an interval."""
    if not 0 < level < 1:
        raise InputError(f"The level is {level}; it must lie between 0 and 1.")


@dataclass(frozen=True)
class Estimate:
    """A number and the interval that holds the truth in a stated share of sessions.

    Attributes
    ----------
    value, low, high : float
    level : float
        Nominal coverage of the interval, as in 0.95.
    method : str
        How it was made, in a sentence.
    assumes : str
        What it rests on, in a sentence.
    """

    value: float
    low: float
    high: float
    level: float = 0.95
    method: str = ""
    assumes: str = ""

    def through(self, change: Callable[[float], float]) -> "Estimate":
        """The estimate of a monotone function of the quantity."""
        ends = sorted((change(self.low), change(self.high)))
        return replace(self, value=change(self.value), low=ends[0], high=ends[1])

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.level:.0%}: {self.low:.3g} to {self.high:.3g})"


@dataclass(frozen=True)
class NoEstimate:
    """In place of a number: why no valid one exists, and what would make one possible.

    Attributes
    ----------
    reason : str
        One sentence.
    """

    reason: str

    def through(self, change: Callable[[float], float]) -> "NoEstimate":
        """Itself: a function of nothing is nothing."""
        return self

    def __str__(self) -> str:
        return self.reason


Answer = Estimate | NoEstimate
"""What every estimator gives."""
