import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.errors import InputError
from motherlode.estimation import Estimate, binomial_interval, pool_mean
from motherlode.estimation._likelihood import bound_total, log_ratio
from motherlode.estimation._lure import _imagine_unseen
from motherlode.session import Origin, Session

FAR = 10**7


def uniform(drawn, positives, pool=FAR):
    """Rows drawn at random from a pool so large that it does not matter that none comes twice."""
    origins = [Origin("query", "", 1 / (pool - i), pool - i, i) for i in range(drawn)]
    return Session(pool, [True] * positives + [False] * (drawn - positives), origins)


def share(drawn, positives, **settings):
    session = uniform(drawn, positives)
    estimate = pool_mean(session, session.positive, **settings)
    assert isinstance(estimate, Estimate)
    return estimate


def test_without_a_positive_the_upper_end_is_that_of_mid_p_tails():
    # 400 draws and a third of one that is positive. With c at its end, where a third of a draw in
    # 400 1/3 has all that is missing, the ratio is 3.84 at u / 400 with u - 1/3 - log(3 u) / 3
    # = 1.92, which is u = 2.99. Mid-p asks for exp(-u) / 2 = 0.025, which is 3.00.
    u = 2.99
    assert u - 1 / 3 - np.log(3 * u) / 3 == pytest.approx(1.92, abs=0.01)
    estimate = share(400, 0)
    assert (estimate.low, estimate.value) == (0, 0)
    assert 400 * estimate.high == pytest.approx(u, abs=0.03)


@given(st.integers(60, 500), st.data())
def test_equal_draws_give_nearly_the_interval_of_mid_p_tails(n, data):
    k = data.draw(st.integers(0, n // 2))
    estimate, (low, high) = share(n, k), binomial_interval(k, n, mid_p=True)
    assert n * estimate.high == pytest.approx(n * high, rel=0.08, abs=0.3)
    assert n * estimate.low == pytest.approx(n * low, rel=0.08, abs=0.3)


@given(st.integers(2, 40), st.data())
def test_ends_hold_the_estimate_and_are_possible(n, data):
    pool = n + data.draw(st.integers(1, 50))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    chances = [rng.uniform(0.2, 3) / (pool - i) for i in range(n)]
    origins = [Origin("query", "", min(q, 1.0), pool - i, i) for i, q in enumerate(chances)]
    losses = rng.uniform(size=n) * (rng.random(n) < 0.5)
    estimate = pool_mean(Session(pool, [False] * n, origins), losses)
    assert np.isfinite([estimate.low, estimate.high]).all()
    assert estimate.low <= estimate.value <= estimate.high
    least, most = losses.sum() / pool, (losses.sum() + pool - n) / pool
    assert estimate.low >= min(least, estimate.value) - 1e-9
    assert estimate.high <= max(most, estimate.value) + 1e-9


def test_more_draws_without_a_positive_say_that_there_are_fewer():
    ends = [share(n, 0).high for n in (2, 5, 20, 100, 1000)]
    assert ends == sorted(ends, reverse=True)
    wide, narrow = share(50, 5, level=0.99), share(50, 5, level=0.9)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_all_positive_mirrors_none():
    none, every = share(80, 0), share(80, 80)
    assert every.value == pytest.approx(1)
    assert every.high == pytest.approx(1)
    assert 1 - every.low == pytest.approx(none.high, rel=1e-6)


def test_bounds_are_those_given_or_those_seen():
    session = uniform(50, 0)
    zeros, fives = np.zeros(50), np.full(50, 5.0)
    assert pool_mean(session, zeros, bounds=(0, 2)).high == pytest.approx(
        2 * pool_mean(session, zeros).high
    )
    seen = pool_mean(session, fives)
    assert (seen.low, seen.high) == pytest.approx((5, 5))
    assert "between 5 and 5" in seen.assumes
    assert pool_mean(session, fives, bounds=(0, 5)).low < 5
    with pytest.raises(InputError, match="outside the bounds 0 and 1"):
        pool_mean(session, fives, bounds=(0, 1))


def test_the_ratio_at_its_ends():
    one = np.ones(3)
    assert log_ratio(np.array([1.0, 2.0, 3.0]), one) == np.inf
    assert log_ratio(np.zeros(3), one) == 0
    assert log_ratio(np.array([-1.0, 0.0, 1.0]), one) == pytest.approx(0, abs=1e-9)
    # Next to nothing on one side: finite, and more than any level asks for.
    for sign in (-1, 1):
        assert 30 < log_ratio(sign * np.array([-1.0, -1.0, 1e-14]), one) < np.inf


def test_a_row_that_nobody_has_seen_by_hand():
    """What its draw would have said: what is known before it, and what it would stand for."""
    # Of 4 rows one was drawn with 1/2 and not 1/4, another of 3 with 1/3: they were 1/2 and 1 times
    # as rare, and a row of the pool is (1/4 + 1) / (1/2 + 1) = 5/6 as rare. The draws weigh as
    # 1 / (3 * 4) and 1 / (2 * 3), a third and two thirds, so 10/3 rows are left on average, and it
    # stands for 5/6 * 10/3 = 25/9. The first draw knew nothing, the second a loss of 1.
    origins = [Origin("query", "", 1 / 2, 4, 0), Origin("query", "", 1 / 3, 3, 1)]
    session, losses = Session(4, [True, False], origins), np.array([1.0, 0.0])
    totals = np.array([1 / (1 / 2), 1 + 0 / (1 / 3)])
    assert pool_mean(session, losses).value == pytest.approx((2 / 3 + 1 * 2 / 3) / 4)
    low, high = _imagine_unseen(session, losses, totals, (0.0, 1.0))
    assert (low, high) == pytest.approx((2 / 3, 2 / 3 + 25 / 9))


def test_where_nothing_can_vary_the_interval_is_the_estimate():
    same = bound_total(np.full(4, 7.0), np.full(4, 0.25), (7.0, 7.0), (0.0, 9.0), 0.95)
    assert same == pytest.approx((7, 7))


def test_rare_positives_that_nobody_drew_are_not_shut_out():
    """Eight positives in 4,000 rows, 300 of which are drawn at random: often none is seen."""
    rng, held, runs = np.random.default_rng(0), 0, 200
    origins = [Origin("query", "", 1 / (4000 - i), 4000 - i, i) for i in range(300)]
    for _ in range(runs):
        positive = rng.permutation(4000)[:8] < 300
        labels = np.zeros(300, bool)
        labels[: positive.sum()] = True
        estimate = pool_mean(Session(4000, rng.permutation(labels), origins), labels)
        held += estimate.low <= 0.002 <= estimate.high
    assert held / runs > 0.95 - 3 * np.sqrt(0.05 * 0.95 / runs)
