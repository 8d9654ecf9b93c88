"""The forecast of a session: what is found, what is left, and whether to stop."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .._inert.description import Described, Description, Table, pluralise
from ..estimation import Estimates, estimate_counts
from ..estimation._naming import POSITIVES, count_positives, name_positives
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
    held_back : int
        Labels whose rows were drawn at random, but after a row that waits for its label; they do
        not count yet.
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
    held_back: int
    estimates: Estimates
    advice: tuple[tuple[Rule, Advice], ...]
    verdict: Verdict

    def lines(self) -> list[str]:
        """Say everything in sentences, to be shown one below the other."""
        name = self.estimates.name
        said = [
            str(self.verdict),
            f"{pluralise(self.labels, 'row is', 'rows are')} labelled, among them "
            f"{count_positives(self.found, name)}; {pluralise(self.left, 'is', 'are')} unlabelled. "
            f"Drawn at random: {self.at_random:,} of the labelled rows.",
        ]
        if self.held_back:
            more = pluralise(self.held_back, "more row was", "more rows were")
            said.append(f"{more} drawn at random; they count when rows drawn before have answers.")
        said += self.estimates.lines()
        for rule, advice in self.advice:
            said.append(f"{rule.paper or rule}: {advice}")
            said.append(f"  It promises: {name_positives(rule.promises, name)}")
            said.append(f"  It assumes: {name_positives(rule.assumes, name)}")
        return said

    def _describe(self) -> Description:
        facts = [
            ("unlabelled", f"{self.left:,} rows"),
            ("drawn at random", f"{self.at_random:,} of the labelled rows"),
            *self.estimates.list_facts(),
        ]
        name = self.estimates.name
        advice = [
            (rule.paper or str(rule), str(said), name_positives(rule.promises, name))
            for rule, said in self.advice
        ]
        headings = ("rule", "what it says", "what it promises")
        table = Table("When to stop", headings, advice, len(advice))
        found = count_positives(self.found, name)
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
            "held_back": self.held_back,
            "verdict": asdict(self.verdict),
            "estimates": self.estimates.to_dict(),
            "advice": [
                {
                    "rule": str(rule),
                    "paper": rule.paper,
                    **asdict(advice),
                    "promises": name_positives(rule.promises, self.estimates.name),
                    "assumes": name_positives(rule.assumes, self.estimates.name),
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
    name: str = POSITIVES,
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
    Go on: 1 positive is found, and nobody can tell yet how many there are. It is ...
    2 rows are labelled, among them 1 positive; 498 are unlabelled. Drawn at random: 0 of the ...
    estimates: No valid estimate exists: none of the rows was drawn at random, ...
    """
    estimates = estimate_counts(session, level, name=name)
    advice = tuple((rule, _name(rule.advise(session), name)) for rule in rules)
    return Forecast(
        session.labels,
        session.found,
        session.left,
        int(session.drawn.sum()),
        session.labels - session.without_held_back().labels,
        estimates,
        advice,
        reach_verdict(session, estimates, advice),
    )


def _name(advice: Advice, name: str) -> Advice:
    """Give advice in the words of its reader."""
    why, needs = (name_positives(said, name) for said in (advice.why, advice.needs))
    return replace(advice, why=why, needs=needs)
