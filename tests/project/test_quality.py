"""What a linear model would get wrong on the pool, as random draws tell it."""

import numpy as np

from motherlode import Pool
from motherlode.estimation import Estimate, NoEstimate
from motherlode.project._insight.quality import judge_linear_model
from motherlode.session import Origin, Session


def at_random(positive, pool_size):
    m = len(positive)
    origins = [Origin("control", "", 1 / (pool_size - i), pool_size - i, i) for i in range(m)]
    return Session(pool_size, positive, origins)


def world(n=2_000):
    """Two overlapping clouds; a tenth of the rows is positive."""
    rng = np.random.default_rng(3)
    y = rng.random(n) < 0.1
    return Pool(rng.normal(size=(n, 2)) + 2.5 * y[:, None]), y, rng.permutation(n)


def test_intervals_hold_what_such_a_model_gets_wrong():
    pool, y, order = world()
    rows = order[:300]
    found = judge_linear_model(pool, at_random(y[rows], len(y)), rows.tolist())
    everything = judge_linear_model(pool, at_random(y[order], len(y)), order.tolist())
    for few, all_ in ((found.missed, everything.missed), (found.alarms, everything.alarms)):
        assert isinstance(few, Estimate)
        assert all_.low == all_.high == all_.value > 0
        assert few.low < all_.value < few.high


def test_rows_that_a_strategy_picked_tell_nothing():
    pool, y, order = world()
    rows = order[:100]
    found = judge_linear_model(pool, Session(len(y), y[rows]), rows.tolist())
    assert isinstance(found.missed, NoEstimate)
    assert "drawn at random" in found.missed.reason


def test_two_rows_of_each_kind_are_needed():
    found = judge_linear_model(Pool(np.eye(5)), at_random([True, False, False], 5), [0, 1, 2])
    assert "of the rarer there are 1" in str(found.alarms)
