"""The forecast of a session: what is found, what is left, and whether to stop."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .._inert.description import Described, Description, Table, pluralise
from ..estimation import Estimates, estimate_counts
from ..session import Session
from ._base import Advice, Rule
from ._curve import Knee
from ._hypergeometric import TargetRecall
from ._verdict import Verdict, reach_verdict

_RULES: tuple[Rule, ...] = (Knee(), TargetRecall())
"""The heuristic that held best on public sets, and the rule whose promise is proved."""


@dataclass(frozen=True, repr=False)
class Forecast(Described):
    """Counts, estimates and advice.

    Attributes
    ----------
    labels, found, left : int
        Labels, positives among them, and unlabelled rows.
    at_random : int
        Labels whose rows were drawn at random; estimates rest on these.
    estimates : Estimates
        How many positives there are and are left, how rare they are, what share of them is found.
    advice : tuple of (Rule, Advice)
        Each rule that was asked, and what it said.
    verdict : Verdict
        All of it in one sentence to act on.
    """

    labels: int
    found: int
    left: int
    at_random: int
    estimates: Estimates
    advice: tuple[tuple[Rule, Advice], ...]
    verdict: Verdict

    def lines(self) -> list[str]:
        """Say everything in sentences, to be shown one below the other."""
        said = [
            str(self.verdict),
            f"{pluralise(self.labels, 'row is', 'rows are')} labelled, {self.found:,} of them "
            f"positive; {pluralise(self.left, 'is', 'are')} unlabelled. Drawn at random: "
            f"{self.at_random:,} of the labelled rows.",
        ]
        said += self.estimates.lines()
        for rule, advice in self.advice:
            said.append(f"{rule.paper or rule}: {advice}")
            said.append(f"  It promises: {rule.promises}")
            said.append(f"  It assumes: {rule.assumes}")
        return said

    def _describe(self) -> Description:
        facts = [
            ("unlabelled", f"{self.left:,} rows"),
            ("drawn at random", f"{self.at_random:,} of the labelled rows"),
            *self.estimates.list_facts(),
        ]
        advice = [(rule.paper or str(rule), str(said), rule.promises) for rule, said in self.advice]
        headings = ("rule", "what it says", "what it promises")
        table = Table("When to stop", headings, advice, len(advice))
        found = pluralise(self.found, "positive")
        summary = f"{pluralise(self.labels, 'label')}, {found} found. {self.verdict}"
        details = self.estimates.list_grounds()
        return Description("Forecast", summary, facts, details, table)

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON has it; where there is no estimate, its reason alone."""
        return {
            "labels": self.labels,
            "found": self.found,
            "left": self.left,
            "at_random": self.at_random,
            "verdict": asdict(self.verdict),
            "estimates": self.estimates.to_dict(),
            "advice": [
                {
                    "rule": str(rule),
                    "paper": rule.paper,
                    **asdict(advice),
                    "promises": rule.promises,
                    "assumes": rule.assumes,
                    "proved": rule.valid,
                }
                for rule, advice in self.advice
            ],
        }


def forecast(
    session: Session,
    rules: Sequence[Rule] = _RULES,
    level: float = 0.95,
    *,
    name: str = "positives",
) -> Forecast:
    """Say what is known of a session: counts, estimates and advice.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    rules : sequence of Rule
        The rules that are asked; by default `Knee` and `TargetRecall`.
    level : float in (0, 1), default 0.95
        Nominal coverage of the intervals.
    name : str
        What the positive rows are called, as in "fraudulent payments".

    Examples
    --------
    >>> for line in forecast(Session(500, [True, False]), rules=()).lines():
    ...     print(line)  # doctest: +ELLIPSIS
    Go on: 1 of the positives are found, and nobody can tell yet how many there are. It is ...
    2 rows are labelled, 1 of them positive; 498 are unlabelled. Drawn at random: 0 of the ...
    estimates: No valid estimate exists: none of the rows was drawn at random, ...
    """
    estimates = estimate_counts(session, level, name=name)
    advice = tuple((rule, rule.advise(session)) for rule in rules)
    return Forecast(
        session.labels,
        session.found,
        session.left,
        int(session.drawn.sum()),
        estimates,
        advice,
        reach_verdict(session, estimates, advice),
    )
