"""Turns: every arm has its exact share, nested or not, however many rows a query asks for."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from given import batch_of, binary, given_view
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode.strategies import (
    KDE,
    LOF,
    AnnealedMix,
    Auto,
    ExploreMix,
    Interleave,
    Margin,
    Mixture,
    MostLikely,
    Random,
    Ranks,
    Strategy,
    Tailor,
)
from motherlode.strategies._compose import _period

ROWS = 2_500
P = binary(np.linspace(0.01, 0.99, ROWS))


@dataclass(frozen=True)
class Wants(Strategy):
    """An arm whose rows no other wants: those whose number ends like its own."""

    number: int
    needs = "nothing"

    def utilities(self, view):
        return np.where(view.rows % 10 == self.number, ROWS, 0.0) - view.rows / 1e3

    def __str__(self):
        return f"arm-{self.number}"


def nests(strategy):
    return hasattr(strategy, "_order")


def shares(strategy):
    """The exact share of each leaf, in the order of the leaves."""
    if not nests(strategy):
        return [Fraction(1)]
    total = sum(strategy.weights)
    return [
        Fraction(w, total) * share
        for part, w in zip(strategy.parts, strategy.weights, strict=True)
        for share in shares(part)
    ]


def depth(strategy):
    return 1 + max(map(depth, strategy.parts)) if nests(strategy) else 0


def numbered(tree, free=None):
    """The strategy that a nested list of (class, weights, parts) describes."""
    free = iter(range(10)) if free is None else free
    if tree is None:
        return Wants(next(free))
    make, parts = tree
    return make([numbered(part, free) for part in parts])


def weighed(weights):
    return lambda parts: Interleave(*parts, weights=[weights[i % 4] for i in range(len(parts))])


def at_random(weights):
    return lambda parts: Mixture(*parts, weights=[weights[i % 4] for i in range(len(parts))])


def explores(weights):
    return lambda parts: ExploreMix(parts[0], Interleave(*parts), share=weights[0] / 5)


def trees(*makers):
    weights = st.lists(st.integers(1, 4), min_size=4, max_size=4)
    return st.recursive(
        st.none(),
        lambda inside: st.tuples(
            st.one_of([weights.map(make) for make in makers]),
            st.lists(inside, min_size=1, max_size=3),
        ),
        max_leaves=6,
    ).filter(lambda tree: tree is not None)


BATCHES = st.lists(st.sampled_from([1, 2, 3, 10, 37]), min_size=1, max_size=6)


def asked(strategy, batches):
    """The rows asked in batches of the given sizes, each labelled before the next."""
    rows = []
    for batch in batches:
        rows += batch_of(
            strategy, given_view(P, rows, np.zeros(len(rows)), model=False, batch=batch)
        )
    return rows


@settings(max_examples=30, deadline=None)
@given(trees(weighed), BATCHES)
def test_every_leaf_has_its_exact_share(tree, batches):
    strategy = numbered(tree)
    counts = Counter()
    rows = asked(strategy, batches)
    for t, row in enumerate(rows, start=1):
        counts[row % 10] += 1
        for number, share in enumerate(shares(strategy)):
            assert abs(counts[number] - share * t) < depth(strategy)
    assert len(rows) == sum(batches)


@dataclass(frozen=True)
class Shifting(AnnealedMix):
    """Shares that shift, between arms that want different rows."""

    def _parts(self):
        return Wants(8), Wants(9)


@settings(max_examples=30, deadline=None)
@given(trees(weighed, at_random, explores), BATCHES)
def test_batches_of_any_sizes_ask_the_same(tree, batches):
    strategy = Interleave(numbered(tree), Shifting(over=30))
    rows = asked(strategy, batches)
    assert rows[:40] == asked(strategy, [1] * min(40, len(rows)))


@settings(max_examples=30, deadline=None)
@given(trees(weighed, at_random, explores), st.integers(0, 99), st.integers(1, 37))
def test_a_large_batch_begins_with_a_small_one(tree, seed, batch):
    """Also where arms want the same rows."""
    strategy = Interleave(numbered(tree), Random(), AnnealedMix(), MostLikely())
    labelled = np.random.default_rng(seed).choice(ROWS, size=seed % 7, replace=False)
    large, small = (
        batch_of(
            strategy,
            given_view(P, labelled, np.arange(len(labelled)) % 2, batch=b, seed=(seed, 0)),
        )
        for b in (37, batch)
    )
    assert large[:batch] == small
    assert len(set(large)) == 37


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_no_part_is_ever_a_whole_turn_from_its_share(weights):
    order = _period(tuple(weights))
    had = np.cumsum(order[:, None] == np.arange(len(weights)), axis=0)
    due = np.outer(np.arange(1, len(order) + 1), weights) / sum(weights)
    assert (np.abs(had - due) < 1 - 1e-9).all()
    assert had[-1].tolist() == weights


def learner(strategy, X=None, **given):
    X = np.random.default_rng(0).normal(size=(500, 3)) if X is None else X
    return ActiveLearner(
        Pool(X), [0, 1], LogisticRegression(), strategy, minority=1, seed=3, **given
    )


def who_asked(made, batches, label=0):
    """How many rows each arm asked, by the reasons, which name it."""
    counts = Counter()
    for batch in batches:
        query = made.query(batch)
        counts.update(reason.split(":")[0].split(" ")[0] for reason in query.reasons)
        made.teach(query.rows, np.full(batch, label))
    return counts


def cut(total):
    return [[1] * total, [2] * (total // 2), [10] * (total // 10), mixture(total)]


def mixture(total):
    sizes = []
    while sum(sizes) < total:
        sizes.append(min((1, 3, 2, 10, 1)[len(sizes) % 5], total - sum(sizes)))
    return sizes


@pytest.mark.parametrize("batches", cut(60), ids=["1", "2", "10", "mixed"])
def test_turns_within_turns_one_row_at_a_time(batches):
    made = learner(Interleave(MostLikely(), Interleave(KDE(), LOF())))
    made.teach([0, 1], [0, 1])
    assert who_asked(made, batches) == {"MostLikely": 30, "KDE": 15, "LOF": 15}


@pytest.mark.parametrize("batches", cut(60), ids=["1", "2", "10", "mixed"])
def test_auto_discovers_three_turns_of_four_far_away(batches):
    counts = who_asked(learner("auto"), batches)
    assert counts == {
        "KCentre": 43,
        "AnomalyFeedback": 5,
        "LocalNovelty": 6,
        "Random": 6,
    }


@pytest.mark.parametrize("batches", cut(40), ids=["1", "2", "10", "mixed"])
def test_auto_among_texts_fades_to_random_draws(batches):
    X = np.random.default_rng(0).poisson(0.1, size=(200, 30)).astype(float)
    counts = who_asked(learner("auto", csr_matrix(X)), batches)
    assert counts == {"KCentre": 10, "LocalNovelty": 10, "Random": 20}


@pytest.mark.parametrize(
    ("goal", "positives", "review", "boundary"),
    [("find", 1, 38, 38), ("find", 20, 76, 0), ("both", 20, 57, 19), ("learn", 20, 38, 38)],
)  # fmt: skip
@pytest.mark.parametrize("batches", cut(80), ids=["1", "2", "10", "mixed"])
def test_auto_reviews_as_its_goal_says(goal, positives, review, boundary, batches):
    made = learner(Auto(goal))
    made.teach(np.arange(positives), np.ones(positives, dtype=int))
    made.teach([100, 101], [0, 0])
    asked = who_asked(made, batches)
    assert asked == {
        "ContinuousLearning": review,
        "Random": 4,
        **({"PresumedMargin": boundary} if boundary else {}),
    }


@pytest.mark.parametrize("batch", [1, 10])
def test_control_draws_take_nobodys_turn(batch):
    """Of every ten rows one is a control draw: no arm may fall on that place again and again."""
    made = learner(Interleave(MostLikely(), Random(), weights=[9, 1]), control=0.1)
    made.teach([0, 1], [0, 1])
    counts = who_asked(made, [batch] * (200 // batch))
    turns = counts["MostLikely"] + counts["Random"]
    assert counts["Control"] == 200 - turns
    assert abs(counts["Random"] - turns / 10) < 2


def test_the_parts_of_an_arm_of_the_bandit_go_on_where_it_stopped():
    made = learner(Tailor(Interleave(KDE(), LOF()), Random()))
    made.teach([0, 1], [0, 1])
    counts = who_asked(made, [1] * 40)
    assert counts["KDE"] > 5
    assert 0 <= counts["KDE"] - counts["LOF"] <= 1


def test_the_draws_of_one_mixture_say_nothing_of_the_draws_inside_it():
    inner = Mixture(Wants(0), Wants(1))
    rows = asked(Mixture(inner, Wants(2)), [300])
    counts = Counter(row % 10 for row in rows[:18])
    assert set(counts) == {0, 1, 2}


def test_only_arms_that_have_a_turn_are_computed():
    class Costly(Random):
        def utilities(self, view):
            raise AssertionError("it has no turn")

    view = given_view(P, [0, 1], [0, 1], batch=2)  # turns 2 and 3
    assert len(batch_of(Interleave(Costly(), Costly(), MostLikely(), Margin()), view)) == 2


def test_turns_are_part_of_sums_and_products():
    view = given_view(P, [0, 1], [0, 1], batch=4)
    turns = Interleave(MostLikely(), Margin())
    top = batch_of(turns, view)
    assert batch_of(Ranks(turns), view) == top
    assert batch_of(turns**2, view) == top
    assert set(batch_of(turns * Ranks(turns) + turns, view)) == set(top)


def test_many_labels_are_no_burden():
    labelled = np.arange(100_000)
    view = given_view(np.full((100_040, 2), 0.5), labelled, np.zeros(100_000), batch=40)
    view.narrow(view.rows)
    turns = Interleave(Interleave(Random(), Margin()), ExploreMix(), weights=[3, 1])
    arms = turns.arms(view, np.array(batch_of(turns, view)))
    assert Counter(arms) == {"Interleave(Random, Margin)": 30, str(ExploreMix()): 10}


@pytest.mark.parametrize("weights", [[1.5, 1], [1, 2000]])
def test_weights_of_strict_turns_are_whole(weights):
    with pytest.raises(InputError, match="whole numbers from 1 to 1,000"):
        Interleave(Margin(), Random(), weights=weights)


def test_weights_are_a_ratio():
    twice = Interleave(Margin(), Random(), weights=[6, 2])
    assert twice == Interleave(Margin(), Random(), weights=(3, 1))
    assert str(twice) == "Interleave(Margin, Random, weights=[3, 1])"
    assert Interleave(Margin(), Random(), weights=[2, 2]) == Interleave(Margin(), Random())


@dataclass(frozen=True)
class Lottery(Random):
    """A random draw that gives another reason than `Random`."""

    def reasons(self, view, rows):
        return ["somebody's own words"] * len(rows)


@dataclass(frozen=True)
class Pretender(MostLikely):
    """No random draw, though it gives the reason of one."""

    def reasons(self, view, rows):
        return Random().reasons(view, rows)


def test_random_draws_are_marked_by_the_leaf_that_asked_and_not_by_its_words():
    strategy = Interleave(Interleave(Pretender(), Lottery()), Margin(), Random())
    made = ActiveLearner(Pool(P), [0, 1], LogisticRegression(), strategy, minority=1)
    made.teach([0, ROWS - 1], [0, 1])
    query = made.query(12)
    view = made._view(made.training_set.left, 12)
    drawn = strategy.random_draws(view, query.rows)
    assert drawn.sum() == 6
    assert [o.strategy == "chance" for o in made.origins_of(query.rows)] == drawn.tolist()
    words = {reason for reason, random in zip(query.reasons, drawn, strict=True) if random}
    assert words == {"somebody's own words", "Random: drawn at random"}
    assert not MostLikely().random_draws(view, query.rows).any()
