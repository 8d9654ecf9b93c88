"""The forecast of a session: what is found, what is left, and whether to stop."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .. import estimation
from .._inert.description import Described, Description, Table, pluralise
from ..estimation import Estimate, MaybeEstimate
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
    estimates : dict of str to Estimate or NoEstimate
        "prevalence", "positives_left" and "recall".
    advice : tuple of (Rule, Advice)
        Each rule that was asked, and what it said.
    verdict : Verdict
        All of it in one sentence to act on.
    name : str
        What the positive rows are called.
    """

    labels: int
    found: int
    left: int
    at_random: int
    estimates: dict[str, MaybeEstimate]
    advice: tuple[tuple[Rule, Advice], ...]
    verdict: Verdict
    name: str = "positives"

    def lines(self) -> list[str]:
        """Say everything in sentences, to be shown one below the other."""
        said = [
            str(self.verdict),
            f"{pluralise(self.labels, 'row is', 'rows are')} labelled, {self.found:,} of them "
            f"positive; {pluralise(self.left, 'is', 'are')} unlabelled. Drawn at random: "
            f"{self.at_random:,} of the labelled rows.",
        ]
        said += _say_estimates(self.estimates)
        for rule, advice in self.advice:
            said.append(f"{rule.paper or rule}: {advice}")
            said.append(f"  It promises: {rule.promises}")
            said.append(f"  It assumes: {rule.assumes}")
        return said

    def _describe(self) -> Description:
        facts = [
            ("unlabelled", f"{self.left:,} rows"),
            ("drawn at random", f"{self.at_random:,} of the labelled rows"),
            *_name_numbers(self.estimates),
            *_name_reasons(self.estimates),
        ]
        advice = [(rule.paper or str(rule), str(said), rule.promises) for rule, said in self.advice]
        headings = ("rule", "what it says", "what it promises")
        table = Table("When to stop", headings, advice, len(advice))
        found = pluralise(self.found, "positive")
        summary = f"{pluralise(self.labels, 'label')}, {found} found. {self.verdict}"
        return Description("Forecast", summary, facts, table=table)

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON has it; where there is no estimate, its reason alone."""
        return {
            "labels": self.labels,
            "found": self.found,
            "left": self.left,
            "at_random": self.at_random,
            "verdict": asdict(self.verdict),
            "estimates": {name: asdict(answer) for name, answer in self.estimates.items()},
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
    No valid estimate exists: none of the rows was drawn at random, ...
    """
    estimates = estimation.estimates_of_counts(session, level)
    advice = tuple((rule, rule.advise(session)) for rule in rules)
    return Forecast(
        session.labels,
        session.found,
        session.left,
        int(session.drawn.sum()),
        estimates,
        advice,
        reach_verdict(session, estimates, advice, name),
        name,
    )


_FORMS = {
    "prevalence": ("Positive rows of the pool", "{:.2%}"),
    "positives_left": ("Positives still unlabelled", "{:,.0f}"),
    "recall": ("Share of the positives found", "{:.0%}"),
}


def _name_numbers(estimates: dict[str, MaybeEstimate]) -> list[tuple[str, str]]:
    """Write each estimate under its title."""
    said = []
    for name, answer in estimates.items():
        if isinstance(answer, Estimate):
            title, form = _FORMS[name]
            value, low, high = (form.format(v) for v in (answer.value, answer.low, answer.high))
            said.append((title, f"{value}, by {answer.level:.0%} between {low} and {high}"))
    return said


def _name_reasons(estimates: dict[str, MaybeEstimate]) -> list[tuple[str, str]]:
    """Give each reason why estimates are missing once, under the titles of these."""
    missing: dict[str, list[str]] = {}
    for name, answer in estimates.items():
        if not isinstance(answer, Estimate):
            missing.setdefault(str(answer), []).append(_FORMS[name][0])
    return [(", ".join(titles), reason) for reason, titles in missing.items()]


def _say_estimates(estimates: dict[str, MaybeEstimate]) -> list[str]:
    said = [f"{title}: {text}." for title, text in _name_numbers(estimates)]
    said += [reason for _, reason in _name_reasons(estimates)]
    # All rest on the same thing, and speak of the same rows, which is said once.
    numbers = [answer for answer in estimates.values() if isinstance(answer, Estimate)]
    for one in numbers[:1]:
        said += [f"  {one.speaks_for}"] if one.speaks_for else []
        said.append(f"  This assumes: {one.assumes}")
    return said
