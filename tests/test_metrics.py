import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode import metrics
from motherlode.errors import InputError

# Ten rows, two positives ranked 1st and 4th; the cut at 0.5 calls three rows positive.
TRUTH = np.array([1, 0, 0, 1, 0, 0, 0, 0, 0, 0], dtype=bool)
SCORES = np.array([0.9, 0.8, 0.6, 0.4, 0.35, 0.3, 0.2, 0.15, 0.1, 0.05])
CALLED = SCORES >= 0.5

DECISIONS = [metrics.balanced_accuracy, metrics.g_mean, metrics.mcc, metrics.f1]

labelled_scores = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6).map(lambda i: i / 6)), min_size=2, max_size=60
).filter(lambda rows: 0 < sum(p for p, _ in rows) < len(rows))


def columns(rows):
    truth, scores = zip(*rows, strict=True)
    return np.array(truth), np.array(scores)


class TestWorkedByHand:
    """One true positive, two false ones, one missed, six true negatives."""

    def test_average_precision_is_the_mean_precision_at_the_positives(self):
        assert metrics.average_precision(TRUTH, SCORES) == pytest.approx((1 / 1 + 2 / 4) / 2)

    def test_balanced_accuracy(self):
        assert metrics.balanced_accuracy(TRUTH, CALLED) == pytest.approx((1 / 2 + 6 / 8) / 2)

    def test_g_mean(self):
        assert metrics.g_mean(TRUTH, CALLED) == pytest.approx(math.sqrt(1 / 2 * 6 / 8))

    def test_mcc(self):
        by_hand = (1 * 6 - 2 * 1) / math.sqrt((1 + 2) * (1 + 1) * (6 + 2) * (6 + 1))
        assert metrics.mcc(TRUTH, CALLED) == pytest.approx(by_hand)

    def test_f1_is_that_of_the_minority(self):
        assert metrics.f1(TRUTH, CALLED) == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))

    def test_wss_counts_the_rows_below_the_cut(self):
        # Both positives are needed for 95 %; six rows lie below the second of them.
        assert metrics.wss(TRUTH, SCORES) == pytest.approx(6 / 10 - 0.05)
        assert metrics.wss(TRUTH, SCORES, recall=0.5) == pytest.approx(9 / 10 - 0.5)


@pytest.mark.parametrize("metric", DECISIONS)
class TestDecisionsAtTheEdge:
    def test_no_positive_has_no_value(self, metric):
        assert math.isnan(metric([False, False], [True, False]))
        assert math.isnan(metric([False, False], [False, False]))

    def test_right_throughout(self, metric):
        assert metric([True, False, False], [True, False, False]) == 1.0

    def test_wrong_throughout(self, metric):
        worst = -1.0 if metric is metrics.mcc else 0.0
        assert metric([True, False], [False, True]) == worst

    def test_zeros_and_ones_are_taken_for_flags(self, metric):
        assert metric([1, 0, 0], [1, 1, 0]) == metric([True, False, False], [True, True, False])

    def test_class_names_are_refused(self, metric):
        with pytest.raises(InputError, match="true and false"):
            metric(["rare", "rest"], ["rest", "rest"])

    def test_lengths_that_differ_are_refused(self, metric):
        with pytest.raises(InputError, match="1 predictions for 2"):
            metric([True, False], [True])


@pytest.mark.parametrize(
    ("metric", "value"),
    [(metrics.balanced_accuracy, 0.5), (metrics.g_mean, 0.0), (metrics.mcc, 0.0)],
)
def test_calling_everything_one_class_is_worth_nothing(metric, value):
    for everything in (True, False):
        assert metric([True, False, False], [everything] * 3) == value


def test_f1_of_calling_nothing_positive_is_zero():
    assert metrics.f1([True, False], [False, False]) == 0.0


def test_all_positive():
    everything = [True, True]
    assert metrics.average_precision(everything, [0.1, 0.9]) == 1.0
    assert metrics.f1(everything, [True, False]) == pytest.approx(2 / 3)
    assert metrics.wss(everything, [0.1, 0.9]) == pytest.approx(-0.05)
    for metric in (metrics.balanced_accuracy, metrics.g_mean, metrics.mcc):
        assert math.isnan(metric(everything, everything))


def test_one_row():
    assert metrics.average_precision([True], [0.3]) == 1.0
    assert metrics.wss([True], [0.3]) == pytest.approx(-0.05)
    assert metrics.f1([True], [True]) == 1.0
    assert math.isnan(metrics.average_precision([False], [0.3]))
    assert math.isnan(metrics.wss([False], [0.3]))
    assert math.isnan(metrics.balanced_accuracy([True], [True]))


@given(labelled_scores)
def test_g_mean_never_exceeds_balanced_accuracy(rows):
    truth, scores = columns(rows)
    called = scores >= 0.5
    assert metrics.g_mean(truth, called) <= metrics.balanced_accuracy(truth, called) + 1e-12


@given(labelled_scores)
def test_equal_scores_have_the_average_precision_of_the_prevalence(rows):
    truth, _ = columns(rows)
    assert metrics.average_precision(truth, np.zeros(truth.size)) == pytest.approx(truth.mean())


def test_the_threshold_for_balance_is_the_share_of_positives():
    assert metrics.threshold_for_balance([1, 0, 0, 0, 1]) == 0.4
    assert metrics.threshold_for_balance([False]) == 0.0
    assert math.isnan(metrics.threshold_for_balance([]))


