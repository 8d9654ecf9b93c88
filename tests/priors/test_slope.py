"""The slope that labels give a prior."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from motherlode.priors._slope import SPREAD, START, fit_slope


def drawn(seed, m, slope, by_model=1.0):
    """Labels of ``m`` rows whose log odds are the model's and so much of the prior."""
    rng = np.random.default_rng(seed)
    z, offset = rng.normal(size=m), by_model * rng.normal(size=m)
    return rng.random(m) < expit(offset + slope * z), z, offset


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_an_inverted_prior_gets_a_negative_slope(seed):
    assert fit_slope(*drawn(seed, 400, -1.2)).high < 0


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_a_random_prior_gets_a_slope_near_zero(seed):
    assert abs(fit_slope(*drawn(seed, 400, 0.0)).value) < 0.6


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.booleans(), st.floats(-4, 4), st.floats(-30, 30)), min_size=0, max_size=40
    )
)
def test_any_labels_give_a_finite_slope_within_its_interval(rows):
    y, z, o = (np.array([row[i] for row in rows], dtype=float) for i in range(3))
    found = fit_slope(y.astype(bool), z, o)
    assert np.isfinite([found.value, found.low, found.high]).all()
    assert found.low < found.value < found.high
    assert found.high - found.low <= 2 * 1.96 * SPREAD + 1e-6


def test_without_labels_it_is_the_start_value():
    found = fit_slope([], [])
    assert found.value == pytest.approx(START)
    assert found.labels == 0


def test_its_interval_holds_the_truth_about_as_often_as_it_says():
    held = [
        (lambda s: s.low <= 0.7 <= s.high)(fit_slope(*drawn(seed, 200, 0.7)))
        for seed in range(1000)
    ]
    assert 0.93 <= np.mean(held) <= 0.97


def test_the_maximum_is_one():
    """No step away from it does better."""
    y, z, o = drawn(1, 60, 0.5)
    found = fit_slope(y, z, o).value

    def best_loss(s):
        a = np.linspace(-6, 6, 2401)[:, None]
        at = o + a + s * z
        loss = (np.logaddexp(0, at) - y * at).sum(axis=1) + a[:, 0] ** 2 / 18
        return loss.min() + (s - START) ** 2 / (2 * SPREAD**2)

    assert best_loss(found) <= min(best_loss(found - 0.05), best_loss(found + 0.05))
