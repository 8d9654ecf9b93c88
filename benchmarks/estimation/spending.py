"""``python -m benchmarks.estimation.spending``: how should a target recall spend its error?

Of shapes of `share_spent`, it prints those for which the worst ratio of the draws to those of a
test that is made once is least, by confidence. The pools are large and the draws a small part, so
that positives come as a Poisson process: elsewhere the ratio is lower. `looks.ratios` checks the
choice in random pools.
"""

import sys
from bisect import bisect_left
from itertools import product
from unittest.mock import patch

from benchmarks.estimation.looks import Place
from motherlode.stopping import _boundary, _hypergeometric
from motherlode.stopping._boundary import Boundary, least_missed
from motherlode.stopping._hypergeometric import FIRST, count_apart, tail
from motherlode.stopping._phases import Phase

PLACES = (Place(0.95, 1_000_000, 0, 20_000), Place(0.8, 200_000, 0, 20_000))
SEEN = (0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 45, 70, 110, 170)
AT_NONE = (0.2, 0.25, 0.3, 0.35, 0.4)
"""Powers of the error that the stop at no positive may spend."""
TAILS = ((2, 1.4), (3, 1.6), (3, 2.0), (4, 2.0), (5, 2.0), (6, 2.5), (8, 3.0))
"""After how many positives the rest is spent, and how steeply."""


def draws_once(place: Place, seen: int, confidence: float) -> int:
    """Count the draws of a test made once, if so many positives are seen."""
    missed = float(least_missed(place.before + seen, place.before, place.recall))
    tried = range(seen, place.rows + 1)
    return tried[
        bisect_left(
            tried, True, key=lambda n: float(tail(place.rows, missed, n, seen)) < 1 - confidence
        )
    ]


def draws_ever(place: Place, confidence: float) -> list[int]:
    """Count the draws of the rule, those set apart included, for each number of positives seen."""
    begun = [Phase(place.rows, place.before, 0, 0)]
    apart = int(count_apart(begun, place.recall, confidence)[0])
    error = FIRST * (1 - confidence)
    boundary = Boundary(place.rows - apart, place.before, place.recall, error)
    return [apart + boundary.draws(seen) for seen in SEEN]


def main() -> int:
    """Print the worst ratio of the shape in use, and of the best three."""
    for confidence in (0.8, 0.9, 0.95, 0.99):
        once = [[draws_once(place, seen, confidence) for seen in SEEN] for place in PLACES]

        def worst(once: list[list[int]] = once, confidence: float = confidence) -> float:
            return max(
                n / needed
                for place, row in zip(PLACES, once, strict=True)
                for n, needed in zip(draws_ever(place, confidence), row, strict=True)
            )

        found = []
        for power, (half, steep) in product(AT_NONE, TAILS):
            kept = 1 - (1 - confidence) ** power

            def shape(seen: int, error: float, k: float = kept, h: int = half, s: float = steep):
                return 1 - k * (h / (seen + h)) ** s

            with (
                patch.object(_boundary, "share_spent", shape),
                patch.object(_hypergeometric, "share_spent", shape),
            ):
                found.append((round(worst(), 3), power, half, steep))
        print(f"{confidence:.0%}: in use {worst():.3f}; tried {sorted(found)[:3]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
