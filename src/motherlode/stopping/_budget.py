"""Stop when a budget is spent."""

from dataclasses import dataclass
from numbers import Real

from ..errors import InputError
from ..session import Session
from ._base import Advice, WhileRowsAreLeft, counted


@dataclass(frozen=True)
class Budget(WhileRowsAreLeft):
    """Stop when labels, time or money run out, whichever is first.

    Parameters
    ----------
    labels : int, optional
    seconds, cost : float, optional

    Examples
    --------
    >>> Budget(labels=3).advise(Session(100, [True, False])).needs
    '1 label is left.'
    """

    labels: int | None = None
    seconds: float | None = None
    cost: float | None = None

    paper = "Practice (budget)"
    promises = "That no more than the budget is spent; nothing about what is left in the pool."
    assumes = "Nothing."

    def __post_init__(self) -> None:
        given = [b for b in (self.labels, self.seconds, self.cost) if b is not None]
        if not given or not all(isinstance(b, Real) and b > 0 for b in given):
            raise InputError(
                f"{self} is no budget; give labels, seconds or cost, above 0, and by name a number "
                "of labels, as in budget:500."
            )

    def _advise(self, session: Session) -> Advice:
        """Compare what is spent with what may be."""
        spent = (
            ("labels", self.labels, session.labels),
            ("seconds", self.seconds, session.seconds),
            ("cost", self.cost, session.cost),
        )
        kept = [(name, limit, used) for name, limit, used in spent if limit is not None]
        over = [f"{used:g} of {limit:g} {name}" for name, limit, used in kept if used >= limit]
        if over:
            return Advice(True, f"The budget is spent: {', '.join(over)}.", "Only a larger budget.")
        used = ", ".join(f"{used:g} of {limit:g} {name}" for name, limit, used in kept)
        left = [
            counted(int(limit) - session.labels, "label")
            if name == "labels"
            else f"{limit - u:g} {name}"
            for name, limit, u in kept
        ]
        verb = "is" if left == ["1 label"] else "are"
        return Advice(False, f"Spent so far: {used}.", f"{' or '.join(left)} {verb} left.")
