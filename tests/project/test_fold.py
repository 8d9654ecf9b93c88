"""The fold of events: a pure function of the log."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from motherlode.project._log.events import SETTLE, Event
from motherlode.project._log.fold import KINDS, State, fold
from motherlode.project._log.provenance import Provenance

PEOPLE, CLASSES, ROWS = ("ann", "ben", "cy"), ("a", "b", "c"), 4


@st.composite
def logs(draw):
    """Logs as the project records them, with some retractions that point at nothing."""
    events = []
    for id in range(1, draw(st.integers(0, 25)) + 1):
        row, who = draw(st.integers(0, ROWS - 1)), draw(st.sampled_from(PEOPLE))
        kind = draw(st.sampled_from(["label", "label", "label", "skip", "unsure", "retract"]))
        event = Event(row, kind, who, 0.0, id=id)
        if kind == "label":
            channel = draw(st.sampled_from(["query", "given", SETTLE]))
            event = replace(event, label=draw(st.sampled_from(CLASSES)), how=Provenance(channel))
        if kind == "retract":
            event = replace(event, retracts=draw(st.integers(0, id)))
        events.append(event)
    return events


def said(row, label, who="ann", id=1, **more):
    return Event(row, "label", who, 0.0, label=label, id=id, **more)


def by_hand(events):
    """The present opinions, worked out from the whole log instead of step by step."""
    answers = {e.id: e for e in events if e.kind != "retract"}
    for event in events:
        target = answers.get(event.retracts) if event.kind == "retract" else None
        same = target and (target.row, target.annotator) == (event.row, event.annotator)
        if same and target.id < event.id:
            del answers[target.id]
    last = {}
    for event in answers.values():
        last[event.row, event.annotator] = event
    return last


@given(logs())
def test_opinions_are_the_last_answers_that_stand(events):
    found = {
        (row, opinion.annotator): opinion
        for row, present in fold(events).rows.items()
        for opinion in present.opinions
    }
    assert found == by_hand(events)


@given(logs(), st.data())
def test_folding_in_two_steps_is_folding_at_once(events, data):
    cut = data.draw(st.integers(0, len(events)))
    state = fold(events[:cut])
    for event in events[cut:]:
        state.add(event)
    assert state.rows == fold(events).rows
    assert state.annotators == fold(events).annotators


def counted(state):
    """What a state counts as it goes, counted from its rows."""
    present = state.rows.values()
    said = Counter(p.independent for p in present if len(p.independent) > 1)
    return (
        Counter(p.kind for p in present),
        Counter(p.label for p in present if p.label is not None),
        sum(p.disagrees for p in present),
        said,
        {row: p.opinions[0].annotator for row, p in state.rows.items()
         if len(p.opinions) == 1 and p.how.channel == "query" and row % 2},
        sorted((row, KINDS.index(p.kind), p.since, p.label or "") for row, p in
               state.rows.items()),
    )  # fmt: skip


def without_zeros(counts):
    return Counter({key: n for key, n in counts.items() if n})


@given(logs())
def test_what_is_kept_in_step_is_what_is_counted_from_the_rows(events):
    state = State(lambda row, label, labels: row % 2 == 1)
    for event in events:
        state.add(event)
    table = state.table()
    kept = (
        *(without_zeros(counts) for counts in (state.kinds, state.labels)),
        state.disagreeing,
        without_zeros(state.opinions),
        dict(state.single),
        sorted((row, kind, since, state.words[label]) for row, kind, since, label in
               table[["row", "kind", "since", "label"]].tolist()),
    )  # fmt: skip
    assert kept == counted(state)


@given(logs(), st.data())
def test_neither_of_two_copies_changes_the_other(events, data):
    cut = data.draw(st.integers(0, len(events)))
    first = fold(events[:cut])
    second = first.copy()
    for event in events[cut:]:
        second.add(event)
    assert (second.rows, counted(second)) == (fold(events).rows, counted(fold(events)))
    assert (first.rows, counted(first)) == (fold(events[:cut]).rows, counted(first))
    assert sorted(first.table()["since"]) == sorted(p.since for p in first.rows.values())
    for event in events[cut:]:
        first.add(event)
    assert first.rows == second.rows


@given(logs(), st.sampled_from(PEOPLE))
def test_taking_back_the_last_answer_is_never_having_said_it(events, who):
    state = fold(events)
    last = state.last_of(who)
    if last is None:
        return
    state.add(Event(last.row, "retract", who, 0.0, retracts=last.id, id=len(events) + 1))
    without = [e for e in events if e.id != last.id]
    assert state.rows == fold(without).rows


@given(logs())
def test_rows_with_a_class_come_in_the_order_taught(events):
    taught = [present.since for _, present in fold(events).labelled()]
    assert taught == sorted(taught)
    assert len(set(taught)) == len(taught)


def test_nothing_is_known_of_an_empty_log():
    state = fold([])
    assert (state.rows, state.last, state.last_of("ann")) == ({}, 0, None)


def test_a_correction_replaces_and_its_undo_restores():
    state = fold([said(7, "a", id=1), said(7, "b", id=2)])
    assert state.rows[7].label == "b"
    state.add(Event(7, "retract", "ann", 0.0, retracts=2, id=3))
    assert state.rows[7].label == "a"
    state.add(Event(7, "retract", "ann", 0.0, retracts=1, id=4))
    assert state.rows == {}


def test_the_majority_decides_and_a_tie_is_disputed():
    state = fold([said(1, "a", "ann", 1), said(1, "b", "ben", 2)])
    assert (state.rows[1].kind, state.rows[1].label) == ("disputed", None)
    assert state.labelled() == []
    state.add(said(1, "b", "cy", 3))
    assert (state.rows[1].kind, state.rows[1].label) == ("label", "b")
    assert state.rows[1].disagrees
    state.add(said(1, "a", "eve", 4, how=Provenance(SETTLE)))
    assert (state.rows[1].label, state.rows[1].disagrees) == ("a", False)


@given(logs(), st.sampled_from(PEOPLE), st.integers(0, ROWS - 1), st.sampled_from(CLASSES))
def test_a_settlement_that_is_taken_back_was_never_made(events, who, row, label):
    before, after = fold(events), fold(events)
    id = len(events) + 1
    after.add(said(row, label, who, id, how=Provenance(SETTLE)))
    assert (after.rows[row].label, after.rows[row].disagrees) == (label, False)
    after.add(Event(row, "retract", who, 0.0, how=Provenance(SETTLE), retracts=id, id=id + 1))
    assert after.rows == before.rows
    assert counted(after) == counted(before)
    assert without_zeros(after.annotators) == without_zeros(before.annotators)


def test_a_settlement_that_is_taken_back_leaves_the_one_before():
    state = fold([said(1, "a", "ann", 1), said(1, "b", "ben", 2)])
    state.add(said(1, "a", "eve", 3, how=Provenance(SETTLE)))
    state.add(said(1, "b", "ann", 4, how=Provenance(SETTLE)))
    assert state.rows[1].label == "b"
    state.add(Event(1, "retract", "ann", 0.0, retracts=4, id=5))
    assert (state.rows[1].label, state.rows[1].settled) == ("a", True)
    state.add(Event(1, "retract", "eve", 0.0, retracts=3, id=6))
    assert (state.rows[1].kind, state.disagreeing) == ("disputed", 1)


def test_a_label_outweighs_unsure_and_unsure_outweighs_skip():
    skip, unsure = Event(1, "skip", "ann", 0.0, id=1), Event(1, "unsure", "ben", 0.0, id=2)
    assert fold([skip]).rows[1].kind == "skip"
    assert fold([skip, unsure]).rows[1].kind == "unsure"
    assert fold([skip, unsure, said(1, "a", "cy", 3)]).rows[1].label == "a"


def test_nobody_takes_back_what_another_said():
    state = fold([said(1, "a", "ann", 1), Event(1, "retract", "ben", 0.0, retracts=1, id=2)])
    assert state.rows[1].label == "a"
    assert state.retractions == 0


def test_a_state_is_empty_at_first():
    assert State().rows == {}
