"""Where stopping rules would have ended a simulated session, and what was found by then."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..stopping import (
    DrySpell,
    Knee,
    NegativesInARow,
    OverallUncertainty,
    QuasiSampling,
    Rule,
    StabilisingPredictions,
    TargetRecall,
)
from .record import Run

RULES: tuple[Rule, ...] = (
    TargetRecall(),
    QuasiSampling(),
    Knee(),
    DrySpell(),
    NegativesInARow(50),
    StabilisingPredictions(),
    OverallUncertainty(),
)
"""What a report replays: the proved promise, heuristics, and common practice."""


@dataclass(frozen=True)
class Stop:
    """What became of a rule in one run.

    Attributes
    ----------
    labels : int or None
        Labels asked for when it first said stop, at the end of a query; None if it never did.
    recall : float
        Share of the pool's positives found then, or at the end.
    kept : bool or None
        Whether its target was reached when it stopped; None if it has none or never stopped.
    """

    labels: int | None
    recall: float
    kept: bool | None


def stop(run: Run, rule: Rule) -> Stop:
    """Replay a run, asking a rule after each query, until it says stop."""
    session = run.session
    total = run.all_positives
    after = {origin.asked_after for origin in run.origins[run.known :]}
    for labels in sorted((after | {session.labels}) - {run.known}):
        seen = run.after(labels)
        if rule.advise(seen).stop:
            recall = seen.found / total
            target = rule.target
            kept = None if target is None else recall >= target - 1e-9
            return Stop(labels - run.known, recall, kept)
    return Stop(None, session.found / total, None)


@dataclass(frozen=True)
class Record:
    """A rule over several runs.

    Attributes
    ----------
    runs, stopped : int
        Runs, and those in which it said stop within the budget.
    kept : float
        Those of the latter in which its target was reached; NaN if it has none.
    labels, recall : float
        Means over the runs in which it stopped; NaN if it never did.
    """

    runs: int
    stopped: int
    kept: float
    labels: float
    recall: float


def record(runs: Sequence[Run], rule: Rule) -> Record:
    """What became of a rule in several runs."""
    ends = [stop(run, rule) for run in runs]
    made = [end for end in ends if end.labels is not None]
    n = len(made)
    return Record(
        len(ends),
        n,
        float("nan") if rule.target is None else float(sum(bool(end.kept) for end in made)),
        sum(end.labels or 0 for end in made) / n if n else float("nan"),
        sum(end.recall for end in made) / n if n else float("nan"),
    )
