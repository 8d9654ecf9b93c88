"""The checks that other packages run on their own classes: each mistake is found by its name."""

import re
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from motherlode import InputError
from motherlode.stopping import Advice, Rule
from motherlode.strategies import Strategy
from motherlode.testing import (
    check_rule,
    check_strategy,
    parametrize_with_checks,
    rule_checks,
    strategy_checks,
)

TURNS = count()


@dataclass(frozen=True)
class Own(Strategy):
    """A strategy that keeps all; the others here have one mistake each."""

    needs = "nothing"

    def utilities(self, view):
        return np.abs(view.points).sum(axis=1)


class NotANumber(Own):
    def utilities(self, view):
        return np.where(view.rows == view.rows[0], np.nan, 0.0)


class NeedsALabel(Own):
    def utilities(self, view):
        return np.full(len(view), float(view.labelled_codes[0]))


class ForSomeOnly(Own):
    def utilities(self, view):
        return np.zeros(3)


class OtherEachTime(Own):
    def utilities(self, view):
        return super().utilities(view) * (-1.0) ** next(TURNS)


class SaysNothing(Own):
    def reasons(self, view, rows):
        return ["" for _ in rows]


class SaysTooLittle(Own):
    def reasons(self, view, rows):
        return ["far"]


class ReadsNames(Own):
    def utilities(self, view):
        return super().utilities(view) * (1.0 if view.classes[0] == 0 else -1.0)


class DrawsByItself(Own):
    def utilities(self, view):
        return np.random.default_rng().random(len(view))


@dataclass(frozen=True)
class Remembers(Own):
    seen: list = field(default_factory=list, compare=False)

    def utilities(self, view):
        self.seen.append(len(view))
        return super().utilities(view)


class IsNoValue(Own):
    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


class WritesIntoRows(Own):
    def utilities(self, view):
        view.pool.features[0] = 0.0
        return super().utilities(view)


class AsksByPlace(Own):
    def utilities(self, view):
        return -view.rows.astype(float)


class TwoClassesOnly(Own):
    def utilities(self, view):
        assert len(view.classes) == 2, "there are three classes"
        return super().utilities(view)


class NeedsTheRareClass(Own):
    def utilities(self, view):
        if len(view.classes) == 3:
            assert 2 in view.labelled_codes, "no row of the rare class"
        return super().utilities(view)


class NoSparse(Own):
    def utilities(self, view):
        return np.abs(np.asarray(view.pool.features)[view.rows]).sum(axis=1)


class NoTexts(Own):
    def utilities(self, view):
        return np.array([float(view.pool.source[row][0]) for row in view.rows])


class DividesByTheSpread(Own):
    def utilities(self, view):
        spread = view.points - view.points.min(axis=0)
        widths = [np.unique(view.points[:, c]).size - 1 for c in range(view.points.shape[1])]
        return (spread / [1 / w for w in widths]).sum(axis=1)


class NeedsAllRows(Own):
    def utilities(self, view):
        assert len(view) > 20, "too few candidates"
        return super().utilities(view)


class SaysPointwise(Own):
    pointwise = True

    def utilities(self, view):
        return np.arange(len(view)) / len(view)


class NeedsTen(Own):
    def utilities(self, view):
        return super().utilities(view) - np.sort(super().utilities(view))[9]


class CountsItsReasons(Own):
    def reasons(self, view, rows):
        return [f"turn {next(TURNS)}" for _ in rows]


@dataclass(frozen=True)
class HoldsAFunction(Own):
    weigh: object = lambda x: x


class NeedsMagic(Own):
    needs = "magic"


WRONG = {
    NotANumber: ("check_finite_in_every_state", "gave nan"),
    NeedsALabel: ("check_finite_in_every_state", "while nothing is labelled, IndexError"),
    ForSomeOnly: ("check_best_are_asked", r"37 candidates have utilities of shape \(3,\)"),
    OtherEachTime: ("check_best_are_asked", "give the same utilities for the same view"),
    SaysNothing: ("check_reasons", "the reason '' is empty"),
    SaysTooLittle: ("check_reasons", "four rows have 1 reasons|reasons"),
    ReadsNames: ("check_names_of_classes", r"with the classes \['z', 'a'\] it asks rows"),
    DrawsByItself: ("check_same_seed", "draw from view.rng or view.random_numbers alone"),
    Remembers: ("check_changes_nothing", "keep nothing between rounds"),
    IsNoValue: ("check_is_a_value", "make it a frozen dataclass"),
    WritesIntoRows: ("check_changes_nothing", "read-only|changes"),
    AsksByPlace: ("check_order_of_pool", "stand in another order"),
    TwoClassesOnly: ("check_three_classes", "there are three classes"),
    NeedsTheRareClass: ("check_class_not_seen", "no row of the rare class"),
    NoSparse: ("check_sparse", "What is asked: It works on a pool that is a sparse matrix"),
    NoTexts: ("check_texts", "What is asked: It works on a pool of texts"),
    DividesByTheSpread: ("check_equal_rows", "rows are equal"),
    NeedsAllRows: ("check_candidates_and_selection", "too few candidates"),
    SaysPointwise: ("check_pointwise", "utilities change where other rows are candidates"),
    NeedsTen: ("check_every_row_once", "IndexError"),
    CountsItsReasons: ("check_asking_twice", "keep nothing between rounds"),
    HoldsAFunction: ("check_copies", "pickle"),
    NeedsMagic: ("check_what_it_is", "needs is 'magic'"),
}
CHECKS = {check.name: check for check in strategy_checks()}


