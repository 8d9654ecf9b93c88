"""
A map of a search
=================

Sixty-four numbers a row can't be seen. A map puts rows that are alike beside one another, with
the labels and what is asked now. Displays show the rest: what was found, and how sure the model
is.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from motherlode import ActiveLearner
from motherlode.displays import FoundCurveDisplay, MapDisplay, ScoreHistogramDisplay

X, digit = load_digits(return_X_y=True)
eights, others = np.flatnonzero(digit == 8), np.flatnonzero(digit != 8)
rows = np.random.default_rng(0).permutation(np.concatenate([eights[:40], others]))
X, truth = X[rows] / 16, np.where(digit[rows] == 8, "eight", "other")
learner = ActiveLearner(X, ["other", "eight"], minority="eight", control=0.15, seed=0)
learner.teach([int(np.flatnonzero(truth == "eight")[0])], ["eight"])
for _ in range(6):
    query = learner.query(15)
    learner.teach(query, truth[query.rows])
print(learner)

# %%
# The map, and the ten rows that are asked next.

MapDisplay.from_learner(learner, query=learner.query(10))
plt.show()

# %%
# Positives found, and the probabilities of the query model.

figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
FoundCurveDisplay.from_learner(learner, ax=panels[0])
ScoreHistogramDisplay.from_learner(learner, ax=panels[1])
plt.show()
