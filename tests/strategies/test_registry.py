import re

import pytest

from motherlode import ActiveLearner, InputError, strategies
from motherlode.strategies import (
    NAMES,
    Auto,
    Entropy,
    Interleave,
    Margin,
    MostLikely,
    Strategy,
    as_strategy,
    named,
    register,
)

CONTRACT = {
    "random": "Random",
    "least_confidence": "LeastConfidence",
    "margin": "Margin",
    "entropy": "Entropy",
    "query_by_committee": "QueryByCommittee",
    "kde": "KDE",
    "lof": "LOF",
    "information_density": "InformationDensity",
    "most_likely": "MostLikely",
    "auto": "Auto",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_makes_a_strategy(name):
    strategy = named(name)
    assert isinstance(strategy, Strategy)
    assert named(name) == strategy
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)


@pytest.mark.parametrize("name", CONTRACT)
def test_names_of_the_contract(name):
    assert named(name) == getattr(strategies, CONTRACT[name])()


@pytest.mark.parametrize("name", ["least confidence", "Least-Confidence", " LEAST_CONFIDENCE "])
def test_names_in_any_spelling(name):
    assert named(name) == named("least_confidence")


def test_a_wrong_name_is_answered_with_the_nearest_or_with_all():
    with pytest.raises(InputError, match="named 'margn'; did you mean 'margin'"):
        named("margn")
    with pytest.raises(InputError, match=r"there are auto, .*margin"):
        named("xyzzy")


@pytest.fixture
def names():
    before = dict(NAMES)
    yield NAMES
    NAMES.clear()
    NAMES.update(before)


def test_a_strategy_of_ones_own_gets_a_name(names, toy):
    register("turn-about", lambda: Interleave(MostLikely(), Margin()))
    assert named("turn_about") == named("turn-about") == Interleave(MostLikely(), Margin())
    assert ActiveLearner(toy.data, [0, 1], strategy="Turn about").strategy == named("turn_about")
    with pytest.raises(InputError, match="is taken"):
        register("Turn_About", Entropy)
    with pytest.raises(InputError, match="'margin' is taken"):
        register("margin", Entropy)


def test_as_strategy_takes_names_strategies_and_objects():
    assert as_strategy("entropy") == Entropy()
    assert as_strategy(Entropy()) == Entropy()

    class Plain:
        def utilities(self, view):
            return view.rows * 1.0

    wrapped = as_strategy(Plain())
    assert isinstance(wrapped, Strategy)
    assert str(wrapped) == "Plain"
    assert str(Interleave(wrapped, Margin())) == "Interleave(Plain, Margin)"


@pytest.mark.parametrize(
    ("given", "words"),
    [(Margin, r"call it: Margin\(\)"), (None, "utilities"), (5, "The strategy is 5")],
)
def test_what_is_no_strategy(given, words):
    with pytest.raises(InputError, match=words):
        as_strategy(given)


def test_the_goal_reaches_auto(toy):
    for goal in ("both", "find", "learn"):
        assert ActiveLearner(toy.data, [0, 1], goal=goal).strategy == Auto(goal)
    with pytest.raises(InputError, match="goal is 'win'"):
        ActiveLearner(toy.data, [0, 1], goal="win")
