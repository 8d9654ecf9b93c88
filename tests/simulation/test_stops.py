import json
from dataclasses import replace

import numpy as np
import pytest

from motherlode.session import CONTROL
from motherlode.simulation import Dataset, Run, run
from motherlode.simulation.stops import RULES, record, stop
from motherlode.stopping import Budget, NegativesInARow, TargetRecall


@pytest.fixture(scope="module")
def finished():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    labels = np.where(X[:, 0] > 1.2, "rare", "common")
    dataset = Dataset("toy", X, labels, minority="rare")
    return run(dataset, "random", budget=119, batch=17, final_every=200, control=0.5)


def test_a_run_remembers_how_rows_came_to_be_labelled(finished):
    assert len(finished.origins) == len(finished.rows)
    channels = [origin.channel for origin in finished.origins]
    assert channels[0] == "given"
    assert 40 <= channels.count(CONTROL) <= 80
    again = Run.from_dict(json.loads(json.dumps(finished.to_dict(), allow_nan=False)))
    assert again == finished
    assert again.session.groups() == finished.session.groups()
    old = finished.to_dict()
    del old["origins"]
    assert Run.from_dict(old).origins == ()


def test_a_rule_stops_a_run_where_it_first_says_so(finished):
    ended = stop(finished, Budget(labels=30))
    assert ended.labels == 34
    assert ended.kept is None
    assert stop(finished, NegativesInARow(10**6)).labels is None


def test_a_promise_is_kept_if_the_target_was_reached(finished):
    made = stop(finished, TargetRecall(0.5))
    assert made.labels is not None
    total = finished.pool_positives + 1
    assert made.kept == (made.recall >= 0.5)
    assert made.recall == sum(finished.is_positive[: made.labels + 1]) / total
    both = record([finished, replace(finished, seed=1)], TargetRecall(0.5))
    assert (both.runs, both.stopped, both.kept) == (2, 2, 2 * made.kept)
    for rule in RULES:
        assert record([finished], rule).runs == 1
