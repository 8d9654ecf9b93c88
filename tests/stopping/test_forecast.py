import json

import numpy as np
import pytest

from motherlode import ActiveLearner
from motherlode.session import CONTROL, Origin, Session
from motherlode.stopping._base import BEYOND_LABELS
from motherlode.stopping._forecast import forecast
from motherlode.stopping._registry import NAMES, named


def test_everything_is_said_in_plain_words():
    X = np.random.default_rng(0).normal(size=(300, 2))
    y = (X[:, 0] > 1.3).astype(int)
    learner = ActiveLearner(X, [0, 1], strategy="random", control=0.5, minority=1)
    for _ in range(5):
        rows = learner.query(20).rows
        learner.teach(rows, y[rows])
    found = forecast(learner.session())
    text = "\n".join(found.lines())
    assert f"100 rows are labelled, among them {y[learner.labelled[0]].sum()} positives" in text
    assert "Drawn at random: 100 of the labelled rows." in text
    assert "positives left: " in text
    assert "recall (share of positives found): " in text
    assert text.count("It promises:") == text.count("It assumes:") == 2
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    low, high = (plain["estimates"]["positives_left"][end] for end in ("low", "high"))
    assert low <= y.sum() - y[learner.labelled[0]].sum() <= high
    assert [a["proved"] for a in plain["advice"]] == [False, True]


def test_where_there_is_no_estimate_the_reason_is_said_once():
    lines = forecast(Session(50, [True, False])).lines()
    assert sum("No valid estimate exists" in line for line in lines) == 1
    plain = forecast(Session(50, [True, False])).to_dict()
    assert set(plain["estimates"]["recall"]) == {"name", "reason"}


def test_before_the_first_label_nobody_is_told_to_draw_by_lot():
    lines = forecast(Session(50, [])).lines()
    assert "estimates: No row is labelled, so nothing is known yet." in lines
    assert not any("No valid estimate" in line for line in lines)


def test_one_row_is_one_row():
    assert (
        forecast(Session(2, [True]))
        .lines()[1]
        .startswith("1 row is labelled, among them 1 positive; 1 is unlabelled.")
    )


def test_a_draw_or_two_make_no_number():
    few = [Origin(CONTROL, "", 1 / (50 - i), 50 - i, i) for i in range(9)]
    said = "\n".join(forecast(Session(50, [True] * 9, few)).lines())
    assert "Drawn at random are 9 rows, and from fewer than 10 next to nothing follows" in said
    enough = [*few, Origin(CONTROL, "", 1 / 41, 41, 9)]
    said = forecast(Session(50, [True] * 10, enough)).lines()
    assert any("recall (share of positives found): " in line for line in said)


@pytest.mark.parametrize("found", [0, 1, 3, 40])
@pytest.mark.parametrize("drawn", [False, True])
def test_who_looks_for_something_reads_of_nothing_else(found, drawn):
    """Neither of positives, which they never named, nor of parameters that they do not have."""
    rules = {name: named("budget:500" if name == "budget" else name) for name in NAMES}
    alone = [rule for rule in rules.values() if BEYOND_LABELS.keys().isdisjoint(rule.reads)]
    origins = [Origin(CONTROL, "", 1 / (500 - i), 500 - i) for i in range(100)]
    labels = [True] * found + [False] * (100 - found)
    said = forecast(Session(500, labels, origins if drawn else ()), alone, name="rows of fraud")
    for line in said.lines():
        assert "positive" not in line.lower()
        assert "control=" not in line
