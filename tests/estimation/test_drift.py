"""A test of change that holds at every look."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, kstest

from motherlode import InputError
from motherlode.estimation import detect_drift
from motherlode.estimation._drift import _CUTS, _rank, _stake

KINDS = {
    "numbers": lambda rng, n: rng.normal(size=n),
    "ties": lambda rng, n: rng.integers(0, 3, n).astype(float),
    "rare": lambda rng, n: (rng.random(n) < 0.05).astype(float),
}


@pytest.mark.parametrize("kind", KINDS)
def test_whole_streams_without_a_change_rarely_report_one(kind):
    false = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        batches = [KINDS[kind](rng, 20) for _ in range(10)]
        false += detect_drift(KINDS[kind](rng, 60), batches, rng, level=0.9).changed
    assert binom.sf(false - 1, 200, 0.1) > 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_ranks_of_exchangeable_values_are_uniform_and_independent(kind):
    rng = np.random.default_rng(0)
    ranks = np.array(
        [_rank(np.sort(KINDS[kind](rng, 5)), KINDS[kind](rng, 3), rng)[0] for _ in range(2000)]
    )
    assert all(kstest(column, "uniform").pvalue > 0.001 for column in ranks.T)
    assert np.abs(np.corrcoef(ranks.T) - np.eye(3)).max() < 0.08


def test_one_stake_is_worth_one_on_average():
    """Of uniform ranks, by all counts that three of them may have below the cuts."""
    rng = np.random.default_rng(0)
    found = [
        _stake(np.array([[2, *(u[:2, None] < _CUTS).sum(0)], [1, *(u[2] < _CUTS)]]))
        for u in rng.random((4_000, 3))
    ]
    assert np.mean(found, axis=0) == pytest.approx([1, 1], abs=0.04)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.lists(st.integers(0, 30), min_size=1, max_size=6))
def test_what_was_seen_stays_as_more_comes(seed, sizes):
    rng = np.random.default_rng(seed)
    reference, batches = rng.normal(size=9), [rng.normal(size=n) for n in sizes]
    whole = detect_drift(reference, batches, np.random.default_rng(seed))
    part = detect_drift(reference, batches[:-1], np.random.default_rng(seed))
    assert whole.evidence[:-1] == part.evidence
    assert all(one > 0 for one in whole.evidence)
    blocks, _ = _rank(np.sort(reference), np.concatenate(batches), np.random.default_rng(seed))
    assert ((blocks >= 0) & (blocks <= 1)).all()


def test_ranks_do_not_depend_on_blocks():
    """2,500 values are worked on in three blocks."""
    rng = np.random.default_rng(0)
    values, known = rng.normal(size=2500), np.sort(rng.normal(size=10))
    ranks, _ = _rank(known, values, np.random.default_rng(1))
    everything = np.concatenate([known, values])
    for i in (0, 999, 1000, 1700, 2499):
        below = (everything[: 10 + i] < values[i]).sum()
        assert below <= ranks[i] * (11 + i) <= below + 1


@pytest.mark.parametrize(
    ("after", "way"),
    [
        (lambda rng: rng.normal(1, 1, 100), "higher"),
        (lambda rng: rng.normal(-1, 1, 100), "lower"),
        (lambda rng: rng.normal(0, 3, 100), "other"),
    ],
)
def test_a_change_is_found_after_a_long_time_without_one(after, way):
    rng = np.random.default_rng(0)
    batches = [rng.normal(size=100) for _ in range(15)] + [after(rng) for _ in range(4)]
    found = detect_drift(rng.normal(size=300), batches, rng)
    assert found.since in (15, 16, 17)
    assert f"scores are {way}" in found.write()
    assert "train again" in found.write()


def test_more_positives_among_random_draws_are_found():
    rng = np.random.default_rng(0)
    before, later = rng.random(400) < 0.02, [rng.random(100) < 0.15 for _ in range(3)]
    found = detect_drift(before, later, rng)
    assert found.changed
    assert "labels are" in found.write(values="labels")


def test_what_is_given_wrongly_is_said():
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="no value of before"):
        detect_drift([], [[1.0]], rng)
    with pytest.raises(InputError, match="finite numbers"):
        detect_drift([1.0], [[np.nan]], rng)
    assert not detect_drift([1.0], [], rng).changed
