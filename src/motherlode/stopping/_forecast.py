"""What a session can honestly say of itself: what is found, what is left, and whether to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .. import estimation
from ..estimation import Answer, Estimate, NoEstimate
from ..session import Session
from . import Advice, Knee, Rule, TargetRecall
from ._base import counted

RULES: tuple[Rule, ...] = (Knee(), TargetRecall())
"""The heuristic that held best on public sets, and the rule whose promise is proved."""

_FEWEST = 10  # random draws, below which an interval spans nearly everything


@dataclass(frozen=True)
class Forecast:
    """Counts, estimates and advice.

    Attributes
    ----------
    labels, found, left : int
        Labels, positives among them, and unlabelled rows.
    at_random : int
        Labels whose rows were drawn at random; what estimates rest on.
    estimates : dict of str to Estimate or NoEstimate
        "prevalence", "positives_left" and "recall".
    advice : tuple of (Rule, Advice)
    """

    labels: int
    found: int
    left: int
    at_random: int
    estimates: dict[str, Answer]
    advice: tuple[tuple[Rule, Advice], ...]

    def lines(self) -> list[str]:
        """Plain sentences, to be shown one below the other."""
        said = [
            f"{counted(self.labels, 'row is', 'rows are')} labelled, {self.found:,} of them "
            f"positive; {counted(self.left, 'is', 'are')} unlabelled. Drawn at random: "
            f"{self.at_random:,} of the labelled rows."
        ]
        said += _sentences(self.estimates)
        for rule, advice in self.advice:
            said.append(f"{rule.paper or rule}: {advice}")
            said.append(f"  It promises: {rule.promises}")
            said.append(f"  It assumes: {rule.assumes}")
        return said

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON has it; where there is no estimate, its reason alone."""
        return {
            "labels": self.labels,
            "found": self.found,
            "left": self.left,
            "at_random": self.at_random,
            "estimates": {name: _plain(answer) for name, answer in self.estimates.items()},
            "advice": [
                {
                    "rule": str(rule),
                    "paper": rule.paper,
                    "stop": advice.stop,
                    "why": advice.why,
                    "needs": advice.needs,
                    "promises": rule.promises,
                    "assumes": rule.assumes,
                    "proved": rule.valid,
                }
                for rule, advice in self.advice
            ],
        }


def forecast(session: Session, rules: Sequence[Rule] = RULES, level: float = 0.95) -> Forecast:
    """Everything that can be said of a session.

    Parameters
    ----------
    session : Session
    rules : sequence of Rule
    level : float
        Of the intervals.

    Examples
    --------
    >>> for line in forecast(Session(500, [True, False]), rules=()).lines():
    ...     print(line)  # doctest: +ELLIPSIS
    2 rows are labelled, 1 of them positive; 498 are unlabelled. Drawn at random: 0 of the ...
    No valid estimate exists: none of the rows was drawn at random, ...
    """
    return Forecast(
        session.labels,
        session.found,
        session.left,
        int(session.at_random.sum()),
        _estimates(session, level),
        tuple((rule, rule.advise(session)) for rule in rules),
    )


def _estimates(session: Session, level: float) -> dict[str, Answer]:
    names = ("prevalence", "positives_left", "recall")
    drawn = int(session.at_random.sum())
    if session.left and not session.labels:
        return dict.fromkeys(names, NoEstimate("No row is labelled, so nothing is known yet."))
    if session.left and 0 < drawn < _FEWEST:
        few = NoEstimate(
            f"Drawn at random {'is 1 row' if drawn == 1 else f'are {drawn} rows'}, and from fewer "
            f"than {_FEWEST} next to nothing follows about the others."
        )
        return dict.fromkeys(names, few)
    return estimation.estimates_of_counts(session, level)


def _sentences(estimates: dict[str, Answer]) -> list[str]:
    forms = {
        "prevalence": ("Positive rows of the pool", "{:.2%}"),
        "positives_left": ("Positives still unlabelled", "{:,.0f}"),
        "recall": ("Share of the positives found", "{:.0%}"),
    }
    said: list[str] = []
    for name, answer in estimates.items():
        if not isinstance(answer, Estimate):
            said.append(str(answer))
            continue
        title, form = forms[name]
        value, low, high = (form.format(v) for v in (answer.value, answer.low, answer.high))
        said.append(f"{title}: {value}, by {answer.level:.0%} between {low} and {high}.")
    grounds = [a.assumes for a in estimates.values() if isinstance(a, Estimate)]
    # The three rest on the same thing, which need be said once.
    return list(dict.fromkeys(said)) + [f"  This assumes: {text}" for text in grounds[:1]]


def _plain(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer, Estimate):
        return {"reason": answer.reason}
    return {
        "value": answer.value,
        "low": answer.low,
        "high": answer.high,
        "level": answer.level,
        "method": answer.method,
        "assumes": answer.assumes,
    }
