import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.estimation import counting, measures, promises, report, unequal
from benchmarks.estimation.worlds import PREVALENCES, world


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


def test_every_part_runs_and_the_page_holds_it():
    found = {
        "counting": [
            (counting.FEW[0.1], 0.1, "good", counting.coverage(0.1, "good", counting.FEW[0.1], 2))
        ],
        "promises": [
            (
                0.1,
                "good",
                promises.misses(promises.two_phase, 0.1, "good", 2),
                promises.Missed(0, 1),
            )
        ],
        "qbcb": promises.qbcb(),
        "unequal": [(0.1, "mixed", unequal.bias(0.1, "mixed", 2))],
        "errors": [(0.01, measures.f1_error(0.01, 100, 2))],
        "measures": [(0.1, "good", measures.coverage(0.1, "good", 1))],
        "public": [("knee", *[(1.0, 1.0, 0.5, 5)] * 4)],
        "seconds": {"counting": 1.0},
    }
    page = report.page(found, 2)
    assert page.count("\n## ") == 7
    assert "| knee | 100.0 % |" in page
