"""What motherlode asks of itself: its default beside the best single peer, over the rare sets."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.efficiency.compare import Comparison
from benchmarks.efficiency.summary import ENOUGH, Measure, Summary, area, share_found

FIND, LEARN, BOTH = "auto:find", "auto:learn", "auto:both"

MORE_FOUND, MORE_LEARNED, MORE_BY_PLAIN = 1.25, 1.15, 1.05
FROM_NOTHING, OF_EACH, LABELS = 0.9, 0.95, 0.5


class Bar(NamedTuple):
    """One thing asked for.

    Attributes
    ----------
    text : str
        What is measured.
    start : str
        From how many positives.
    value, needed : float
    most : bool
        Whether `needed` is the most that is allowed, and not the least.
    beside : str
        The best peer, or what else to know.
    sets : int
        Over how many sets.
    """

    text: str
    start: str
    value: float
    needed: float
    beside: str
    sets: int
    most: bool = False

    @property
    def met(self) -> bool:
        """Whether it is reached; a value that is not known is not."""
        return self.value <= self.needed if self.most else self.value >= self.needed


def bars(comparison: Comparison) -> list[Bar]:
    """Those whose arms were run, start by start."""
    main, setting = comparison.setting.finals[0], comparison.setting
    by_start = {start: Summary(comparison, start, main) for start in setting.starts}
    found = []
    for start, summary in by_start.items():
        if summary.sets:
            found += [*_finding(summary), *_learning(summary)]
            if "labelled" in setting.finals:
                found += _alone(summary, Summary(comparison, start, "labelled"))
            if "logistic" in setting.finals:
                found += _more_learned(Summary(comparison, start, "logistic"), MORE_BY_PLAIN)
            found += [*_each(summary), *_labels(summary)]
    return [*found, *_from_nothing(by_start)]


def _finding(summary: Summary) -> Iterator[Bar]:
    best = summary.best_peer(share_found)
    if best is None or FIND not in summary.own:
        return
    own, theirs = summary.pairs(FIND, best, share_found)
    target = np.minimum(MORE_FOUND * theirs, 1.0)
    what = f"positives found by {FIND} / by the best peer"
    n = len(own)
    ratio = _over(own.sum(), theirs.sum())
    yield Bar(what, summary.start, ratio, MORE_FOUND, best, n)
    yield Bar(
        f"positives found by {FIND} / {MORE_FOUND} times the best peer's, or all if that is less",
        summary.start,
        _over(own.sum(), target.sum()),
        1.0,
        best,
        n,
    )


def _learning(summary: Summary) -> Iterator[Bar]:
    yield from _more_learned(summary, MORE_LEARNED)
    if LEARN not in summary.own or "random" not in summary.own:
        return
    below = [name for name in summary.sets if _below_random(summary, name)]
    yield Bar(
        f"sets where {LEARN} learns less than the interval of random",
        summary.start,
        len(below),
        0,
        ", ".join(below) or "–",
        len(summary.sets),
        most=True,
    )


def _alone(summary: Summary, alone: Summary) -> Iterator[Bar]:
    """The peers' final model of the same kind, but fitted on what they labelled and no more."""
    best = alone.best_peer(area)
    if best is None or LEARN not in summary.own:
        return
    own, theirs = summary.by_set(LEARN, area), alone.by_set(best, area)
    both = [name for name in own if name in theirs]
    yield Bar(
        f"area under average precision of {LEARN}, {summary.final} model / of the best peer, "
        "labelled model",
        summary.start,
        _over(sum(own[name] for name in both), sum(theirs[name] for name in both)),
        MORE_LEARNED,
        best,
        len(both),
    )


def _more_learned(summary: Summary, needed: float) -> Iterator[Bar]:
    best = summary.best_peer(area)
    if best is not None and LEARN in summary.own:
        what = f"area under average precision of {LEARN} / of the best peer, {summary.final} model"
        value = summary.ratio(LEARN, best, area)
        yield Bar(what, summary.start, value, needed, best, len(summary.by_set(LEARN, area)))


def _below_random(summary: Summary, name: str) -> bool:
    chance = summary.on_set(name, "random", area)
    low = chance.mean - (0.0 if math.isnan(chance.half) else chance.half)
    return summary.on_set(name, LEARN, area).mean < low


def _each(summary: Summary) -> Iterator[Bar]:
    measures: tuple[tuple[str, str, Measure], ...] = (
        ("positives found", FIND, share_found),
        ("area under average precision", LEARN, area),
    )
    for what, arm, measure in measures:
        if {arm, BOTH} <= set(summary.own):
            value = summary.ratio(BOTH, arm, measure)
            sets = len(summary.by_set(arm, measure))
            yield Bar(f"{what}, {BOTH} / {arm}", summary.start, value, OF_EACH, "–", sets)


def _labels(summary: Summary) -> Iterator[Bar]:
    best = summary.best_peer(area)
    if best is None or LEARN not in summary.own:
        return
    both = [
        pair
        for name in summary.sets
        if math.isfinite(min(pair := [summary.labels_needed(arm, name) for arm in (LEARN, best)]))
    ]
    middle = [_labels_text(_median([pair[i] for pair in both])) for i in (0, 1)]
    yield Bar(
        f"labels to {ENOUGH:.0%} of the whole pool's average precision, {LEARN} / best peer, "
        "median over the sets where either gets there",
        summary.start,
        labels_beside(summary, [LEARN], best),
        LABELS,
        f"{best}; medians {middle[0]} and {middle[1]}",
        len(both),
        most=True,
    )


def labels_beside(summary: Summary, arms: Sequence[str], peer: str) -> float:
    """Labels of the quickest of some arms over a peer's, median over the sets where either ends.

    A peer that never gets there is counted at the budget, which is too kind to it.
    """
    budget, ratios = summary.comparison.setting.budget, []
    for name in summary.sets:
        run = [arm for arm in arms if summary.results.cell(name, arm)]
        own = min((summary.labels_needed(arm, name) for arm in run), default=math.inf)
        theirs = summary.labels_needed(peer, name)
        if math.isfinite(min(own, theirs)):
            ratios.append(own / max(min(theirs, budget), 1))
    return _median(ratios)


def _from_nothing(by_start: dict[str, Summary]) -> Iterator[Bar]:
    if not {"one", "none"} <= by_start.keys():
        return
    one, none = (by_start[start].by_set(FIND, share_found) for start in ("one", "none"))
    both = one.keys() & none.keys()
    if both:
        value = _over(sum(none[name] for name in both), sum(one[name] for name in both))
        what = f"positives found by {FIND}, from none / from one"
        yield Bar(what, "none", value, FROM_NOTHING, "–", len(both))


def _over(value: float, by: float) -> float:
    return float(value / by) if by else math.nan


def _median(values: list[float]) -> float:
    # The higher middle, since halfway to infinity is no number of labels.
    return sorted(values)[len(values) // 2] if values else math.nan


def _labels_text(labels: float) -> str:
    return f"{labels:.0f}" if math.isfinite(labels) else "never"
