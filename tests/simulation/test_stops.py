import json
from dataclasses import replace

import numpy as np
import pytest

from motherlode.session import CONTROL, Origin
from motherlode.simulation import Dataset, Results, Run, run
from motherlode.simulation import _stops as stops
from motherlode.simulation._stops import RULES, replay, summarise_stops
from motherlode.simulation._watched import pack, unpack
from motherlode.stopping import (
    Budget,
    CaptureRecapture,
    ClassificationChange,
    NegativesInARow,
    QuantileBound,
    StabilisingPredictions,
    Target,
    TargetRecall,
)


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
    ended = replay(finished, Budget(labels=30))
    assert ended.labels == 34
    assert ended.kept is None
    assert replay(finished, NegativesInARow(10**6)).labels is None
    # Its last query asks all that are left, and then there is nothing to stop.
    assert finished.session.left == 0
    assert replay(finished, Budget(labels=119)).labels is None


def test_a_promise_is_kept_if_the_target_was_reached(finished):
    made = replay(finished, TargetRecall(0.5))
    assert made.labels is not None
    total = finished.pool_positives + 1
    assert made.kept == (made.recall >= 0.5)
    assert made.recall == sum(finished.is_positive[: made.labels + 1]) / total
    both = summarise_stops([finished, replace(finished, seed=1)], TargetRecall(0.5))
    assert (both.runs, both.stopped, both.kept) == (2, 2, 2 * made.kept)
    assert {Target(), ClassificationChange()} <= set(RULES)
    for rule in RULES:
        assert summarise_stops([finished], rule).runs == 1


def test_searches_of_one_pool_are_compared_with_as_many_labels_each(finished):
    """Both were told the first row; of the others each found its own, and some together."""
    other = replace(
        finished,
        strategy="in steps",
        rows=_in_steps(finished.rows),
        is_positive=_in_steps(finished.is_positive),
    )
    session = stops._join([finished, other], 60)
    first, last = set(finished.rows[1:60]), set(other.rows[1:60])
    assert session.labels == len(first | last) + 1
    positive_class = {
        row for row, flag in zip(finished.rows, finished.is_positive, strict=True) if flag
    }
    assert len(session.captures) == len((first | last) & positive_class)
    assert session.captures.sum(axis=0).tolist() == [
        len(first & positive_class),
        len(last & positive_class),
    ]
    rule = CaptureRecapture(0.1, least_found=3)
    alone, both = replay(finished, rule), replay(finished, rule, [other])
    assert alone.labels is None
    assert both.labels is not None
    results = Results([finished, other, replace(other, seed=1)], rules=[rule, Target(5), Target(6)])
    found = results.stops("toy", "random")
    assert "CaptureRecapture" in found
    assert len(found) == 3
    assert found["CaptureRecapture"].labels == both.labels


def _in_steps(values):
    return (values[0], *values[1::2], *values[2::2])


def test_positives_are_set_aside_before_a_replay(finished):
    """Of a random sample until 5 positives are in it, all must be found again."""
    rule = QuantileBound(0.5)
    aside = stops._set_aside(finished, rule.sets_aside)
    assert len(aside.positives) == rule.sets_aside == 5
    assert len(set(aside.positives)) == 5
    seen = [aside.add_to(finished.session.first(n)) for n in range(len(finished.rows) + 1)]
    again = [session.refound for session in seen]
    assert again == sorted(again)
    assert again[0] == 0
    # Before the first label all of the sample is extra work; what the search asks later is not.
    extra = [aside.count_unasked(session) for session in seen]
    assert extra[0] == len(aside.positives) + len(aside.negatives)
    assert extra == sorted(extra, reverse=True)
    ended = replay(finished, rule)
    if ended.labels is not None:
        at = next(n for n, session in enumerate(seen) if rule.advise(session).stop)
        assert ended.labels >= at - finished.known + extra[-1]
    everything = stops._set_aside(finished, 10**6)
    assert len(everything.positives) == finished.all_positives
    assert replay(finished, QuantileBound(0.999)).labels is None


def test_a_replayed_bound_keeps_its_promise(made_up):
    """Sixty positives found one by one; a recall of one half is promised."""
    made = made_up("a", "x", 0, [0, 60], [0.1, 0.2], labels=(0, 60))
    made = replace(made, rows=tuple(range(61)), is_positive=(True,) * 61, pool_positives=60,
                   pool_rows=400, origins=(Origin(), *(Origin("query", asked_after=1 + i)
                                                       for i in range(60))))  # fmt: skip
    ends = [replay(replace(made, seed=seed), QuantileBound(0.5)) for seed in range(300)]
    assert all(end.kept is not None for end in ends)
    missed = sum(not end.kept for end in ends) / 300
    assert 0 < missed < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_predictions_are_kept_on_the_side_of_one_half_where_they_were():
    rng = np.random.default_rng(0)
    p = np.r_[rng.random(500), 0.0, 0.5, np.nextafter(0.5, 0), 1.0]
    kept = unpack(pack(p))
    assert ((kept >= 0.5) == (p >= 0.5)).all()
    assert np.abs(kept - p).max() <= 2**-16


def test_rules_that_watch_the_model_are_replayed(made_up):
    """A model that says the same from the third round on."""
    settled = pack(np.array([0.9, 0.1, 0.1, 0.2]))
    other = pack(np.array([0.1, 0.9, 0.1, 0.2]))
    made = made_up("a", "x", 0, [0, 5, 9, 10, 10], [0.1] * 5, labels=(0, 10, 20, 30, 40))
    asked = [Origin("query", asked_after=1 + 10 * (place // 10)) for place in range(40)]
    run = replace(made, origins=(Origin(), *asked), watched=("", other, settled, settled, settled))
    rule = StabilisingPredictions(window=2, least_found=5)
    assert len(run.after(run.known + 20).predictions) == 2
    assert replay(run, rule).labels == 40
    assert replay(replace(run, watched=()), rule).labels is None


def test_a_simulated_session_keeps_what_its_models_said(blobs, model):
    made = run(blobs, "margin", model=model, budget=20, batch=5, seed=1, start="none")
    assert len(made.watched) == len(made.rounds)
    assert made.watched[0] == ""
    last = made.after(len(made.rows)).predictions[-1]
    assert 0 < last.min() < last.max() < 1
    assert Run.from_dict(json.loads(json.dumps(made.to_dict()))) == made
