"""The default strategy: which arms are at work, and what its reasons say."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode.strategies import Auto

rng = np.random.default_rng(0)
Y = (np.arange(600) < 30).astype(int)
X = rng.normal(size=(600, 3)) + 3.0 * Y[:, None]


def learner(goal="both", positives=0, negatives=0, strategy="auto"):
    made = ActiveLearner(
        Pool(X), [0, 1], LogisticRegression(), strategy, minority=1, goal=goal, seed=1
    )
    made.teach(np.arange(positives), np.ones(positives, dtype=int))
    made.teach(100 + np.arange(negatives), np.zeros(negatives, dtype=int))
    return made


def arms(made, n=12):
    return [reason.split(":")[0].split(" ")[0].split("(")[0] for reason in made.query(n).reasons]


@pytest.mark.parametrize("goal", ["find", "learn", "both"])
@pytest.mark.parametrize("negatives", [0, 20])
def test_without_a_positive_it_discovers(goal, negatives):
    assert set(arms(learner(goal, 0, negatives), 24)) == {
        "KCentre",
        "AnomalyFeedback",
        "LocalNovelty",
        "Random",
    }


def test_among_texts_three_arms_fade_to_random_draws():
    texts = [f"word{i % 7} word{i % 11} word{i % 13}" for i in range(1001)]
    made = ActiveLearner(texts, [0, 1], minority=1)
    asked = arms(made, 300)
    counts = {arm: asked.count(arm) for arm in ("KCentre", "LocalNovelty", "Random")}
    assert sum(counts.values()) == 300
    assert set(asked[:3]) == set(counts), "each has a turn before any has its second"
    assert counts["Random"] > 180
    assert all(10 < counts[arm] < 50 for arm in counts if arm != "Random")


def turns(made):
    # Where no row has a probability above one half the two agree, and one names all that is left.
    asked = arms(made, 40)
    assert {"ContinuousLearning", "PresumedMargin"} <= set(asked)
    assert set(asked) <= {"ContinuousLearning", "PresumedMargin", "Random"}
    assert asked.count("Random") <= 8


@pytest.mark.parametrize("goal", ["find", "learn", "both"])
@pytest.mark.parametrize("positives", [1, 19])
def test_from_the_first_positive_on_it_takes_turns(goal, positives):
    turns(learner(goal, positives, 20))
    assert set(arms(learner(goal, 1))) <= {"ContinuousLearning", "PresumedMargin", "Random"}


def test_from_twenty_positives_on_the_goal_tells_what_is_asked():
    asked = {goal: arms(learner(goal, 20, 20), 120) for goal in ("find", "both", "learn")}
    boundary = {goal: asked[goal].count("PresumedMargin") for goal in asked}
    assert boundary["find"] == 0 < boundary["both"] < boundary["learn"], boundary


def test_one_positive_alone_is_enough_to_review():
    made = learner("find", 1)
    found = made.query(8)
    assert Y[found.rows].sum() >= 4
    assert any("presumed negative" in reason for reason in found.reasons)


def test_find_asks_the_likeliest_and_a_few_at_random():
    made = learner("find", 20, 20)
    asked = arms(made, 200)
    assert set(asked) == {"ContinuousLearning", "Random"}
    assert 1 <= asked.count("Random") <= 30


def test_it_finds_what_random_draws_miss():
    made = learner("both")
    while len(made.labelled[0]) < 90:
        rows = made.query(10).rows
        made.teach(rows, Y[rows])
    assert (made.labelled[1] == 1).sum() >= 25, "chance would have found five"


@pytest.mark.parametrize("name", ["auto", "AUTO", "Auto"])
def test_by_name_it_goes_by_the_learners_goal(name):
    assert learner("find", strategy=name).strategy == Auto("find")
    assert learner("find", strategy=Auto("learn")).strategy == Auto("learn")


def test_an_unknown_goal_gets_a_sentence():
    with pytest.raises(InputError, match="'find', 'learn', 'both'"):
        Auto("everything")
