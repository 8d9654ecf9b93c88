"""Do promises hold at every look? Exactly, in the worst worlds that a search finds."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.stats import hypergeom

from benchmarks.estimation.counting import ENOUGH, FEW, Design, session
from benchmarks.estimation.worlds import PREVALENCES, world
from motherlode._rows.arrays import Codes, Floats
from motherlode.estimation import Estimate, positives
from motherlode.stopping import Target, positives_to_refind, smallest_sample
from motherlode.stopping._boundary import Boundary, least_missed
from motherlode.stopping._hypergeometric import FIRST, count_apart, tail
from motherlode.stopping._phases import Phase

CONFIDENCE = 0.95
REVIEWED = (
    (0.95, 200, 23, 304),
    (0.95, 1000, 23, 304),
    (0.95, 1000, 60, 900),
    (0.9, 200, 36, 301),
    (0.9, 2000, 36, 301),
    (0.9, 1000, 100, 860),
    (0.8, 1000, 100, 360),
    (0.8, 2000, 100, 360),
    (0.8, 1000, 200, 760),
)
"""Recall, rows left, positives among them, found before: where a review saw single looks fail."""


class Place(NamedTuple):
    """A pool after a search, and what is asked of it."""

    recall: float
    rows: int
    left: int
    before: int


def stops_of_rule(place: Place, error: float) -> Codes:
    """The draws after which the rule stops, by the positives seen."""
    boundary = Boundary(place.rows, place.before, place.recall, error)
    return np.array([boundary.draws(seen) for seen in range(_last_short(place) + 1)])


def stops_of_looks(place: Place, error: float) -> Codes:
    """The same of a test at the level, made anew after every draw."""
    drawn = np.arange(place.rows + 1)
    stops = []
    for seen in range(_last_short(place) + 1):
        missed = least_missed(place.before + seen, place.before, place.recall)
        refuted = (tail(place.rows, missed, drawn, seen) < error) & (drawn >= seen)
        stops.append(int(np.argmax(refuted)) if refuted.any() else place.rows + 1)
    return np.array(stops)


def _last_short(place: Place) -> int:
    """The most positives that draws can show with the target still missed."""
    total = place.before + place.left
    return max(int(np.ceil(place.recall * total - 1e-9)) - 1 - place.before, 0)


def stopped_short(place: Place, stops: Codes) -> float:
    """The chance that a session ever stops below the target, by all orders of draws."""
    if place.before >= place.recall * (place.before + place.left) - 1e-9:
        return 0.0
    last = len(stops) - 1
    alive, seen, short = np.zeros(last + 1), np.arange(last + 1), 0.0
    alive[0] = 1.0
    for drawn in range(min(place.rows, int(stops.max())) + 1):
        if drawn:
            chance = np.clip((place.left - seen) / (place.rows - drawn + 1), 0.0, 1.0)
            found = alive * chance
            alive -= found
            alive[1:] += found[:-1]  # those that reach the target are of no more interest
        stopped = stops <= drawn
        short += float(alive[stopped].sum()) if place.before else float(alive[stopped][1:].sum())
        alive[stopped] = 0.0
    return short


def random_place(rng: np.random.Generator, most: int) -> Place:
    """Any pool: sizes of all orders of magnitude, and a target that is missed."""
    while True:
        rows, before = (round(10 ** rng.uniform(low, np.log10(most))) for low in (0.7, 0.0))
        recall = float(rng.choice([0.5, 0.7, 0.8, 0.9, 0.95, 0.98]))
        first = int(least_missed(before, before, recall))
        if first <= rows:
            left = min(first + int(rng.geometric(min(4 / max(first, 4), 1.0))) - 1, rows)
            return Place(recall, rows, left, before)


def worst_by_search(
    stops: Callable[[Place, float], Codes], rng: np.random.Generator, starts: int, steps: int
) -> tuple[Place, float]:
    """Climb from random places to where a session stops short most often."""
    best: tuple[Place, float] = (Place(0.95, 1, 1, 1), 0.0)
    error = 1 - CONFIDENCE
    for _ in range(starts):
        here = random_place(rng, 800)
        height = stopped_short(here, stops(here, error))
        for _ in range(steps):
            there = _step(here, rng)
            found = stopped_short(there, stops(there, error))
            if found >= height:
                here, height = there, found
        best = max(best, (here, height), key=lambda pair: pair[1])
    return best


def _step(place: Place, rng: np.random.Generator) -> Place:
    recall = float(np.clip(place.recall + rng.choice([-0.02, 0, 0, 0.02]), 0.5, 0.99))
    scale = 10 ** rng.normal(0, 0.1, 3)
    rows = min(max(round(place.rows * scale[0]), 2), 1000)
    before = min(max(round(place.before * scale[1]), 1), 1000)
    first = int(least_missed(before, before, recall))
    left = min(max(round(place.left * scale[2]), first), rows)
    return Place(recall, rows, max(left, 1), before)


def many_worlds(worlds: int) -> dict[str, tuple[int, float, float]]:
    """For each rule that is proved: worlds, the largest share of the error used, the median."""
    rng, used = np.random.default_rng(0), {"TargetRecall": [], "QuantileBound": [], "Target": []}
    for _ in range(worlds):
        place, error = random_place(rng, 150), float(rng.choice([0.01, 0.05, 0.1, 0.2]))
        used["TargetRecall"].append(stopped_short(place, stops_of_rule(place, error)) / error)
        recall, total = float(rng.choice([0.5, 0.7, 0.8, 0.9])), round(10 ** rng.uniform(1.8, 3.5))
        least = smallest_sample(recall, 1 - error)
        sample = min(least + int(rng.integers(0, 60)), total)
        needed = positives_to_refind(sample, recall, 1 - error)
        if needed is not None:
            chance = refound_short(total, sample, needed, recall)
            used["QuantileBound"].append(chance / error)
        rule = Target(int(rng.integers(5, 20)), recall)
        chance = refound_short(total, rule.positives, rule.positives, recall)
        used["Target"].append(chance / recall**rule.positives)
    return {
        name: (len(shares), float(np.max(shares)), float(np.median(shares)))
        for name, shares in used.items()
    }


def refound_short(total: int, sample: int, needed: int, recall: float) -> float:
    """The chance that so many of a sample are found again before the target is reached.

    Exactly: the rule stops at the moment when the last that it needs is found, so that it is one
    look, however often one asks. It is short if they are among the first positives found.
    """
    first = int(np.ceil(recall * total - 1e-9)) - 1
    return float(hypergeom.sf(needed - 1, total, sample, first))


class Draws(NamedTuple):
    """Draws needed with the same positives seen, relative to a test that is made once."""

    median: float
    most: float
    none_median: float
    none_most: float


def ratios(worlds: int) -> Draws:
    """In random pools where one test takes 20 draws at least; the draws set apart count too."""
    rng, every, none = np.random.default_rng(1), [], []
    for _ in range(worlds):
        place = random_place(rng, 3000)
        begun = [Phase(place.rows, place.before, 0, 0)]
        apart = int(count_apart(begun, place.recall, CONFIDENCE)[0])
        error = FIRST * (1 - CONFIDENCE)
        boundary = Boundary(place.rows - apart, place.before, place.recall, error)
        for seen in range(min(_last_short(place) + 1, 170)):
            missed = float(least_missed(place.before + seen, place.before, place.recall))
            if missed > place.rows:
                break
            drawn = np.arange(seen, place.rows + 1)
            once = int(drawn[np.argmax(tail(place.rows, missed, drawn, seen) < 1 - CONFIDENCE)])
            if once >= 20:
                ratio = min(apart + boundary.draws(seen), place.rows) / once
                every.append(ratio)
                none += [ratio] if not seen else []
    return Draws(*(float(f(r)) for r in (every, none) for f in (np.median, np.max)))


class Watched(NamedTuple):
    """Shares of sessions in which the interval holds the truth at every look, and at the last."""

    always: float
    last: float
    width: float
    """Median width of the interval for the positives at the end, relative to the truth."""


def watched(prevalence: float, design: Design, runs: int) -> tuple[Watched, Watched]:
    """Somebody looks after every query: intervals for every look, and for one."""
    held: Floats = np.ones((2, 2, runs))
    widths = np.zeros((2, runs))
    for run in range(runs):
        pool = world(prevalence, ("good", "bad", "hidden")[run % 3], run)
        whole, truth = session(pool, design, np.random.default_rng([run, 1])), pool.truth.sum()
        for labels in range(0, whole.labels, design.searched + design.drawn):
            now = whole.first(labels + design.searched + design.drawn)
            for way, every_look in enumerate((True, False)):
                found = positives(now, every_look=every_look)
                if isinstance(found, Estimate):
                    held[way, 1, run] = found.low <= truth <= found.high
                    held[way, 0, run] *= held[way, 1, run]
                    widths[way, run] = (found.high - found.low) / truth
    return tuple(
        Watched(float(held[way, 0].mean()), float(held[way, 1].mean()), float(np.median(w)))
        for way, w in enumerate(widths)
    )


def table(runs: int) -> dict[str, object]:
    """Everything of this page."""
    rng, error = np.random.default_rng(2), 1 - CONFIDENCE
    places = [Place(*numbers) for numbers in REVIEWED]
    return {
        "reviewed": [
            (
                place,
                stopped_short(place, stops_of_looks(place, error)),
                stopped_short(place, stops_of_rule(place, error)),
            )
            for place in places
        ],
        "worst": worst_by_search(stops_of_rule, rng, max(runs // 40, 1), 40),
        "worst of looks": worst_by_search(stops_of_looks, rng, max(runs // 100, 1), 40),
        "worlds": many_worlds(10 * runs),
        "ratios": ratios(max(runs // 3, 1)),
        "watched": [
            (design[p], p, *watched(p, design[p], max(runs // 10, 1)))
            for design in (ENOUGH, FEW)
            for p in PREVALENCES
        ],
    }