@pytest.mark.parametrize("kind", WRONG, ids=lambda kind: kind.__name__)
def test_each_mistake_is_found_by_its_check(kind):
    name, words = WRONG[kind]
    with pytest.raises(AssertionError, match=words) as raised:
        CHECKS[name](kind())
    assert str(raised.value).startswith(kind.__name__)
    assert f" does not pass {name}: " in str(raised.value)
    assert "\n" not in str(raised.value)


def test_all_mistakes_are_said_at_once_and_what_is_left_out_is_not():
    with pytest.raises(AssertionError, match="NoSparse does not pass 2 of 19 checks") as raised:
        check_strategy(NoSparse())
    assert len(str(raised.value).splitlines()) == 3
    assert str(raised.value).splitlines()[1].startswith("- check_sparse: ")
    dense = dict.fromkeys(("check_sparse", "check_texts"), "it reads dense rows alone")
    check_strategy(NoSparse(), leave_out=dense)
    with pytest.raises(InputError, match="no check named 'check_sprase'; did you mean 'check_sp"):
        check_strategy(Own(), leave_out={"check_sprase": ""})


@dataclass(frozen=True)
class OwnRule(Rule):
    """A rule that keeps all; the others here have one mistake each."""

    def advise(self, session):
        return Advice(not session.left, f"{session.left} rows are left.", "All labels.")


class GivesTrueOrFalse(OwnRule):
    def advise(self, session):
        return not session.left


class DividesByLabels(OwnRule):
    def advise(self, session):
        return Advice(session.found / session.labels == 1, "Why.", "Needs.")


class NoSentence(OwnRule):
    def advise(self, session):
        return Advice(not session.left, "nothing left", "Needs.")


class NeverStops(OwnRule):
    def advise(self, session):
        return Advice(False, "Why.", "Needs.")


class ReadsWhatIsNot(OwnRule):
    reads = frozenset({"weather"})


class ProvesNothing(OwnRule):
    valid = True


class AnotherEachTime(OwnRule):
    def advise(self, session):
        return Advice(not session.left, f"Turn {next(TURNS)}.", "Needs.")


class NoRuleValue(OwnRule):
    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


class JoinsNothing(OwnRule):
    def __and__(self, other):
        return NotImplemented


WRONG_RULES = {
    GivesTrueOrFalse: ("check_advice_in_every_state", "it gives False, not an Advice"),
    DividesByLabels: ("check_advice_in_every_state", "nothing is labelled, ZeroDivisionError"),
    NoSentence: ("check_advice_in_every_state", "why is 'nothing left', which is no whole"),
    NeverStops: ("check_stops_at_the_end", "says go on where all of 0 rows are labelled"),
    ReadsWhatIsNot: ("check_says_what_it_promises", "it reads weather"),
    ProvesNothing: ("check_says_what_it_promises", "it is valid, and promises nothing"),
    AnotherEachTime: ("check_same_session", "it says Go on: Turn"),
    NoRuleValue: ("check_rule_is_a_value", "make it a frozen dataclass"),
    JoinsNothing: ("check_joins", "TypeError"),
}
RULE_CHECKS = {check.name: check for check in rule_checks()}


@pytest.mark.parametrize("kind", WRONG_RULES, ids=lambda kind: kind.__name__)
def test_each_mistake_of_a_rule_is_found_by_its_check(kind):
    name, words = WRONG_RULES[kind]
    with pytest.raises(AssertionError, match=words):
        RULE_CHECKS[name](kind())
    with pytest.raises(AssertionError, match=rf"does not pass \d of 6 checks:\n(.*\n)*- {name}: "):
        check_rule(kind())


def test_there_is_a_mistake_for_every_check():
    assert {name for name, _ in WRONG.values()} == set(CHECKS)
    assert {name for name, _ in WRONG_RULES.values()} == set(RULE_CHECKS)


@parametrize_with_checks(
    [Own(), OwnRule()], leave_out={"check_texts": "to see that this is skipped"}
)
def test_own_classes(subject, check):
    assert check.name != "check_texts"
    check(subject)


def test_the_page_says_how_to_write_check_and_name_one(monkeypatch):
    page = (Path(__file__).parent.parent / "docs" / "howto" / "own_strategy.md").read_text("utf-8")
    written, checked, careless, tested = re.findall(r"```python\n(.*?)```", page, re.S)
    module = ModuleType("likely_not_sure")
    monkeypatch.setitem(sys.modules, "likely_not_sure", module)
    exec(written, vars(module))
    exec(checked, {})
    with pytest.raises(AssertionError, match=" of 19 checks"):
        exec(careless, vars(module))
    names = {}
    exec(tested, names)
    cases = names["test_own"].pytestmark[0].args[1]
    assert [bool(case.marks) for case in cases].count(True) == 2
    for case in cases[:3]:
        names["test_own"](*case.values)
