"""Intervals of positives hold at every look, whatever a search does between the draws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motherlode.estimation import positives
from motherlode.estimation._anytime import Evidence, _Hills, anytime_interval, log_wager
from motherlode.estimation._exact import log_chance, log_chances
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


@st.composite
def part_of_a_pool(draw: st.DrawFn) -> Evidence:
    """Draws from a pool of up to 40 rows, with rows of a search between."""
    rows = draw(st.integers(2, 40))
    truth = draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
    groups, known = [], 0
    while known < rows and len(groups) < 6:
        drawn = draw(st.integers(1, min(rows - known, 5)))
        found = sum(truth[:known])
        groups.append(Group(rows - known, drawn, sum(truth[known : known + drawn]), found))
        known = min(known + drawn + draw(st.integers(0, 3)), rows)
    found = sum(truth[:known])
    return Evidence(rows, tuple(groups), found, found + rows - known)


@given(part_of_a_pool())
@settings(deadline=None)
def test_chances_in_a_table_are_those_of_each_group(part: Evidence) -> None:
    groups, totals = np.array(part.groups, dtype=np.float64), np.arange(part.rows + 1.0)
    rows, drawn, seen, found = groups.T[:, :, None]
    one_by_one = log_chance(rows, totals - found, drawn, seen)
    # More positives than rows, or fewer than none, are impossible, and log_chance does not ask.
    possible = (totals >= found) & (totals <= found + rows)
    expected = np.where(possible, one_by_one, -np.inf)
    assert log_chances(groups, totals) == pytest.approx(expected, abs=1e-9)


@given(st.lists(part_of_a_pool(), min_size=2, max_size=3), st.sampled_from((0.5, 0.8, 0.95)))
@settings(deadline=None)
def test_a_sum_is_bounded_by_its_likeliest_parts(parts: list[Evidence], level: float) -> None:
    limit = np.log(1 - level) + sum(log_wager(part.rows, part.groups) for part in parts)
    best, first = np.zeros(1), 0
    for part in parts:
        totals = np.arange(part.known, part.most + 1.0)
        heights = log_chances(np.array(part.groups, dtype=np.float64), totals).sum(axis=0)
        table = best[:, None] + heights
        sums = np.add.outer(np.arange(len(best)), np.arange(len(heights)))
        best = np.full(len(best) + len(heights) - 1, -np.inf)
        np.maximum.at(best, sums, table)
        first += part.known
    kept = first + np.flatnonzero(best > limit)
    low, high = anytime_interval(tuple(parts), level)
    if len(kept):
        assert (low, high) == (kept[0], kept[-1])


def test_an_estimate_says_when_it_holds() -> None:
    from tests.estimation.test_counts import at_random

    of = at_random(500, np.arange(80) < 4)
    watched, once = positives(of), positives(of, every_look=False)
    assert (watched.holds, once.holds) == ("always", "once")
    assert watched.low <= once.low <= once.value == watched.value <= once.high <= watched.high


def test_parts_that_are_computed_at_once_have_the_bounds_of_each() -> None:
    parts = (
        Evidence(100, (Group(100, 50, 0, 0),), 0, 50),
        Evidence(
            4000, tuple(Group(4000 - i, 1, int(i % 7 == 0), i // 7) for i in range(60)), 9, 3949
        ),
        Evidence(9, (), 2, 5),
        Evidence(30, (Group(30, 3, 2, 0), Group(20, 20, 1, 4)), 5, 5),
    )
    alone = [_Hills((part,)) for part in parts]
    limits = np.array([float(hill.heights[0]) - 2.5 for hill in alone])
    low, high = _Hills(parts).bound_each(limits)
    each = [hill.bound(float(limit)) for hill, limit in zip(alone, limits, strict=True)]
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == each
    assert _Hills(parts).tops.tolist() == [int(hill.tops[0]) for hill in alone]
