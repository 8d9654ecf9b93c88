import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom, hypergeom

from motherlode.errors import InputError
from motherlode.estimation import (
    Estimate,
    Evaluation,
    NoEstimate,
    binomial_interval,
    hajek,
    horvitz_thompson,
    pool_mean,
    positives,
    positives_left,
    prevalence,
    recall,
    total_interval,
)
from motherlode.session import CONTROL, Group, Origin, Session


def at_random(pool, labels):
    return Session(
        pool, labels, [Origin(CONTROL, "", 1 / (pool - i), pool - i, i) for i in range(len(labels))]
    )


@given(st.integers(1, 80), st.data())
def test_clopper_pearson_is_the_betas(n, data):
    k = data.draw(st.integers(0, n))
    low, high = binomial_interval(k, n)
    assert low == pytest.approx(beta.ppf(0.025, k, n - k + 1) if k else 0.0)
    assert high == pytest.approx(beta.ppf(0.975, k + 1, n - k) if k < n else 1.0)
    inner = binomial_interval(k, n, mid_p=True)
    assert low <= inner[0] <= k / n <= inner[1] <= high


def test_mid_p_ends_have_the_level_by_half_the_count_seen():
    low, high = binomial_interval(3, 50, mid_p=True)
    assert binom.sf(3, 50, low) + binom.pmf(3, 50, low) / 2 == pytest.approx(0.025)
    assert binom.cdf(2, 50, high) + binom.pmf(3, 50, high) / 2 == pytest.approx(0.025)


def test_an_interval_of_no_draw_holds_everything():
    assert binomial_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(InputError, match="3 positives of 2"):
        binomial_interval(3, 2)
    with pytest.raises(InputError, match="level"):
        binomial_interval(1, 2, 1.0)


@given(st.integers(2, 60), st.data())
def test_totals_are_those_that_the_hypergeometric_does_not_refute(rows, data):
    n = data.draw(st.integers(1, rows - 1))
    k = data.draw(st.integers(0, n))
    most = k + rows - n
    kept = [
        K
        for K in range(k, most + 1)
        if hypergeom.cdf(k, rows, K, n) > 0.025 and hypergeom.sf(k - 1, rows, K, n) > 0.025
    ]
    groups = [Group(rows, n, k, 0)]
    assert total_interval(groups, k, most, mid_p=False) == (kept[0], kept[-1])


def test_two_samples_add_up():
    # 2 of 10 drawn, then 3 of the 7 left after a search found 1: by the law of total probability.
    groups = [Group(10, 2, 0, 0), Group(7, 3, 1, 1)]
    low, high = total_interval(groups, known=2, most=6, mid_p=False)

    def chance(K, seen):
        parts = [
            hypergeom.pmf(x, 10, K, 2) * hypergeom.pmf(s - x, 7, K - 1, 3)
            for s in seen
            for x in range(s + 1)
        ]
        return sum(parts)

    kept = [K for K in range(2, 7) if chance(K, [0, 1]) > 0.025 and 1 - chance(K, [0]) > 0.025]
    assert (low, high) == (kept[0], kept[-1])


@given(st.lists(st.booleans(), min_size=10, max_size=30), st.integers(0, 40))
def test_a_number_is_inside_its_interval_and_possible(labels, left):
    session = at_random(len(labels) + left, labels)
    total, share, rest = positives(session), prevalence(session), positives_left(session)
    for estimate in (total, share, rest):
        assert isinstance(estimate, Estimate)
        assert estimate.low <= estimate.value <= estimate.high
    assert sum(labels) <= total.low
    assert total.high <= sum(labels) + left
    assert rest.low >= 0
    assert 0 <= share.low <= share.high <= 1
    if any(labels):
        found = recall(session)
        assert 0 < found.low <= found.value <= found.high <= 1
    else:
        assert isinstance(recall(session), NoEstimate)


def test_the_ends_are_exact():
    for labels in ([True] * 4, [False] * 4, [True, False]):
        whole = positives(Session(len(labels), labels))
        assert whole.low == whole.value == whole.high == sum(labels)
    assert recall(Session(2, [True, False])).value == 1
    assert isinstance(positives(Session(0, [])), Estimate)


def test_the_estimate_is_the_total_under_which_so_many_were_to_be_expected():
    # 1 of 10 drawn from 100; then 0 of 10 from 80 after a search found 4 (and the 1).
    search = [Origin("query", asked_after=10)] * 10
    lot = [Origin(CONTROL, "", 1 / (100 - i), 100 - i, 0) for i in range(10)]
    again = [Origin(CONTROL, "", 1 / (80 - i), 80 - i, 20) for i in range(10)]
    labels = [True] + [False] * 9 + [True] * 4 + [False] * 6 + [False] * 10
    estimate = positives(Session(100, labels, [*lot, *search, *again]))
    # 1 + 0 = (10 / 100) K + (10 / 80) (K - 5)
    assert estimate.value == pytest.approx((1 + 5 / 8) / (0.1 + 0.125))


