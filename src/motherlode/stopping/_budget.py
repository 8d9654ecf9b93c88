"""Stop when a budget is spent."""

from dataclasses import dataclass
from numbers import Real

from .._inert.description import pluralise
from .._inert.whole_numbers import check_whole
from ..errors import InputError
from ..session import Session
from ._base import Advice, WhileRowsAreLeft


@dataclass(frozen=True)
class Budget(WhileRowsAreLeft):
    """Stop when labels, time or money run out, whichever is first.

    Parameters
    ----------
    labels : int, optional
        The most labels.
    seconds : float, optional
        The most time, as the session counts it.
    cost : float, optional
        The most money, in the unit of the session's `cost`.

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
        if self.labels is not None:
            check_whole(self.labels, "labels")

    def _advise(self, session: Session) -> Advice:
        limits = [
            (name, limit, getattr(session, name))
            for name in ("labels", "seconds", "cost")
            if (limit := getattr(self, name)) is not None
        ]
        said = {name: f"{used:g} of {limit:g} {name}" for name, limit, used in limits}
        over = ", ".join(said[name] for name, limit, used in limits if used >= limit)
        if over:
            return Advice(True, f"The budget is spent: {over}.", "Only a larger budget.")
        left = [
            pluralise(int(limit) - used, "label")
            if name == "labels"
            else f"{limit - used:g} {name}"
            for name, limit, used in limits
        ]
        verb = "is" if left == ["1 label"] else "are"
        spent = ", ".join(said.values())
        return Advice(False, f"Spent so far: {spent}.", f"{' or '.join(left)} {verb} left.")
