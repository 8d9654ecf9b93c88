"""One sentence to act on: stop, or go on, and what would tell more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .._inert.written_numbers import write_ends, write_level
from ..estimation import Estimate, Estimates, plan_draws
from ..estimation._bounds import are_bounds_apart
from ..estimation._naming import count_positives, name_positives
from ..estimation._value import MaybeEstimate
from ..session import Session
from ._base import Advice, Rule
from ._budget import Budget

WIDTH = 0.1
"""Half the width of an interval of the recall that is narrow enough to act on."""


@dataclass(frozen=True)
class Verdict:
    """What to do now, and the numbers behind it.

    Attributes
    ----------
    act : {"begin", "go on", "check", "stop"}
        "check" where a heuristic says stop, and only random draws can confirm it.
    sentence : str
        What is known of the search, in one sentence.
    next_step : str
        What to do, in one sentence; empty where nothing is left to do.
    draws : int
        So many more random rows would probably tell the share found within ±10 points; 0 where it
        is known so well, or everything is labelled.
    """

    act: Literal["begin", "go on", "check", "stop"]
    sentence: str
    next_step: str = ""
    draws: int = 0

    def __str__(self) -> str:
        titles = {"begin": "Begin", "go on": "Go on", "check": "Check", "stop": "Stop"}
        return f"{titles[self.act]}: {self.sentence} {self.next_step}".rstrip()


def reach_verdict(
    session: Session,
    estimates: Estimates,
    advice: Sequence[tuple[Rule, Advice]],
) -> Verdict:
    """Put estimates and advice into one sentence.

    Parameters
    ----------
    session : Session
        The labels so far, and how their rows were found.
    estimates : Estimates
        As from `motherlode.estimation.estimate_counts`; they name the positive rows.
    advice : sequence of (Rule, Advice)
        Each rule that was asked, and what it said.
    """
    name = estimates.name
    if not session.left:
        return Verdict("stop", f"every row is labelled, and all {name} are found.")
    if not session.labels:
        return Verdict("begin", "no row is labelled yet.", "Label the first rows.")
    draws = plan_draws(session, WIDTH)
    met = [rule for rule, said in advice if said.stop and rule.valid]
    if met:
        return Verdict("stop", _say_known(estimates, session), _say_met(met, name), draws)
    doubtful = [rule for rule, said in advice if said.stop]
    known, step = _say_known(estimates, session), _say_draws(draws, session.left)
    if doubtful:
        spent = all(isinstance(rule, Budget) for rule in doubtful)
        why = "the budget is spent" if spent else f"the last labels found few {name}"
        found = f"{why}, but this proves nothing; {known}"
        return Verdict("check", found, step, draws)
    if draws > session.left / 2:
        step = "It is too early to count: label what is asked."
    return Verdict("go on", known, step, draws)


def _say_known(estimates: Estimates, session: Session) -> str:
    recall, total, name = estimates.recall, estimates.positives, estimates.name
    if isinstance(recall, Estimate):
        low, high = write_ends(recall.low, recall.high, recall.kind, recall.limits)
        share = f"at least {low} %" if recall.high >= 1.0 else f"between {low} and {high} %"
        also = _say_bounds(recall, total)
        return f"{share} of the {name} are found{_say_sure(recall)}{also}."
    if isinstance(total, Estimate):
        _, most = write_ends(total.low, total.high, total.kind, total.limits)
        sure = _say_sure(total)
        return f"none of the {name} is found yet, and there are at most {most}{sure}."
    found = count_positives(session.found, name) if session.found else f"no {name}"
    verb = "is" if session.found == 1 else "are"
    return f"{found} {verb} found, and nobody can tell yet how many there are."


def _say_sure(estimate: Estimate) -> str:
    """Say how sure an interval is; one of no width is known."""
    if estimate.low == estimate.high:
        return ""
    return f", with {write_level(estimate.level)} confidence"


def _say_bounds(recall: Estimate, total: MaybeEstimate) -> str:
    """Say how far the rows that were passed over could change the share found."""
    if recall.bounds is None or not (are_bounds_apart(recall) or are_bounds_apart(total)):
        return ""
    low, high = write_ends(*recall.bounds, recall.kind, recall.limits)
    return f", but undecided rows could make it {low} to {high} %"


def _say_met(met: Sequence[Rule], name: str) -> str:
    return name_positives(met[0].promises, name)


def _say_draws(draws: int, left: int) -> str:
    if not draws:
        return ""
    if draws >= left:
        return f"Only labels of all {left:,} rows that are left would tell within ±10 %."
    return f"About {_round(draws):,} more random rows would tell within ±10 %."


def _round(count: int) -> int:
    """Round up to two digits.

    Examples
    --------
    >>> _round(7), _round(43), _round(1301)
    (7, 43, 1400)
    """
    unit = 10 ** max(len(str(count)) - 2, 0)
    return -(-count // unit) * unit
