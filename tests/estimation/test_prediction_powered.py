import numpy as np
import pytest

from motherlode.errors import InputError
from motherlode.estimation import Estimate, NoEstimate, binomial_interval, ppi_mean

ppi_py = pytest.importorskip("ppi_py")

N = 20_000


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def drawn(rng, m=300, prevalence=0.1, wrong=0.02):
    truth = rng.random(N) < prevalence
    return truth, truth ^ (rng.random(N) < wrong), rng.choice(N, m, replace=False)


def test_the_value_is_that_of_the_reference(rng):
    truth, said, rows = drawn(rng)
    # The pool is known, so the reference gets its predictions so often that they have no error.
    often = np.tile(said * 1.0, 50)
    reference = ppi_py.ppi_mean_pointestimate(truth[rows] * 1.0, said[rows] * 1.0, often)
    assert ppi_mean(said, rows, truth[rows]).value == pytest.approx(float(reference[0]), abs=1e-4)


def test_value_and_interval_of_numbers_are_those_of_the_reference(rng):
    truth = rng.gamma(2.0, size=N)
    said = truth + rng.normal(size=N)
    rows = rng.choice(N, 500, replace=False)
    reference = ppi_py.ppi_mean_ci(truth[rows], said[rows], np.tile(said, 50), alpha=0.05)
    estimate = ppi_mean(said, rows, truth[rows])
    # Ours is narrower by the share of the pool that is labelled, and wider by Student's t.
    assert (estimate.low, estimate.high) == pytest.approx(
        [float(end[0]) for end in reference], abs=0.01
    )
    assert "central limit theorem" in estimate.method


def test_good_predictions_save_a_quarter_of_the_labels_and_bad_ones_cost_nothing(rng):
    truth, said, rows = drawn(rng)
    low, high = binomial_interval(int(truth[rows].sum()), len(rows), mid_p=True)
    good = ppi_mean(said, rows, truth[rows])
    assert (2 * good.half_width / (high - low)) ** 2 < 0.75
    assert good.low <= truth.mean() <= good.high
    for useless in (rng.random(N), np.zeros(N), ~said):
        bad = ppi_mean(useless, rows, truth[rows])
        assert 2 * bad.half_width <= 1.05 * (high - low)
        assert bad.low <= bad.value <= bad.high


def test_no_positive_among_the_labels_is_no_proof_of_none(rng):
    truth, said, rows = drawn(rng, m=200, prevalence=0.0, wrong=0.005)
    estimate = ppi_mean(said, rows, truth[rows])
    assert estimate.low == 0
    assert estimate.high > 0.005


def test_strata_with_shares_of_their_own_are_weighted(rng):
    truth, said, _ = drawn(rng)
    half = [rng.choice(np.flatnonzero(said == k), 150, replace=False) for k in (False, True)]
    rows = np.concatenate(half)
    estimate = ppi_mean(said, rows, truth[rows], strata=said)
    assert estimate.low <= truth.mean() <= estimate.high
    assert abs(truth[rows].mean() - truth.mean()) > 0.2  # which the draws alone would say
    by_hand = sum((said == k).mean() * truth[r].mean() for k, r in enumerate(half))
    assert estimate.value == pytest.approx(by_hand, abs=0.005)


def test_a_pool_labelled_whole_is_exact():
    truth = np.arange(50) % 3 == 0
    estimate = ppi_mean(np.arange(50) % 2, np.arange(50), truth)
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(truth.mean())
    assert estimate.half_width < 0.002


def test_a_stratum_with_one_label_has_no_estimate(rng):
    truth, said, _ = drawn(rng)
    rows = np.append(np.flatnonzero(~said)[:20], np.flatnonzero(said)[0])
    found = ppi_mean(said, rows, truth[rows], strata=said)
    assert isinstance(found, NoEstimate)
    assert "1 of 2 strata" in found.reason


@pytest.mark.parametrize(
    ("predictions", "rows", "labels", "strata", "said"),
    [
        ([0.1, np.nan, 0.2], [0], [1], None, "NaN"),
        ([0.1, 0.3, 0.2], [0, 3], [1, 0], None, "not in the pool"),
        ([0.1, 0.3, 0.2], [0, 0], [1, 0], None, "twice"),
        ([0.1, 0.3, 0.2], [0, 1], [1], None, "give one each"),
        ([0.1, 0.3, 0.2], [0, 1], [1, np.nan], None, "nobody could tell"),
        ([0.1, 0.3, 0.2], [0, 1], [1, 0], [0, 1], "strata"),
    ],
)
def test_what_does_not_fit_is_refused(predictions, rows, labels, strata, said):
    with pytest.raises(InputError, match=said):
        ppi_mean(predictions, rows, labels, strata=strata)
