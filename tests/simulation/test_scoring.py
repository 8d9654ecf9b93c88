import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode.simulation._scoring import predict_positive, score

TRUTH = np.array([True, False, True, False, False, False])
SCORES = np.array([0.6, 0.55, 0.3, 0.25, 0.1, 0.0])


def test_balance_is_judged_at_the_labelled_share_and_the_rest_at_one_half():
    labelled = np.array([True, False, False, False])  # a share of 0.25: four rows are at or above
    values = score(SCORES, TRUTH, labelled)
    assert values["balanced_accuracy"] == pytest.approx((2 / 2 + 2 / 4) / 2)
    assert values["g_mean"] == pytest.approx(np.sqrt(1 * 0.5))
    # At one half two rows are called positive, one of them rightly.
    assert values["f1"] == pytest.approx(0.5)
    assert values["mcc"] == pytest.approx((1 * 3 - 1 * 1) / np.sqrt(2 * 2 * 4 * 4))
    assert values["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert values["wss"] == pytest.approx(3 / 6 - 0.05)


def test_several_positive_classes_add_up_and_classes_not_seen_count_nothing():
    X = np.array([[0.0], [1.0], [2.0], [0.1], [1.1], [2.1]])
    fitted = LogisticRegression().fit(X, ["a", "b", "d", "a", "b", "d"])
    P = fitted.predict_proba(X)
    scores = predict_positive(fitted, X, ["a", "b", "c", "d"], ("b", "c", "d"))
    assert scores == pytest.approx(P[:, 1] + P[:, 2])
