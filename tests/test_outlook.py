import json

import numpy as np

from motherlode import ActiveLearner
from motherlode.outlook import outlook
from motherlode.session import Session


def test_everything_is_said_in_plain_words():
    X = np.random.default_rng(0).normal(size=(300, 2))
    y = (X[:, 0] > 1.3).astype(int)
    learner = ActiveLearner(X, [0, 1], strategy="random", control=0.5, minority=1)
    for _ in range(5):
        rows = learner.query(20).rows
        learner.teach(rows, y[rows])
    found = outlook(learner.session())
    text = "\n".join(found.lines())
    assert f"100 rows are labelled, {y[learner.labelled[0]].sum()} of them positive" in text
    assert "100 of the labelled rows were drawn by lot" in text
    assert "Positives still unlabelled:" in text
    assert "Share of the positives found:" in text
    assert text.count("It promises:") == text.count("It assumes:") == 2
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    low, high = (plain["estimates"]["positives_left"][end] for end in ("low", "high"))
    assert low <= y.sum() - y[learner.labelled[0]].sum() <= high
    assert [a["proved"] for a in plain["advice"]] == [False, True]


def test_where_there_is_no_estimate_the_reason_is_said_once():
    lines = outlook(Session(50, [True, False])).lines()
    assert sum("No valid estimate exists" in line for line in lines) == 1
    plain = outlook(Session(50, [True, False])).to_dict()
    assert set(plain["estimates"]["recall"]) == {"reason"}
