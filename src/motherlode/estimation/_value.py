"""What an estimate is: a number with its interval, or the sentence that says why there is none."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from .._inert.description import Described, Description
from .._inert.written_numbers import Kind, write_ends, write_level, write_number
from ..errors import InputError

HOLDS = {
    "once": "For one look, at a time that was chosen before. Of many looks some may miss.",
    "always": "At every look, however often somebody looks.",
}
"""When an interval holds with its level, as people read it."""


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
    kind : {"count", "share", "number"}
        What the number is, by which it is written: a count as a whole number, a share in per cent.
    holds : {"once", "always"}
        Whether the interval holds with its level for one look at it, or for all looks together.
    bounds : (float, float), optional
        The ends of an interval that holds whatever the rows are that somebody skipped.
    """

    value: float
    low: float
    high: float
    level: float = 0.95
    method: str = ""
    assumes: str = ""
    speaks_for: str = ""
    kind: Kind = "number"
    holds: Literal["once", "always"] = "once"
    bounds: tuple[float, float] | None = None

    def through(self, change: Callable[[float], float], kind: Kind | None = None) -> "Estimate":
        """Estimate a monotone function of the quantity.

        Parameters
        ----------
        change : callable
            The function, from a float to a float.
        kind : {"count", "share", "number"}, optional
            What its values are; by default what the quantity is.
        """
        low, high = sorted((change(self.low), change(self.high)))
        bounds = None
        if self.bounds is not None:
            least, most = sorted(map(change, self.bounds))
            bounds = least, most
        return replace(
            self,
            value=change(self.value),
            low=low,
            high=high,
            kind=kind or self.kind,
            bounds=bounds,
        )

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def write(self) -> str:
        """Write the number with its interval, and nothing else."""
        said = write_number(self.value, self.low, self.high, self.level, self.kind)
        if self.bounds is None:
            return said
        least, most = write_ends(*self.bounds, self.kind)
        unit = " %" if self.kind == "share" else ""
        return f"{said}; whatever the undecided rows are: {least} to {most}{unit}"

    def list_grounds(self) -> list[tuple[str, str]]:
        """List what the number rests on, each under its name."""
        grounds = [("of which rows", self.speaks_for)] if self.speaks_for else []
        grounds += [("how it was made", self.method)] if self.method else []
        grounds += [("what it assumes", self.assumes)] if self.assumes else []
        if self.low < self.high:
            said = HOLDS[self.holds]
            grounds.append((f"when the {write_level(self.level)} interval holds", said))
        return grounds

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON has it, and as it is written."""
        return {**asdict(self), "said": self.write()}

    def _describe(self) -> Description:
        return Description("Estimate", self.write(), details=self.list_grounds())

    def __str__(self) -> str:
        said = self.write()
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

    def through(self, change: Callable[[float], float], kind: Kind | None = None) -> "NoEstimate":
        """Return itself: there is no number to change.

        Parameters
        ----------
        change : callable
            A function from a float to a float; it is not called.
        kind : {"count", "share", "number"}, optional
            Not looked at.
        """
        return self

    def write(self) -> str:
        """Write the reason."""
        return self.reason

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON has it."""
        return {"reason": self.reason}

    def _describe(self) -> Description:
        return Description("NoEstimate", self.reason)

    def __str__(self) -> str:
        return self.reason


MaybeEstimate = Estimate | NoEstimate
"""What every estimator gives."""
