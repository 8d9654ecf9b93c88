"""One review that was screened: what was read, in order, and whether it was included."""

import json
from dataclasses import asdict, dataclass
from typing import NamedTuple


class Key(NamedTuple):
    """What tells one session from all others."""

    review: str
    arm: str
    start: str
    seed: int


@dataclass(frozen=True)
class Session:
    """A session that is over: it ends with the last inclusion.

    Attributes
    ----------
    review, arm, start : str
    seed : int
        Of the deal, and of the program's own draws.
    records, inclusions : int
        Without those known at the start.
    answers : str
        "1" for an inclusion and "0" for another record, in the order read.
    seconds : float
        Spent on features, fits and rankings, from the first to the last record read.
    version : str
        Of the program.
    """

    review: str
    arm: str
    start: str
    seed: int
    records: int
    inclusions: int
    answers: str
    seconds: float
    version: str

    @property
    def key(self) -> Key:
        """Which session it is."""
        return Key(self.review, self.arm, self.start, self.seed)

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self))
