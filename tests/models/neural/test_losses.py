import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, softmax

from motherlode import InputError
from motherlode.models import Focal, LogitAdjusted
from motherlode.models._neural.losses import Objective, as_loss, log_probabilities


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
@pytest.mark.parametrize("truth", [0.02, 0.3, 0.9])
def test_the_minimiser_of_focal_loss_is_turned_back_into_the_probability(gamma, truth):
    def risk(z):
        p = expit(z)
        return -truth * (1 - p) ** gamma * np.log(p) - (1 - truth) * p**gamma * np.log(1 - p)

    p = expit(minimize_scalar(risk, bounds=(-12, 12), method="bounded", options={"xatol": 1e-10}).x)
    found = Focal(gamma).probabilities(np.log([[1 - p, p]]))
    assert found[0, 1] == pytest.approx(truth, abs=1e-4)
    assert gamma == 0 or abs(p - truth) > 0.01


def test_what_classes_weighed_is_taken_out():
    # Shown halves, a row of even odds; among rows one in fifty is of the second class.
    objective = Objective(None, np.array([0.5, 0.5]), np.array([0.98, 0.02]))
    assert softmax(objective.logits(np.array([[0.5, 0.5]]))[0]) == pytest.approx([0.98, 0.02])


def test_adjusted_logits_get_their_shares_back():
    objective = Objective(LogitAdjusted(), np.array([0.9, 0.1]), np.array([0.9, 0.1]))
    assert softmax(objective.logits(np.array([[0.5, 0.5]]))[0]) == pytest.approx([0.9, 0.1])


def test_outputs_of_every_kind_are_log_probabilities():
    p = np.array([[0.2], [0.7]])
    logit = np.log(p / (1 - p))
    for outputs, from_logits in [
        (p, False),
        (np.hstack([1 - p, p]), False),
        (logit, True),
        (np.hstack([np.zeros_like(p), logit]) + 5.0, True),
    ]:
        assert np.exp(log_probabilities(outputs, from_logits))[:, 1] == pytest.approx(p[:, 0])


def test_losses_by_name_and_what_is_none():
    assert as_loss("focal") == Focal(2.0)
    assert as_loss(LogitAdjusted(0.5)) == LogitAdjusted(0.5)
    assert as_loss(None) is None
    with pytest.raises(InputError, match="'focal', 'logit_adjusted'"):
        as_loss("hinge")
    with pytest.raises(InputError, match="gamma is -1"):
        Focal(-1)
    with pytest.raises(InputError, match="tau is nan"):
        LogitAdjusted(float("nan"))
