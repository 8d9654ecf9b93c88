"""Changes of a project: events that say what its settings are from there on."""

import json
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.errors import InputError
from motherlode.project._care.checking import check_labels, say_nothing
from motherlode.project._data.folder import open_project
from motherlode.project._log import log
from motherlode.project._log.events import CHANGED, NO_ROW, Event
from motherlode.project._log.fold import State, fold
from motherlode.project._log.provenance import Provenance
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.changing import (
    change_settings,
    list_settings,
    plan_classes,
    take_change_back,
)
from motherlode.project._serving.live import Live
from motherlode.project._training.recipe import check_settings
from motherlode.project._training.training import rank_queue


@dataclass(eq=False)
class Class:
    """A class of the model: its name, and the class that it was merged into."""

    name: str
    into: "Class | None" = None

    @property
    def root(self):
        return self if self.into is None else self.into.root


@dataclass
class Model:
    """The same project, told by objects that point at each other."""

    classes: list = field(default_factory=lambda: [Class("a"), Class("b"), Class("c")])
    positive: list = field(default_factory=list)
    given: dict = field(default_factory=dict)
    done: list = field(default_factory=list)
    events: list = field(default_factory=list)
    names: int = 0

    def by_place(self):
        return [one.root.name for one in self.classes]

    def value(self, setting):
        if setting == "classes":
            return self.by_place()
        return list(dict.fromkeys(one.root.name for one in self.positive))

    def snapshot(self):
        return [(one, one.name, one.into) for one in self.classes], list(self.positive)

    def change(self, setting, do, retracts=None):
        before, kept = self.value(setting), self.snapshot()
        do()
        event = Event(
            NO_ROW, CHANGED, "eve", 0.0, setting=setting, before=json.dumps(before),
            after=json.dumps(self.value(setting)), retracts=retracts, id=len(self.events) + 1,
        )  # fmt: skip
        self.events.append(event)
        if retracts is None:
            self.done.append((event, kept))

    def fresh(self):
        self.names += 1
        return f"n{self.names}"

    def undo(self):
        event, (classes, positive) = self.done[-1]
        gone = [one for one in self.classes[len(classes) :] if one in self.given.values()]
        if gone:
            return
        self.done.pop()
        self.change(event.setting, lambda: self.restore(event, classes, positive), event.id)

    def restore(self, event, classes, positive):
        if event.setting == "minority":
            self.positive = positive
            return
        self.classes = [one for one, _, _ in classes]
        for one, name, into in classes:
            one.name, one.into = name, into

    def label(self, row, who, one, label):
        id = len(self.events) + 1
        how = Provenance("query")
        self.events.append(Event(row, "label", who, 0.0, label=label, how=how, id=id))
        self.given[row, who] = one


@st.composite
def histories(draw):
    """Labels, changes of classes and of the positive ones, and undo, in any order."""
    model = Model()
    for _ in range(draw(st.integers(1, 25))):
        roots = [one for one in model.classes if one.into is None]
        one = draw(st.sampled_from(roots))
        other = draw(st.sampled_from(roots))
        kind = draw(
            st.sampled_from(["label"] * 4 + ["late", "rename", "merge", "add", "positive", "undo"])
        )
        if kind == "label":
            row, who = draw(st.integers(0, 3)), draw(st.sampled_from(["ann", "ben"]))
            model.label(row, who, one, one.name)
        elif kind == "late" and any(e.setting == "classes" for e in model.events):
            # Somebody whose page is old answers under the name that the class had before.
            before = json.loads(next(e for e in model.events if e.setting == "classes").before)
            place = draw(st.integers(0, 2))
            if before[place] not in model.by_place():
                model.label(draw(st.integers(0, 3)), "cy", model.classes[place], before[place])
        elif kind == "rename":
            name = model.fresh()
            model.change("classes", lambda one=one, name=name: setattr(one, "name", name))
        elif kind == "merge" and one is not other and len(roots) > 2:
            model.change("classes", lambda one=one, other=other: setattr(one, "into", other))
        elif kind == "add":
            new = Class(model.fresh())
            model.change("classes", lambda new=new: model.classes.append(new))
        elif kind == "positive":
            wanted = list(dict.fromkeys([one, other]))
            model.change("minority", lambda wanted=wanted: setattr(model, "positive", wanted))
        elif kind == "undo" and model.done:
            model.undo()
    return model


