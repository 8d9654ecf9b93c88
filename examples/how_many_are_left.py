"""
How many are left
=================

A claims department looks for staged accidents among 3,000 claims, and has to say how many it
missed. Rows that a strategy picks say nothing of the rest, so a fifth of each batch is drawn at
random (``control=0.2``).
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode.displays import EstimatesDisplay
from motherlode.stopping import Budget, Knee, TargetRecall, forecast

rng = np.random.default_rng(0)
staged = rng.random(3_000) < 1 / 30
X = rng.normal(size=(3_000, 5)) + 1.2 * staged[:, None]
learner = ActiveLearner(
    X, [False, True], LogisticRegression(), "most_likely", minority=True, control=0.2, seed=0
)
learner.teach([int(np.flatnonzero(staged)[0])], [True])

# %%
# After each 200 labels `forecast` says what is known, and what the rules advise.

while len(learner.labelled[0]) < 400:
    for _ in range(10):
        query = learner.query(20)
        learner.teach(query, staged[query.rows])
    told = forecast(learner.session(), (Knee(), TargetRecall(0.8), Budget(labels=400)))
    print(f"{told.labels} labels, {told.at_random} of them at random; {told.found} staged")
    print(told.estimates)
    for rule, advice in told.advice:
        print(f"  {rule}: {advice}")

# %%
# Here the truth is known.

left = told.estimates.positives_left
truly = int(staged.sum()) - told.found
print(f"Truly left: {truly}; by the estimate between {left.low:.0f} and {left.high:.0f}.")

# %%
# The interval, label by label.

display = EstimatesDisplay.from_learner(learner)
still = staged.sum() - np.cumsum(learner.labelled[1])
display.ax_.plot(np.arange(1, len(still) + 1), still, "--", color="tab:red", label="truly left")
display.ax_.legend(frameon=False)
plt.show()
