"""Say how many positives are left, with an interval, and decide whether to stop.

    python examples/how_many_are_left.py

A claims department looks for staged accidents among 3,000 claims, and has to say how many it
missed. Rows that a strategy picks say nothing of the rest, so a fifth of each batch is drawn at
random (`control=0.2`). After each 200 labels `forecast` says what is known, and what the rules
advise.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode.stopping import Budget, Knee, TargetRecall, forecast


def claims(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Make claims as numbers, and which are staged; one in thirty is."""
    rng = np.random.default_rng(seed)
    staged = rng.random(rows) < 1 / 30
    return rng.normal(size=(rows, 5)) + 1.2 * staged[:, None], staged


def main(labels: int = 600, rows: int = 3_000) -> tuple[int, float, float]:
    """Search, and return how many are truly left, and the interval that should hold that."""
    X, staged = claims(rows, seed=0)
    learner = ActiveLearner(
        Pool(X), [False, True], LogisticRegression(), "most_likely",
        minority=True, control=0.2, seed=0,
    )  # fmt: skip
    learner.teach([int(np.flatnonzero(staged)[0])], [True])
    rules = (Knee(), TargetRecall(0.8), Budget(labels=labels))
    while len(learner.labelled[0]) < labels:
        for _ in range(10):
            query = learner.query(20)
            learner.teach(query, staged[query.rows])
        told = forecast(learner.session(), rules)
        print(f"\n{told.labels} labels, {told.at_random} of them at random; {told.found} staged")
        print(told.estimates)
        for rule, advice in told.advice:
            print(f"  {rule}: {advice}")
    left = told.estimates.positives_left
    truly = int(staged.sum()) - told.found
    print(f"\nTruly left: {truly}; by the estimate between {left.low:.0f} and {left.high:.0f}.")
    return truly, left.low, left.high


if __name__ == "__main__":
    main()