@given(histories())
def test_labels_have_the_present_names_of_their_classes(model):
    state = fold(model.events)
    found = {
        (row, opinion.annotator): opinion.label
        for row, known in state.rows.items()
        for opinion in known.opinions
    }
    assert found == {key: one.root.name for key, one in model.given.items()}
    labels = Counter(known.label for known in state.rows.values() if known.label is not None)
    assert +Counter(state.labels) == labels
    table = state.table()
    shown = {int(line["row"]): state.words[line["label"]] for line in table}
    assert shown == {row: known.label or "" for row, known in state.rows.items()}


@given(histories())
def test_settings_are_what_the_last_changes_left(model):
    changes = fold(model.events).changes
    values = changes.values({"classes": ("a", "b", "c"), "minority": None})
    if changes.classes is not None:
        assert values["classes"] == list(dict.fromkeys(model.by_place()))
    assert (values.get("minority") or []) == model.value("minority")
    assert [c.event for c in changes.standing] == [event for event, _ in model.done]
    ids = [event.id for event in model.events if event.kind == CHANGED]
    assert [event.id for event in changes.events] == ids


@given(histories(), st.integers(0, 25))
def test_a_copy_of_a_state_does_not_see_later_changes(model, at):
    state = fold(model.events[:at])
    before, kinds = dict(state.rows), dict(state.kinds)
    later = state.copy()
    for event in model.events[at:]:
        later.add(event)
    assert (dict(state.rows), state.kinds) == (before, kinds)
    assert dict(later.rows) == dict(fold(model.events).rows)


@given(histories())
def test_rows_wait_for_a_second_opinion_under_the_present_name(model):
    state = State(lambda row, label, labels: row < 2, lambda _: lambda row, label, labels: row < 2)
    for event in model.events:
        state.add(event)
        counted = Counter()
        for row, first in state.single.items():
            known = state.rows[row]
            counted[first, known.kind, known.label] += 1
        assert +Counter(state.waiting) == counted
    answered = {row: [w for r, w in model.given if r == row] for row, _ in model.given}
    assert set(state.single) == {row for row, who in answered.items() if row < 2 == 2 > len(who)}


# From here on: a real project, on both databases.


@pytest.fixture
def live(project):
    made = Live(project, lambda: 100.0)
    yield made
    made.close()


def change(live, **values):
    project = live.project
    check_settings(values)
    return live.run(lambda c, s: change_settings(project, c, s, "eve", values, 1.0))


def change_classes(live, **planned):
    names = plan_classes(live.project, live.now(), **planned)
    return change(live, classes=names)


def undo(live, event_id=None):
    project = live.project
    return live.run(lambda c, s: take_change_back(project, c, s, "eve", 2.0, event_id))


def test_a_change_is_one_event_and_every_reader_goes_by_it(live, project):
    (event,) = change(live, control=0.5)
    assert (event.setting, event.before, event.after) == ("control", "0.0", "0.5")
    assert project.settings_at(live.now()).control == 0.5
    with open_project(project.folder) as again:
        assert again.settings.control == 0.5
        assert again.in_force.beginning.control == 0.0
    assert change(live, control=0.5) == []  # as it is already


def test_another_process_sees_a_change_at_once(live, project):
    with open_project(project.folder) as other, other.database.writing() as connection:
        state = log.read_state(connection)
        change_settings(other, connection, state, "eve", {"lease": 5.0, "double": 1.0}, 1.0)
    (lease,) = live.next("ann")
    assert lease.expires_at == 105.0
    live.answer("ann", [Answer(lease.offer.row, label="dry")])
    assert dict(live.now().single) == {lease.offer.row: "ann"}


def test_double_counts_from_then_on_and_none_waits_without_it(live):
    early = [lease.offer.row for lease in live.next("ann", 4)]
    live.answer("ann", [Answer(row, label="dry") for row in early])
    change(live, double=1.0)
    late = [lease.offer.row for lease in live.next("ann", 4)]
    live.answer("ann", [Answer(row, label="dry") for row in late])
    assert set(live.now().single) == {lease.offer.row for lease in live.next("ben", 4)} == set(late)
    change(live, double=0.0)
    assert dict(live.now().single) == {}