def test_the_threshold_for_balance_maximises_balanced_accuracy():
    # Two bells of equal width at 0 and 1, one positive in ten, and their true posterior.
    rng = np.random.default_rng(0)
    truth = rng.random(200_000) < 0.1
    x = rng.normal(truth.astype(float), 0.7)
    log_odds = (x - 0.5) / 0.7**2 + math.log(0.1 / 0.9)
    posterior = 1 / (1 + np.exp(-log_odds))
    at_the_prior = metrics.balanced_accuracy(
        truth, posterior >= metrics.threshold_for_balance(truth)
    )
    assert at_the_prior > metrics.balanced_accuracy(truth, posterior >= 0.5) + 0.1
    others = [metrics.balanced_accuracy(truth, posterior >= t) for t in (0.05, 0.07, 0.14, 0.2)]
    assert at_the_prior > max(others)


class TestWSS:
    def test_scores_that_say_nothing_save_nothing(self):
        assert metrics.wss(TRUTH, [0.5] * 10) == pytest.approx(-0.05)

    def test_twenty_positives_need_nineteen(self):
        truth = np.arange(100) < 20
        scores = -np.arange(100.0)
        scores[19] = -1000.0
        assert metrics.wss(truth, scores) == pytest.approx(81 / 100 - 0.05)

    @pytest.mark.parametrize("recall", [0.0, -0.1, 1.5])
    def test_an_impossible_recall_is_refused(self, recall):
        with pytest.raises(InputError, match="recall"):
            metrics.wss(TRUTH, SCORES, recall=recall)

    def test_swapped_arguments_are_noticed(self):
        with pytest.raises(InputError, match="true and false"):
            metrics.wss(SCORES, TRUTH)

    def test_scores_that_are_not_finite_are_refused(self):
        with pytest.raises(InputError, match="finite"):
            metrics.wss([True, False], [np.nan, 0.1])

    @given(labelled_scores, st.sampled_from([0.5, 0.8, 0.95, 1.0]))
    def test_it_is_the_best_over_all_cuts_that_reach_the_recall(self, rows, recall):
        truth, scores = columns(rows)
        reaching = [
            float((scores < cut).mean())
            for cut in np.unique(scores)
            if (scores[truth] >= cut).mean() >= recall - 1e-12
        ]
        assert metrics.wss(truth, scores, recall) == pytest.approx(max(reaching) - (1 - recall))


class TestRecallAtBudget:
    ORDER = (False, True, True, False, True)

    @pytest.mark.parametrize(
        ("budget", "share"), [(0, 0.0), (1, 0.0), (3, 0.2), (5, 0.3), (99, 0.3)]
    )
    def test_counts_the_first_labels(self, budget, share):
        assert metrics.recall_at_budget(self.ORDER, 10, budget) == pytest.approx(share)

    def test_nothing_to_find(self):
        assert math.isnan(metrics.recall_at_budget([False], 0, 1))

    def test_more_found_than_there_are(self):
        with pytest.raises(InputError, match="3 positives are labelled"):
            metrics.recall_at_budget(self.ORDER, 2, 5)

    def test_a_negative_budget(self):
        with pytest.raises(InputError, match="budget"):
            metrics.recall_at_budget(self.ORDER, 5, -1)


class TestCurves:
    def test_area_of_a_ramp_and_a_plateau(self):
        # Half of 10 under the ramp, 20 under the plateau, of 30.
        assert metrics.area_under_curve([0, 10, 30], [0, 1, 1]) == pytest.approx(25 / 30)

    def test_area_of_one_point(self):
        assert metrics.area_under_curve([5], [0.7]) == 0.7

    @given(
        st.lists(st.floats(0, 1), min_size=1, max_size=30),
        st.integers(1, 20),
        st.integers(0, 100),
    )
    def test_area_lies_between_the_extremes_and_does_not_depend_on_the_scale(
        self, values, step, at
    ):
        labels = at + step * np.arange(len(values))
        area = metrics.area_under_curve(labels, values)
        assert min(values) - 1e-12 <= area <= max(values) + 1e-12
        assert area == pytest.approx(metrics.area_under_curve(np.arange(len(values)), values))

    def test_lu_counts_one_query_too_many(self):
        assert metrics.lu_aubc([0.5, 0.7, 0.9]) == pytest.approx((0.6 + 0.8) / 4)
        assert metrics.lu_aubc(np.ones(99)) == pytest.approx(98 / 100)
        assert metrics.lu_aubc([1.0]) == 0.0

    def test_lu_needs_a_query(self):
        with pytest.raises(InputError, match="empty"):
            metrics.lu_aubc([])

    def test_labels_to_reach(self):
        labels, values = [0, 10, 20, 30], [0.1, 0.4, 0.3, 0.6]
        assert metrics.labels_to_reach(labels, values, 0.1) == 0
        assert metrics.labels_to_reach(labels, values, 0.35) == 10
        assert metrics.labels_to_reach(labels, values, 0.5) == 30
        assert math.isnan(metrics.labels_to_reach(labels, values, 0.61))

    @pytest.mark.parametrize("labels", [[], [10, 10], [20, 10]])
    def test_labels_must_increase(self, labels):
        values = [0.5] * len(labels)
        with pytest.raises(InputError, match="increase"):
            metrics.area_under_curve(labels, values)
        with pytest.raises(InputError, match="increase"):
            metrics.labels_to_reach(labels, values, 0.5)

    def test_every_point_needs_a_value(self):
        with pytest.raises(InputError, match="1 values for 2"):
            metrics.area_under_curve([1, 2], [0.5])
