"""A project with second opinions has numbers that are corrected for errors of annotators."""

import numpy as np
import pytest

from motherlode.project._insight.label_errors import correct_estimates
from motherlode.project._insight.origins import build_session
from motherlode.project._insight.positive_class import guess_positive_class
from motherlode.project._log.events import SETTLE, Event, Provenance
from motherlode.project._log.fold import fold

from .test_origins import settings as make_settings

ROWS = 4000


def label(row, said, who, at, channel="control"):
    return Event(
        row=row, annotator=who, kind="label", label=said, at=float(at), seconds=1.0,
        how=Provenance(channel, "Random", asked_at=float(at)), id=at + 1,
    )  # fmt: skip


def make_state(settled_by):
    """300 draws with 5 % positives and 10 % errors, each labelled twice; differing rows settled."""
    rng, events = np.random.default_rng(0), []
    truth = rng.random(300) < 0.05
    for row, is_one in enumerate(truth.tolist()):
        calls = ["gold" if is_one ^ (rng.random() < 0.1) else "dry" for _ in range(2)]
        for who, said in zip(("ann", "ben"), calls, strict=True):
            events.append(label(row, said, who, len(events)))
        if settled_by and len({*calls}) > 1:
            right = "gold" if is_one else "dry"
            events.append(label(row, right, settled_by, len(events), SETTLE))
    return fold(events)


def estimate(state):
    settings = make_settings(rows=ROWS)
    return correct_estimates(state, settings, guess_positive_class(settings, state)), settings


@pytest.mark.parametrize("settled_by", ["cy", "ann"])
def test_it_does_not_matter_who_settles(settled_by):
    """What ann had said before she settled a row shows who errs as well."""
    found, _ = estimate(make_state(settled_by))
    other, _ = estimate(make_state("cy"))
    assert found.prevalence.low < 0.05 < found.prevalence.high < 0.12
    assert found.prevalence.value == pytest.approx(other.prevalence.value, rel=1e-6)


def test_rows_on_which_annotators_differ_are_part_of_the_sample():
    state = make_state(None)
    found, settings = estimate(state)
    assert state.kinds["disputed"] > 30
    assert build_session(state, settings).labels == 300 - state.kinds["disputed"]
    assert found.positives.method.startswith("From 300 rows drawn at random, 300 of them")
    assert found.prevalence.low < 0.05 < found.prevalence.high


def test_with_one_annotator_nothing_is_corrected():
    state = fold([label(row, "dry", "ann", row) for row in range(50)])
    assert estimate(state)[0] is None