def test_a_label_of_an_old_page_is_kept_under_the_new_name(live, project):
    live.answer("ann", [Answer(1, label="gold")])
    change_classes(live, rename={"gold": "ore"})
    live.answer("ann", [Answer(2, label="gold"), Answer(3, label="ore")])
    state = live.now()
    assert [state.rows[row].label for row in (1, 2, 3)] == ["ore"] * 3
    assert project.settings.positive_classes == ("ore",)
    with project.database.reading() as connection:
        given = [e.label for e in log.read_after(connection, 0) if e.kind == "label"]
    assert given == ["gold", "gold", "ore"]  # the log itself is never changed
    found = check_labels(project, say_nothing)
    assert (found.last, found.faults) == (state.last, [])
    with pytest.raises(InputError, match="not among the classes, which are: dry, ore"):
        live.answer("ann", [Answer(4, label="silver")])
    undo(live)
    assert [live.now().rows[row].label for row in (1, 2, 3)] == ["gold"] * 3


def test_a_merger_is_trained_on_and_taken_back(live, project):
    change_classes(live, add=["pyrite"])
    live.answer("ann", [Answer(row, label="pyrite") for row in range(3)])
    live.answer("ann", [Answer(row, label="dry") for row in range(3, 6)])
    live.answer("ann", [Answer(row, label="gold") for row in range(6, 8)])
    change_classes(live, merge={"pyrite": "gold"})
    assert project.settings.classes == ("dry", "gold")
    assert live.now().labels == {"pyrite": 0, "dry": 3, "gold": 5}
    assert rank_queue(project, project.rows.pool(), State())
    live.answer("ann", [Answer(9, label="gold")])
    undo(live)
    assert +Counter(live.now().labels) == {"pyrite": 3, "dry": 3, "gold": 3}
    with pytest.raises(InputError, match="Rows are labelled 'pyrite'"):
        undo(live)
    assert rank_queue(project, project.rows.pool(), State())


def test_the_last_change_is_taken_back_first(live, project):
    change(live, control=0.1)
    (first,) = change(live, strategy="entropy")
    change(live, strategy="random")
    with pytest.raises(InputError, match="changed again later"):
        undo(live, first.id)
    assert undo(live).retracts == first.id + 1
    assert undo(live, first.id).after == '"margin"'
    assert (undo(live).after, project.settings.control) == ("0.0", 0.0)
    with pytest.raises(InputError, match="No change"):
        undo(live)
    with pytest.raises(InputError, match="was taken back"):
        undo(live, first.id)


WRONG = [
    ({"colour": 1}, "no setting 'colour'"),
    ({"control": 1.5}, "lies between 0 and 100"),
    ({"strategy": "magic"}, "magic"),
    ({"model": "magic"}, "magic"),
    ({"goal": "win"}, "The goal is 'win'"),
    ({"stop": ["never"]}, "never"),
    ({"minority": ["silver"]}, "silver"),
    ({"lease": 0.0}, "lease"),
    ({"batch": 0}, "batch"),
    ({"classes": ["dry", "dry"]}, "class"),
    ({"classes": ["dry", " "]}, "class"),
    ({"guidelines": "x" * 100_001}, "guidelines"),
    ({"guidelines": "a\0b"}, "guidelines"),
]


@pytest.mark.parametrize(("values", "said"), WRONG)
def test_what_is_wrong_changes_nothing(live, values, said):
    before = live.now().last
    with pytest.raises(InputError, match=said):
        change(live, **({"control": 0.3} | values))
    assert live.now().last == before


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        ({"add": ["dry"]}, "already"),
        ({"rename": {"dry": "gold"}}, "merge 'dry' into it"),
        ({"rename": {"silver": "tin"}}, "no class 'silver'"),
        ({"merge": {"dry": "silver"}}, "no class 'silver'"),
        ({"merge": {"dry": "dry"}}, "itself"),
    ],
)
def test_classes_that_are_not_there_are_named(live, planned, said):
    with pytest.raises(InputError, match=said):
        change_classes(live, **planned)


@pytest.mark.parametrize("after", ["{", "7", '["dry"]', '"x"', None])
def test_a_damaged_change_is_refused_when_the_project_is_opened(project, after):
    with project.database.writing() as connection:
        said = {"setting": "classes", "before": '["dry", "gold"]', "after": after}
        log.append(connection, [Event(NO_ROW, CHANGED, "eve", 0.0, **said)])
    with pytest.raises(InputError):
        open_project(project.folder)


def test_settings_are_listed_with_who_changed_them(live, project):
    change(live, guidelines="*Look* twice.", batch=25)
    listed = {one.name: one for one in list_settings(project, live.now())}
    assert listed["guidelines"].value == "*Look* twice."
    assert (listed["batch"].value, listed["batch"].event.annotator) == (25, "eve")
    assert listed["control"].event is None
    assert listed["minority"].value == ["gold"]
    assert replace(project.settings, guidelines=None, batch=10) == project.in_force.beginning