def test_more_draws_without_a_positive_say_that_fewer_are_left():
    ends = [positives_left(at_random(1000, [False] * n)).high for n in (10, 50, 200, 800, 1000)]
    assert ends == sorted(ends, reverse=True)
    assert ends[-1] == 0


def test_without_chance_there_is_no_estimate_and_the_reason_is_said():
    session = Session(100, [True, False], [Origin("query")] * 2)
    for answer in (
        positives(session),
        prevalence(session),
        positives_left(session),
        recall(session),
    ):
        assert isinstance(answer, NoEstimate)
        assert "control draws" in answer.reason
        assert str(answer) == answer.reason


def test_rows_found_by_search_do_not_count_as_draws():
    lot = at_random(1000, [False] * 100).origins
    only = positives(Session(1000, [False] * 100, lot))
    both = positives(Session(1000, [False] * 100 + [True] * 5, [*lot, *[Origin("search")] * 5]))
    assert only.high == pytest.approx(both.high, abs=1)
    assert both.low == 5


def test_an_interval_covers_about_as_often_as_it_says():
    rng, held = np.random.default_rng(0), 0
    for _ in range(300):
        truth = rng.random(600) < 0.05
        session = at_random(600, truth[:150])
        estimate = positives(session, every_look=False)
        held += estimate.low <= truth.sum() <= estimate.high
    assert 0.91 <= held / 300 <= 0.99


def test_totals_and_means_by_hand():
    total = horvitz_thompson([2.0, 4.0], [0.5, 0.25])
    assert total.value == 20
    # Variance 0.5 * 16 + 0.75 * 256.
    assert total.half_width == pytest.approx(1.959964 * np.sqrt(200), rel=1e-5)
    assert hajek([2.0, 4.0], [0.5, 0.25]).value == pytest.approx(20 / 6)
    # Weights 2 and 4; variance (0.5 (2 (2 - 20 / 6))^2 + 0.75 (4 (4 - 20 / 6))^2) / 36.
    spread = 0.5 * (2 * 4 / 3) ** 2 + 0.75 * (4 * 2 / 3) ** 2
    half = hajek([2.0, 4.0], [0.5, 0.25]).half_width
    assert half == pytest.approx(1.959964 * np.sqrt(spread) / 6, rel=1e-5)
    # Drawn for certain, they are the pool.
    whole = hajek([2.0, 4.0], [1.0, 1.0])
    assert (whole.low, whole.value, whole.high) == (3, 3, 3)
    with pytest.raises(InputError, match="at least one"):
        hajek([], [])
    with pytest.raises(InputError, match="2 values and 1"):
        hajek([1, 2], [1])
    with pytest.raises(InputError, match=r"\(0, 1\]"):
        horvitz_thompson([1], [0])
    with pytest.raises(InputError, match="not a finite number"):
        horvitz_thompson([np.nan], [0.5])


@given(st.lists(st.floats(0.05, 1.0), min_size=1, max_size=20), st.floats(-5, 5))
def test_draws_that_are_all_alike_allow_no_interval(inclusion, c):
    """No positive among the rows drawn does not mean that there is none, by 95 %."""
    if all(pi == 1 for pi in inclusion):
        assert hajek([c] * len(inclusion), inclusion).value == pytest.approx(c)
        return
    for answer in (hajek([c] * len(inclusion), inclusion),
                   horvitz_thompson([0.0] * len(inclusion), inclusion)):  # fmt: skip
        assert isinstance(answer, NoEstimate)
        assert "No valid interval exists" in answer.reason
    assert "there is no row" in horvitz_thompson([], []).reason


@given(st.lists(st.booleans(), min_size=10, max_size=30), st.integers(1, 40), st.floats(0.5, 0.9))
def test_a_higher_level_never_narrows(labels, left, level):
    session = at_random(len(labels) + left, labels)
    for estimate in (positives, positives_left, prevalence):
        narrow, wide = estimate(session, level), estimate(session, (1 + level) / 2)
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -1, np.nan])
def test_a_level_lies_between_0_and_1(level):
    some, whole = at_random(9, [True, False, True]), Session(1, [True])
    evaluation = Evaluation([0.9, 0.1])
    for estimate in (
        *(lambda of=of, s=s: of(s, level) for of in (positives, recall) for s in (some, whole)),
        lambda: pool_mean(some, some.positive, level),
        lambda: total_interval([Group(9, 3, 2, 0)], 2, 8, level),
        lambda: horvitz_thompson([1.0, 0.0], [0.5, 0.4], level),
        lambda: evaluation.estimate("f1", level),
    ):
        with pytest.raises(InputError, match=r"level is .* must lie between 0 and 1"):
            estimate()
