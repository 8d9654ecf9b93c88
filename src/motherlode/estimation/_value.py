"""What an estimate is: a number with its interval, or the sentence that says why there is none."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from numbers import Real
from typing import Any, Literal

from .._inert.description import Described, Description
from .._inert.written_numbers import (
    Kind,
    write_columns,
    write_ends,
    write_level,
    write_number,
)
from ..errors import InputError

HOLDS = {
    "once": "For one look, at a time that was chosen before. Of many looks some may miss.",
    "always": "At every look, however often somebody looks.",
}
"""When an interval holds with its level, as people read it."""


def check_share(value: float, name: str) -> None:
    """Check a number that must lie strictly between 0 and 1."""
    if not is_number(value):
        raise InputError(f"{name} is {value!r}; give a number between 0 and 1.")
    if not 0 < value < 1:
        raise InputError(f"{name} is {value}; it must lie between 0 and 1.")


def is_number(value: object) -> bool:
    """Tell whether somebody gave a number, not a text of one."""
    return isinstance(value, Real) and not isinstance(value, bool)


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
    limits : (float, float), optional
        The least and the most that is possible by what is known; nothing is written beyond them.
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
    limits: tuple[float, float] | None = None

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

        def move(ends: tuple[float, float] | None) -> tuple[float, float] | None:
            if ends is None:
                return None
            least, most = sorted(map(change, ends))
            return least, most

        return replace(
            self,
            value=change(self.value),
            low=low,
            high=high,
            kind=kind or self.kind,
            bounds=move(self.bounds),
            limits=move(self.limits),
        )

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def write(self) -> str:
        """Write the number with its interval, and nothing else."""
        if self.bounds is None:
            ends = self.low, self.high
            return write_number(self.value, *ends, self.level, self.kind, self.limits)
        bounds = f"whatever the undecided rows are: {self.write_bounds()}"
        return f"{self._write_of_told()}; {bounds}"

    def write_columns(self) -> tuple[str, str, str, str]:
        """Write the number, the ends of its interval, and half its width, as `write` does."""
        return write_columns(self.value, self.low, self.high, self.kind, self.limits)

    def write_bounds(self, between: str = "to") -> str:
        """Write the interval that holds whatever the undecided rows are; empty if there is none.

        Parameters
        ----------
        between : str, default="to"
            What stands between its ends.
        """
        if self.bounds is None:
            return ""
        least, most = write_ends(*self.bounds, self.kind, self.limits)
        return f"{least} {between} {most}" + (" %" if self.kind == "share" else "")

    def _write_of_told(self) -> str:
        """Write what is known without the undecided rows; with these, nothing is certain."""
        if self.low == self.high and self.bounds != (self.low, self.high):
            return f"{self.write_columns()[0]} among the decided rows"
        return write_number(self.value, self.low, self.high, self.level, self.kind, self.limits)

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
        said = {name: value for name, value in asdict(self).items() if name != "limits"}
        return {**said, "said": self.write()}

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
