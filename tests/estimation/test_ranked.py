from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode import metrics
from motherlode.estimation import Evaluation
from motherlode.estimation._ranked import Area, Ranked, Ranking
from motherlode.estimation._strata import Tally

SCORES = np.array([0.9, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1])
LAYER = np.array([0, 0, 0, 1, 1, 2, 2])


def precisions(positive):
    """Sum of precisions over positives, all scores being different."""
    rank = np.arange(1, len(positive) + 1)
    return (positive * np.cumsum(positive) / rank).sum()


def every_placing(counts):
    """All truths with so many positives in each layer."""
    members = [np.flatnonzero(k == LAYER) for k in range(3)]
    for picked in product(*(combinations(m, c) for m, c in zip(members, counts, strict=True))):
        truth = np.zeros(len(LAYER))
        truth[[row for part in picked for row in part]] = 1
        yield truth


@given(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2))
def test_the_area_expected_is_the_mean_over_all_places(a, b, c):
    expected = Area(Ranking(SCORES), LAYER).expected(np.array([a, b, c], float))
    assert expected == pytest.approx(np.mean([precisions(t) for t in every_placing((a, b, c))]))


@given(st.lists(st.floats(0.05, 1.9), min_size=3, max_size=3))
def test_the_slope_is_the_derivative(positives):
    area, p = Area(Ranking(SCORES), LAYER), np.array(positives)
    if (np.abs(p - 1) < 1e-4).any():
        return
    for k in range(3):
        step = np.eye(3)[k] * 1e-6
        ratio = (area.expected(p + step) - area.expected(p - step)) / 2e-6
        assert area.slope(p)[k] == pytest.approx(ratio, rel=1e-4)


@pytest.mark.parametrize("counts", [(2, 1, 0), (3, 2, 1), (0, 1, 2)])
def test_samples_estimate_the_area_without_bias(counts):
    area, drawn = Area(Ranking(SCORES), LAYER), np.array([2, 2, 2])
    rng = np.random.default_rng(0)
    positives, rows = np.array(counts), np.array([3, 2, 2])
    seen = rng.hypergeometric(positives, rows - positives, drawn, size=(20_000, 3))
    estimates = area.estimate(seen, drawn)
    error = estimates.std() / np.sqrt(len(estimates))
    assert estimates.mean() == pytest.approx(
        area.expected(positives.astype(float)), abs=4 * error + 1e-9
    )


@given(st.floats(0.2, 0.9))
def test_the_likeliest_shares_have_the_average_precision(value):
    area = Area(Ranking(SCORES), LAYER)
    tally = Tally(np.array([3, 2, 2]), np.array([2, 1, 1]), np.array([1, 1, 0]))
    shares = Ranked(area, value, 0.0).likeliest(tally)
    if shares is None:
        return
    assert ((shares >= 0) & (shares <= 1)).all()
    positives = shares * tally.rows
    if (shares > 1e-6).all() and (shares < 1 - 1e-6).all():
        assert area.expected(positives) == pytest.approx(value * positives.sum(), rel=0.05)


@pytest.fixture
def halfway():
    """Called: 4 rows, all labelled. Beneath: 2 of 4 rows drawn, and 4 of 8."""
    evaluation = Evaluation(np.linspace(0.9, 0.1, 16), threshold=0.73)
    evaluation.teach([0, 1, 2, 3], [True, True, False, True])
    evaluation.teach([5, 7], [True, False])
    evaluation.teach([8, 10, 12, 14], [False] * 4)
    return evaluation


def test_measures_by_hand(halfway):
    # The positive seen beneath stands for two: 3 are found of 5.
    assert halfway.estimate("precision").value == pytest.approx(3 / 4)
    assert halfway.estimate("recall").value == pytest.approx(3 / 5)
    assert halfway.estimate("f1").value == pytest.approx(2 * 3 / (4 + 5))
    # 1/1, 2/2 and 3/4 above; at rank 6 twice (1 + 3) / 6.
    area = 1 + 1 + 3 / 4 + 2 * 4 / 6
    assert halfway.estimate("average_precision").value == pytest.approx(area / 5)


def test_what_labels_settle_has_no_interval(halfway):
    assert halfway.settled("precision")
    precision = halfway.estimate("precision")
    assert precision.low == precision.value == precision.high == 3 / 4
    for metric in ("recall", "f1", "average_precision"):
        assert not halfway.settled(metric)
        assert halfway.estimate(metric).low < halfway.estimate(metric).high
    # With no positive among the rows called, recall and F1 are 0 whatever is beneath.
    halfway.teach([0, 1, 2, 3], [False] * 4)
    for metric in ("recall", "f1"):
        assert halfway.settled(metric)
        assert halfway.estimate(metric).high == 0
    assert not halfway.settled("average_precision")


def test_intervals_of_average_precision_hold_the_truths_that_are_left(halfway):
    estimate = halfway.estimate("average_precision")
    truth = np.zeros(16)
    truth[[0, 1, 3, 5]] = 1
    for more in ([], [4], [6]):
        whole = truth.copy()
        whole[more] = 1
        exact = metrics.average_precision(whole, halfway.scores)
        assert estimate.low - 0.02 <= exact <= estimate.high + 0.02
        assert halfway.refuted("average_precision", exact) == 0


def test_average_precision_of_a_model_that_hardly_ranks_is_covered():
    """Where most positives are unseen, and more of them would raise all precisions."""
    rng, held, runs = np.random.default_rng(1), 0, 60
    for run in range(runs):
        scores, truth = rng.random(3000), rng.random(3000) < 0.01
        evaluation = Evaluation(scores, threshold=0.99, seed=run)
        for _ in range(4):
            rows = evaluation.ask(75)
            evaluation.teach(rows, truth[rows])
        if evaluation.reason_against("average_precision") is not None:
            runs -= 1
            continue
        exact = metrics.average_precision(truth, scores)
        held += evaluation.refuted("average_precision", exact) == 0
    assert held / runs > 0.95 - 3 * np.sqrt(0.05 * 0.95 / runs)
