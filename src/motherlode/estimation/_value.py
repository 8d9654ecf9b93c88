"""What an estimate is: a number with its interval, or the sentence that says why there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from .._inert.description import Described, Description
from ..errors import InputError


def check_share(value: float, name: str) -> None:
    """Check a number that must lie strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InputError(f"{name} is {value}; it must lie between 0 and 1.")


@dataclass(frozen=True, repr=False)
class Estimate(Described):
    """A number and the interval that holds the truth in a stated share of sessions.

    Attributes
    ----------
    value : float
        The number.
    low, high : float
        The ends of the interval.
    level : float in (0, 1)
        Nominal coverage of the interval, as in 0.95.
    method : str
        How the estimate was made, in a sentence.
    assumes : str
        What it rests on, in a sentence.
    speaks_for : str
        Of which rows it speaks, in a sentence; empty where it speaks of all rows of the pool.
    every_look : bool
        Whether the interval may be looked at again and again while labels come: it then holds at
        all looks of a session at once, in the share `level` of sessions. If not, it holds for one
        look, at a moment fixed beforehand.
    """

    value: float
    low: float
    high: float
    level: float = 0.95
    method: str = ""
    assumes: str = ""
    speaks_for: str = ""
    every_look: bool = False

    def through(self, change: Callable[[float], float]) -> "Estimate":
        """Estimate a monotone function of the quantity.

        Parameters
        ----------
        change : callable
            The function, from a float to a float.
        """
        low, high = sorted((change(self.low), change(self.high)))
        return replace(self, value=change(self.value), low=low, high=high)

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def holds(self) -> str:
        """When the interval holds, in words: "at every look", or "at one look"."""
        return "at every look" if self.every_look else "at one look"

    def _describe(self) -> Description:
        summary = (
            f"{self.value:.3g}, by {self.level:.0%} between {self.low:.3g} and {self.high:.3g}"
        )
        details = [
            ("how it was made", self.method),
            ("what it assumes", self.assumes),
            ("of which rows", self.speaks_for),
            ("when it holds", self.holds),
        ]
        return Description("Estimate", summary, details=details)

    def __str__(self) -> str:
        said = f"{self.value:.3g} ({self.level:.0%}: {self.low:.3g} to {self.high:.3g})"
        return f"{said}. {self.speaks_for}" if self.speaks_for else said


@dataclass(frozen=True, repr=False)
class NoEstimate(Described):
    """Why there is no valid number, and what would make one possible.

    Attributes
    ----------
    reason : str
        One sentence.
    """

    reason: str

    def through(self, change: Callable[[float], float]) -> "NoEstimate":
        """Return itself: there is no number to change.

        Parameters
        ----------
        change : callable
            A function from a float to a float; it is not called.
        """
        return self

    def _describe(self) -> Description:
        return Description("NoEstimate", self.reason)

    def __str__(self) -> str:
        return self.reason


MaybeEstimate = Estimate | NoEstimate
"""What every estimator gives."""
