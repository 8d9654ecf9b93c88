from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from sklearn.metrics import roc_auc_score

from benchmarks.estimation import (
    counting,
    least,
    looks,
    measures,
    narrower,
    powered,
    promises,
    report,
    stops,
    unequal,
)
from benchmarks.estimation.public import growing_batches
from benchmarks.estimation.worlds import PREVALENCES, world
from motherlode import metrics


@pytest.mark.parametrize("prevalence", PREVALENCES)
def test_worlds_have_their_prevalence_and_their_scores(prevalence):
    good, bad, hidden = (world(prevalence, kind, 1) for kind in ("good", "bad", "hidden"))
    for pool in (good, bad, hidden):
        expected = 20_000 * prevalence
        assert pool.truth.sum() == pytest.approx(expected, abs=5 * np.sqrt(expected))
        assert pool.called.sum() == pytest.approx(pool.truth.sum(), abs=1)
    assert roc_auc_score(good.truth, good.scores) > 0.9
    assert roc_auc_score(bad.truth, bad.scores) < 0.75
    last = np.argsort(np.argsort(hidden.scores))[hidden.truth] < 10_000
    assert 0.05 < last.mean() < 0.45


def test_the_published_table_is_ours():
    assert all(known == ours for _, _, known, ours in promises.qbcb())


def test_a_perfect_search_ends_one_short():
    pool = world(0.01, "good", 0, 4_000)
    ranking, first = promises.search(pool, "just short")
    total = pool.truth.sum()
    assert pool.truth[ranking][:first].all()
    assert first / total < 0.95 <= (first + 1) / total


def test_a_test_at_every_draw_fails_where_a_review_saw_it_fail():
    for numbers, known in ((looks.REVIEWED[0], 0.0774), (looks.REVIEWED[-1], 0.1162)):
        place = looks.Place(*numbers)
        assert looks.stopped_short(place, looks.stops_of_looks(place, 0.05)) == pytest.approx(
            known, abs=1e-4
        )
        assert looks.stopped_short(place, looks.stops_of_rule(place, 0.05)) < 0.05


def test_every_part_runs_and_the_page_holds_it():
    found = {
        "counting": [
            (counting.FEW[0.1], 0.1, "good", counting.coverage(0.1, "good", counting.FEW[0.1], 2))
        ],
        "floors": [0.95],
        "looks": {
            "reviewed": [(looks.Place(*looks.REVIEWED[0]), 0.0774, 0.04)],
            "worst": looks.worst_by_search(looks.stops_of_rule, np.random.default_rng(0), 1, 2),
            "worst of looks": (looks.Place(0.8, 90, 20, 60), 0.1),
            "worlds": looks.many_worlds(3),
            "ratios": looks.ratios(3),
            "watched": [(counting.FEW[0.1], 0.1, *looks.watched(0.1, counting.FEW[0.1], 1))],
        },
        "promises": [
            (
                0.1,
                "good",
                promises.misses(promises.two_phase, 0.1, "good", 2),
                promises.Missed(0, 1),
            )
        ],
        "qbcb": promises.qbcb(),
        "stops": [(0.1, "good", "f1", 0.2, stops.stop(0.1, "good", "f1", 0.2, 1))],
        "powered": [
            (0.1, 200, "good", adaptive, powered.cover(0.1, 200, "good", 2, adaptive=adaptive))
            for adaptive in (False, True)
        ],
        "unequal": [(0.1, "bad", "mixed", unequal.bias(0.1, "bad", "mixed", 2))],
        "errors": [(0.01, measures.f1_error(0.01, 100, 2))],
        "measures": [(0.1, "good", measures.coverage(0.1, "good", 1))],
        "more": [(0.1, 300, 2_000, measures.coverage(0.1, "good", 1, 300, 2_000))],
        "least": [(0.1, 2.0, measures.coverage_in([least.pool(0.1, 2.0, 0)], 300))],
        "narrower": [(0.1, "hidden", 0.8, narrower.compared(0.1, "hidden", 0.8, 1))],
        "public": [("knee", *[(1.0, 1.0, 0.5, 5)] * 4)],
        "seconds": {"counting": 1.0},
    }
    page = report.page(found, 2)
    assert page.count("\n## ") == 11
    assert "| knee | 100.0 % |" in page
    assert "| 10.0% | 300 of 2,000 |" in page


def test_the_truth_is_what_metrics_say():
    pool = world(0.01, "bad", 3)
    exact = measures.truth(pool)
    assert exact["f1"] == pytest.approx(metrics.f1(pool.truth, pool.called))
    assert exact["average_precision"] == pytest.approx(
        metrics.average_precision(pool.truth, pool.scores)
    )


def test_no_interval_from_a_count_covers_less_than_its_floor():
    """Of all intervals that rise with the count, the one that covers least and is honest."""
    for mean in (0.2, 1.0, 4.8):
        chances = poisson.pmf(np.arange(60), mean)
        worst = max(
            missed
            for low in range(60)
            for high in range(low, 60)
            if (missed := chances[:low].sum() + chances[high:].sum()) <= 0.05
        )
        assert counting.floor(chances) == pytest.approx(1 - worst)


def test_unseen_positives_are_added_where_the_scores_are_low():
    seen, more = world(0.01, "good", 7), least.pool(0.01, 2.0, 7)
    added = more.truth & ~seen.truth
    assert not (seen.truth & ~more.truth).any()
    assert added.sum() == 2 * seen.truth.sum()
    assert more.scores[added].max() <= np.median(more.scores)
    assert np.array_equal(more.scores, seen.scores)


def test_growing_batches_by_hand():
    # A tenth, rounded up, is 1 up to 10, 2 for 11 to 20, 3 from 21 on.
    assert growing_batches(66) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert growing_batches(66 + 13 + 15 + 17 + 19 + 21 + 24)[11:] == [13, 15, 17, 19, 21, 24]
    assert growing_batches(67)[-1] == 1
    assert growing_batches(0) == []


@given(st.integers(0, 3000))
def test_growing_batches_add_up(budget):
    sizes = growing_batches(budget)
    assert sum(sizes) == budget
    assert all(b == a + int(np.ceil(a / 10)) for a, b in pairwise(sizes[:-1]))
    assert all(size > 0 for size in sizes)
