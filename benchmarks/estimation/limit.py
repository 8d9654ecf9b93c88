"""How few draws can prove a target recall at every look, beside a test that is made once?

A rule that is right at every look is a boundary: with k positives seen it stops at n_k draws. The
fewer these are, the more often it stops short. So of all boundaries with at most r times the draws
of the test, the one with n_k = floor(r * draws) stops short least often, and no rule keeps its word
with a ratio below the least r for which this one does. It is found by bisection; the chance to stop
short is exact, for every number of positives that misses the target.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from benchmarks.estimation.looks import Place
from motherlode._rows.arrays import Codes, Floats
from motherlode.estimation._exact import log_chance, log_choose
from motherlode.stopping._boundary import Boundary, least_missed
from motherlode.stopping._hypergeometric import FIRST, count_apart, tail
from motherlode.stopping._phases import Phase

_MOST_SEEN = 80  # stops after more positives are left out, which can only lower the limit
_HALVINGS = 12
_ENOUGH = 20  # draws of the test, from which on a ratio is more than rounding

ROWS = (60, 200, 1_000, 4_000)
BEFORE = (1, 3, 10, 30, 100, 400, 4_000)
RECALLS = (0.5, 0.8, 0.95)
ERRORS = (0.01, 0.05, 0.2)


class Limit(NamedTuple):
    """The worst ratio of the draws to those of a test made once, in one world."""

    once: int
    """Draws of the test if none is seen."""
    least: float
    """The least that a rule can have which may spend all of the error."""
    least_first: float
    """The least with the share of the error that a first phase has."""
    ours: float
    """What `TargetRecall` has, the draws set apart included."""


def draws_once(place: Place, error: float) -> Codes:
    """Count the draws of a test made once, by the positives seen."""
    seen = np.arange(min(_MOST_SEEN, place.rows))
    missed = least_missed(place.before + seen, place.before, place.recall)
    seen, missed = seen[missed <= place.rows], missed[missed <= place.rows]
    low, high = seen.copy(), np.full(len(seen), place.rows)
    while (low < high).any():
        middle = (low + high) // 2
        refuted = tail(place.rows, missed, middle, seen) < error
        low, high = np.where(refuted, low, middle + 1), np.where(refuted, middle, high)
    return low


def most_short(place: Place, stops: Codes) -> float:
    """The chance to stop short at any of these draws, with the positives that make it largest."""
    seen, last = np.arange(len(stops)), int(stops.max())
    # Of the orders of draws that show so many positives, the share that met no stop before.
    alive = np.eye(1, len(stops))[0]
    ends: list[tuple[Codes, Codes, Floats]] = []
    for drawn in range(last + 1):
        if drawn:
            again = alive * np.clip(drawn - seen, 0, None)
            again[1:] += alive[:-1] * seen[1:]
            alive = again / drawn
        stopped = np.flatnonzero((stops <= drawn) & (alive > 0))
        if len(stopped):
            ends.append((np.full(len(stopped), drawn), stopped, alive[stopped]))
            alive[stopped] = 0.0
    n, k, share = (np.concatenate(column) for column in zip(*ends, strict=True))
    orders = np.log(share) + log_choose(n, k)
    # With fewer than the least that misses the target, a stop would be right.
    left = least_missed(place.before + seen, place.before, place.recall)[:, None]
    short = place.before + k < place.recall * (place.before + left) - 1e-9
    chances = np.exp(orders + log_chance(place.rows, left, n, k))
    return float(np.where(short, chances, 0.0).sum(axis=1).max())


def least_ratio(place: Place, once: Codes, allowed: float) -> float:
    """Find the least worst ratio of a boundary that stops short in so many sessions at most."""
    low, high = 1.0, 1.0
    while not _keeps(place, once, high, allowed):
        low, high = high, 1.5 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _keeps(place, once, middle, allowed) else (middle, high)
    return high


def _keeps(place: Place, once: Codes, ratio: float, allowed: float) -> bool:
    stops = np.minimum(np.floor(ratio * once + 1e-9), place.rows).astype(np.int64)
    return most_short(place, stops) <= allowed


def limit(place: Place, error: float) -> Limit:
    """Compare what is possible in one world with what the rule does."""
    once = draws_once(place, error)
    apart = int(count_apart([Phase(place.rows, place.before, 0, 0)], place.recall, 1 - error)[0])
    rule = Boundary(place.rows - apart, place.before, place.recall, FIRST * error)
    ours = np.array([min(apart + rule.draws(seen), place.rows) for seen in range(len(once))])
    return Limit(
        int(once[0]),
        least_ratio(place, once, error),
        least_ratio(place, once, FIRST * error),
        float((ours / once).max()),
    )


class Row(NamedTuple):
    """Worlds that are alike: how many, and the largest ratio over them."""

    error: float
    kind: str
    worlds: int
    least: float
    least_first: float
    ours: float


_KINDS: dict[str, Callable[[Place, Limit], bool]] = {
    "10 or more found, 20 draws or more": lambda p, found: p.before >= 10 and found.once >= _ENOUGH,
    "10 or more found, fewer draws": lambda p, found: p.before >= 10 and found.once < _ENOUGH,
    "fewer found, target 80 or 95 %": lambda p, _: p.before < 10 and p.recall > 0.5,
    "fewer found, target 50 %": lambda p, _: p.before < 10 and p.recall <= 0.5,
}


def grid() -> Iterator[tuple[float, Place, Limit]]:
    """Compare in each world of the grid in which the target may be missed."""
    for error, recall, before, rows in product(ERRORS, RECALLS, BEFORE, ROWS):
        if least_missed(before, before, recall) <= rows:
            place = Place(recall, rows, 0, before)
            yield error, place, limit(place, error)


def summarise(found: Iterable[tuple[float, Place, Limit]]) -> list[Row]:
    """Give the largest ratios by the error and the kind of world."""
    every = list(found)
    rows = []
    for error, (kind, is_one) in product(ERRORS, _KINDS.items()):
        ratios = [one[1:] for e, place, one in every if e == error and is_one(place, one)]
        rows.append(
            Row(error, kind, len(ratios), *(max(column) for column in zip(*ratios, strict=True)))
        )
    return rows


def main() -> int:
    """Print each world of the grid."""
    for error, place, found in grid():
        ratios = "  ".join(f"{ratio:.3f}" for ratio in found[1:])
        world = f"{error:.0%} {place.recall:.0%} {place.before:5} {place.rows:5}"
        print(f"{world} {found.once:5}  {ratios}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
