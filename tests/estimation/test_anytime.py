"""Intervals of positives hold at every look, whatever a search does between the draws."""

import numpy as np
import pytest

from motherlode.estimation import positives
from motherlode.estimation._anytime import Evidence, anytime_interval
from motherlode.session import Group


def chance_to_miss(rows: int, total: int, search: bool, level: float) -> float:
    """By all orders: one draw, then (perhaps) a search that takes a positive if the draw was none.

    The chance that the interval ever misses, looked at after every draw.
    """
    ways: dict[tuple[tuple[Group, ...], int, int], float] = {((), 0, rows): 1.0}
    missed = 0.0
    while ways:
        nexts: dict[tuple[tuple[Group, ...], int, int], float] = {}
        for (groups, found, left), chance in ways.items():
            for seen in (0, 1):
                hidden = total - found
                p = hidden / left if seen else 1 - hidden / left
                if p <= 0:
                    continue
                drawn = (*groups, Group(left, 1, seen, found))
                now, rest = found + seen, left - 1
                low, high = anytime_interval((Evidence(rows, drawn, now, now + rest),), level)
                if not low <= total <= high:
                    missed += chance * p
                elif rest:
                    if search and not seen and total > now and rest > 1:
                        now, rest = now + 1, rest - 1
                    key = (drawn, now, rest)
                    nexts[key] = nexts.get(key, 0.0) + chance * p
        ways = nexts
    return missed


@pytest.mark.parametrize("search", [False, True])
@pytest.mark.parametrize("total", [0, 1, 3, 6, 8])
def test_no_total_is_ever_missed_more_often_than_said(search: bool, total: int) -> None:
    assert chance_to_miss(8, total, search, 0.7) <= 0.3


def test_an_interval_holds_the_share_seen_and_refutes_much() -> None:
    groups = (Group(400, 60, 3, 0),)
    low, high = anytime_interval((Evidence(400, groups, 3, 343),), 0.95)
    assert 3 <= low < 20 < high < 343


def test_parts_add_up_to_no_less_than_each() -> None:
    one = Evidence(400, (Group(400, 60, 3, 0),), 3, 343)
    low, high = anytime_interval((one,), 0.95)
    both = anytime_interval((one, one), 0.95)
    assert both[0] <= 2 * low + (high - low)
    assert high < both[1] <= 2 * high + 2


def test_an_estimate_says_when_it_holds() -> None:
    from tests.estimation.test_counts import at_random

    of = at_random(500, np.arange(80) < 4)
    watched, once = positives(of), positives(of, every_look=False)
    assert (watched.holds, once.holds) == ("always", "once")
    assert watched.low <= once.low <= once.value == watched.value <= once.high <= watched.high
