"""What a project makes of several annotators: weights of labels, error rates, second looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import rows_table

from motherlode.estimation import Estimate, NoEstimate, _annotators
from motherlode.project._insight.annotators import judge_annotators, weigh_labels
from motherlode.project._log.events import SETTLE, Event
from motherlode.project._log.fold import State, fold
from motherlode.project._log.provenance import Provenance
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._serving.queue import find_share_asked_twice, make_second_rule
from motherlode.project._training.recipe import make_learner

CLASSES = ("dry", "gold")


def log(*said):
    """Events from rows, annotators, labels and perhaps channels."""
    return [
        Event(row, "label", who, 0.0, label=label, id=i, how=Provenance(*how or ["query"]))
        for i, (row, who, label, *how) in enumerate(said, 1)
    ]


def two_annotators(*more):
    """Ann and ben agree on thirty rows, differ on row 1, and ann alone has seen rows 31 to 40."""
    alike = [(row, who, CLASSES[row % 12 == 0]) for row in range(30) for who in ("ann", "ben")]
    alike[3] = (1, "ben", "gold")
    alone = [(row, "ann", CLASSES[row % 12 == 0]) for row in range(31, 41)]
    return log(*alike, *alone, *more)


def test_fits_weigh_labels_by_their_probability_and_a_tie_trains_nothing(project):
    pytest.importorskip("crowdkit")
    state = fold(two_annotators())
    weights = weigh_labels(state, CLASSES)
    assert weights.keys() == {*range(30), *range(31, 41)} - {1}
    assert all(0 < weight <= 1 for weight in weights.values())
    assert weights[36] < weights[12]
    learner = make_learner(project.settings, project.rows.pool(), state)
    rows, labels = learner.labelled
    assert dict(zip(rows.tolist(), learner.training_set.trust.tolist(), strict=True)) == weights
    assert labels.tolist() == [state.rows[row].label for row in rows.tolist()]
    assert 1 not in rows


@pytest.mark.parametrize("label", CLASSES)
def test_what_is_settled_stays_settled(project, label):
    pytest.importorskip("crowdkit")
    later = [(1, "cy", "dry"), (1, "dan", "dry"), (1, "eva", "dry")]
    state = fold(two_annotators((1, "boss", label, SETTLE), *later))
    assert state.rows[1].label == label
    assert weigh_labels(state, CLASSES)[1] == 1.0


def test_one_annotator_alone_weighs_nothing(project):
    state = fold(log(*[(row, "ann", CLASSES[row % 12 == 0]) for row in range(30)]))
    assert weigh_labels(state, CLASSES) == {}
    learner = make_learner(project.settings, project.rows.pool(), state)
    assert learner.training_set.trust is None
    (ann,) = judge_annotators(state, project.settings)
    assert (ann.name, ann.labels, ann.shared) == ("ann", 30, 0)
    assert isinstance(ann.errors["gold"], NoEstimate)


def test_error_rates_have_intervals_and_settling_labels_tell_who_errs(project):
    pytest.importorskip("crowdkit")
    settled = [(row, "boss", CLASSES[row % 12 == 0], SETTLE) for row in range(30)]
    ann, ben = judge_annotators(fold(two_annotators(*settled)), project.settings)
    assert (ann.name, ben.name, ann.shared, ben.shared) == ("ann", "ben", 30, 30)
    # With the rows that are taken for granted, 27 of dry and 3 of gold: 1 of 37 and 2 of 37 wrong.
    assert isinstance(ben.errors["dry"], Estimate)
    assert ben.errors["dry"].value == pytest.approx(2 / 37, abs=0.01)
    assert ann.errors["dry"].value == pytest.approx(1 / 45, abs=0.02)
    assert ben.errors["gold"].value == pytest.approx(1 / 13, abs=0.01)
    assert ben.errors["dry"].low < 1 / 27 < ben.errors["dry"].high


def test_error_rates_change_with_labels_alone(project):
    pytest.importorskip("crowdkit")
    before = two_annotators()
    after = [Event(99, "skip", "ann", 0.0, id=len(before) + 5, how=Provenance("query"))]
    judged = [judge_annotators(fold(said), project.settings) for said in (before, before + after)]
    assert repr(judged[0]) == repr(judged[1])


def test_without_the_extra_labels_weigh_alike_and_a_sentence_says_why(project, monkeypatch):
    monkeypatch.setattr(_annotators, "find_spec", lambda name: None)
    state = fold(two_annotators())
    assert weigh_labels(state, CLASSES) == {}
    ann, ben = judge_annotators(state, project.settings)
    assert (ann.labels, ann.shared, ben.labels, ben.shared) == (40, 30, 30, 30)
    assert "motherlode[annotators]" in str(ann.errors["gold"])


@given(
    st.floats(0.0, 1.0), st.integers(0, 500), st.integers(0, 500), st.sampled_from([(), ("gold",)])
)
def test_the_share_asked_twice_is_the_one_asked_for(share, gold, dry, rare):
    labels = {"gold": gold, "dry": dry}
    of = {label: find_share_asked_twice(label, labels, share, rare) for label in labels}
    assert all(-1e-12 <= part <= 1 + 1e-12 for part in of.values())
    if gold + dry:
        together = sum(of[label] * n for label, n in labels.items()) / (gold + dry)
        assert together == pytest.approx(share)
        # Half of the share at least is left to the commoner class, or all of it goes round.
        assert of["dry"] >= share / 2 - 1e-12 or not rare
    if 0 < gold < dry:
        assert of["gold"] >= of["dry"] - 1e-12
    assert find_share_asked_twice(None, labels, 1.0, rare) == pytest.approx(1.0)


def test_rows_of_the_rare_class_are_asked_twice_most_often():
    settings = type("Settings", (), {"double": 0.1, "positive_classes": ("gold",)})
    settings.recipe = type("Recipe", (), {"seed": 0})
    state = State(make_second_rule(settings))
    for event in log(*[(row, "ann", CLASSES[row % 20 == 0]) for row in range(2_000)]):
        state.add(event)
    gold = [row for row in state.single if row % 20 == 0]
    assert len(gold) >= 99  # all but the first label, when no share is known
    # The share is 5 % of the others and 10 % of all; rows are drawn by a hash.
    assert 0.04 < (len(state.single) - len(gold)) / 1_900 < 0.065
    assert 0.09 < len(state.single) / 2_000 < 0.115


def test_a_row_stays_chosen_while_other_labels_change_its_share():
    chosen = []
    state = State(lambda row, label, labels: chosen.append(row) or sum(labels.values()) < 2)
    state.add(log((0, "ann", "gold"))[0])
    for event in log((1, "ann", "dry"), (1, "ann", "dry"), (0, "ann", "gold"))[1:]:
        state.add(event)
    assert dict(state.single) == {0: "ann"}
    assert chosen.count(0) == 1


def test_second_looks_reach_another_annotator(make):
    project = make(rows_table(240), double=0.2)
    live = Live(project)
    live.answer("ann", [Answer(row, label=CLASSES[row % 12 == 0]) for row in range(100)])
    assert not dict(live.now().single)  # nobody was asked these rows
    while len(live.now().rows) < 240:
        held = [lease.offer.row for lease in live.next("ann", 20)]
        live.answer("ann", [Answer(row, label=CLASSES[row % 12 == 0]) for row in held])
    waiting = dict(live.now().single)
    assert {row for row in waiting if row % 12 == 0} == set(range(108, 240, 12))
    asked = live.next("ben", len(waiting))
    assert {lease.offer.row for lease in asked} == set(waiting)
    assert len({lease.offer.reason for lease in asked}) == 1  # which tells no label
    live.close()
