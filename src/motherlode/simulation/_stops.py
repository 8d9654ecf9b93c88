"""Replays of simulated sessions: where stopping rules would have ended them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .._rows.arrays import Rows
from ..session import Session
from ..stopping import (
    ClassificationChange,
    DrySpell,
    Knee,
    NegativesInARow,
    OverallUncertainty,
    QuantileBound,
    QuasiSampling,
    Rule,
    StabilisingPredictions,
    Target,
    TargetRecall,
)
from ._record import Run

RULES: tuple[Rule, ...] = (
    TargetRecall(),
    QuantileBound(0.8),
    Target(),
    QuasiSampling(),
    Knee(),
    DrySpell(),
    NegativesInARow(50),
    StabilisingPredictions(),
    OverallUncertainty(),
    ClassificationChange(),
)
"""What a report replays: proved promises, heuristics, and common practice."""


def name_rules(rules: Sequence[Rule]) -> list[str]:
    """Name rules for tables: by their kind, with their settings where two are of one kind."""
    kinds = [type(rule).__name__ for rule in rules]
    return [
        kind if kinds.count(kind) == 1 else str(rule)
        for kind, rule in zip(kinds, rules, strict=True)
    ]


@dataclass(frozen=True)
class _Stop:
    """Where a rule would have ended one run.

    Attributes
    ----------
    labels : int or None
        Labels asked for when the rule first said stop, at the end of a query; with those of the
        rows drawn before the search, if it sets positives aside. None if it never said stop while
        rows were left to ask.
    recall : float
        Share of the pool's positives found then, or at the end.
    kept : bool or None
        Whether the target was reached then; None if there is none or the rule never said stop.
    """

    labels: int | None
    recall: float
    kept: bool | None


def replay(run: Run, rule: Rule, beside: Sequence[Run] = ()) -> _Stop:
    """Replay a run, asking a rule after each query, until it says stop.

    `beside` are other searches of the same pool, with as many labels each, for a rule that
    compares what several have found. Rows that two of them ask are labelled once.
    """
    session = run.session
    total = run.all_positives
    aside = _set_aside(run, rule.sets_aside)
    together = "captures" in rule.reads
    after = {origin.asked_after for origin in run.origins[run.known :]}
    for labels in sorted((after | {session.labels}) - {run.known}):
        seen = _join([run, *beside], labels) if together else aside.add_to(run.after(labels))
        # If every row is labelled every rule says stop, which saves no label.
        if seen.left and rule.advise(seen).stop:
            recall = seen.found / total
            target = rule.target
            kept = None if target is None else recall >= target - 1e-9
            more = 0 if together else aside.count_unasked(seen)
            return _Stop(seen.labels - run.known + more, recall, kept)
    return _Stop(None, session.found / total, None)


def _join(runs: Sequence[Run], labels: int) -> Session:
    """Join what several searches know after so many labels each; no search found the start."""
    positive: dict[int, bool] = {}
    for run in runs:
        positive.update(zip(run.rows[:labels], run.is_positive[:labels], strict=True))
    asked = [set(run.rows[run.known : labels]) for run in runs]
    found = [row for row, flag in positive.items() if flag and any(row in rows for rows in asked)]
    captures = np.array([[row in rows for rows in asked] for row in found], dtype=bool)
    return Session(
        runs[0].pool_rows,
        np.array(list(positive.values()), dtype=bool),
        captures=captures.reshape(len(found), len(runs)),
    )


@dataclass(frozen=True)
class _Aside:
    """A sample drawn before the search, which knew nothing of it.

    Rows are numbered by the order in which the search found them: positives from 0 on, and
    negatives likewise, those that it never found last. Any order will do, as the sample is random.
    """

    positives: Rows
    negatives: Rows

    def add_to(self, session: Session) -> Session:
        """Add to the session what was set aside, and what of it is found again."""
        again = int((self.positives < session.found).sum())
        return replace(session, set_aside=len(self.positives), refound=again)

    def count_unasked(self, session: Session) -> int:
        """Count the labels of the sample that the search has not asked for."""
        negative = session.labels - session.found
        return int((self.positives >= session.found).sum() + (self.negatives >= negative).sum())


def _set_aside(run: Run, wanted: int) -> _Aside:
    """Draw rows at random until so many positives are among them, or all are."""
    if not wanted:
        return _Aside(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    order = np.random.default_rng([run.seed, 5]).permutation(run.pool_rows)
    found = np.cumsum(order < run.all_positives)
    drawn = order[: int(np.searchsorted(found, min(wanted, found[-1]))) + 1]
    positive = drawn < run.all_positives
    return _Aside(drawn[positive], drawn[~positive] - run.all_positives)


@dataclass(frozen=True)
class StopSummary:
    """Where a rule would have ended several runs.

    Attributes
    ----------
    runs, stopped : int
        Runs, and those in which the rule said stop within the budget.
    kept : float
        Those of the latter in which its target was reached; NaN if it has none.
    labels, recall : float
        Means over the runs in which the rule said stop; NaN if it never did.
    """

    runs: int
    stopped: int
    kept: float
    labels: float
    recall: float


def summarise_stops(runs: Sequence[Run], rule: Rule, others: Sequence[Run] = ()) -> StopSummary:
    """Replay several runs with a rule; ``others`` are searches of the same pools."""
    ends = [replay(run, rule, [one for one in others if _same_pool(one, run)]) for run in runs]
    made = [end for end in ends if end.labels is not None]
    n = len(made)
    return StopSummary(
        len(ends),
        n,
        math.nan if rule.target is None else float(sum(bool(end.kept) for end in made)),
        sum(end.labels or 0 for end in made) / n if n else math.nan,
        sum(end.recall for end in made) / n if n else math.nan,
    )


def _same_pool(one: Run, other: Run) -> bool:
    """Say whether two strategies searched one pool from one start; a seed splits in one way."""
    start, other_start = one.rows[: one.known], other.rows[: other.known]
    same = (one.dataset, one.seed, start) == (other.dataset, other.seed, other_start)
    return same and one.strategy != other.strategy
