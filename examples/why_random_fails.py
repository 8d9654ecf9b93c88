"""
Why random labels fail
======================

Two thousand rows in the plane, one in fifty positive, in two small groups. A hundred labels at
random show two or three positives. As many labels, asked by the default strategy from nothing, find
both groups. (A group that lies inside the crowd may stay unseen for long: from nothing, no guess
works everywhere.)
"""

# %%
# The rows. Nobody knows a positive at the beginning.

import matplotlib.pyplot as plt
import numpy as np

from motherlode import ActiveLearner

rng = np.random.default_rng(0)
others = rng.normal(size=(1_960, 2)) * [2, 1.2]
positives = np.concatenate(
    [rng.normal([4.5, -2.5], 0.3, (25, 2)), rng.normal([-4, -2.5], 0.25, (15, 2))]
)
X = np.concatenate([others, positives])
y = (np.arange(len(X)) >= len(others)).astype(int)

# %%
# Two searches, ten labels a round.


def search(strategy):
    """Spend a hundred labels, and return the labelled rows in their order."""
    learner = ActiveLearner(X, [0, 1], strategy=strategy, minority=1, goal="find", seed=1)
    while len(learner.labelled[0]) < 100:
        query = learner.query(10)
        learner.teach(query, y[query.rows])  # a person answers here
    return learner.labelled[0]


asked = {"random": search("random"), "default": search("auto")}
found = {name: int(y[rows].sum()) for name, rows in asked.items()}
print(f"Of {y.sum()} positives: {found['random']} at random, {found['default']} by the default")

# %%
# Where the labels went: circles are labelled rows, filled where they are positive.

figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
for axes, (name, rows) in zip(panels, asked.items(), strict=True):
    axes.scatter(*X.T, s=3, color="lightgrey")
    axes.scatter(*X[y == 1].T, s=6, color="tab:red")
    axes.scatter(*X[rows].T, s=30, edgecolor="tab:blue", facecolor="none")
    axes.scatter(*X[rows[y[rows] == 1]].T, s=30, color="tab:blue")
    axes.set_title(f"{name}: {found[name]} of {y.sum()} found", loc="left")
plt.show()
