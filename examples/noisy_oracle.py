"""
When labels are wrong
=====================

People err. The same search is led with right labels, with one in ten wrong, and with one in five
wrong. Most is still found, but precision among what is called positive falls. Asking the doubtful
rows once more mends it for some labels.

``pip install "motherlode[annotators,plot]"`` brings what is needed.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner

y = (np.arange(1_500) < 60).astype(int)
X = np.random.default_rng(0).normal(size=(1_500, 4)) + 1.8 * y[:, None] * [1, 1, 0, 0]

# %%
# Two hundred labels, and then forty more of the most doubtful rows by somebody who errs as often.

found, kept = {}, {}
for share in (0.0, 0.1, 0.2):
    rng = np.random.default_rng(1)
    said = np.where(rng.random(len(y)) < share, 1 - y, y)
    again = np.where(rng.random(len(y)) < share, 1 - y, y)
    third = np.where(rng.random(len(y)) < share, 1 - y, y)
    learner = ActiveLearner(X, [0, 1], LogisticRegression(), minority=1, goal="find", seed=0)
    while len(learner.labelled[0]) < 200:
        query = learner.query(10)
        learner.teach(query, said[query.rows], annotator="ann")
    rows = learner.labelled[0]
    found[share] = np.cumsum(y[rows])
    kept[share] = [float(y[rows[learner.labelled[1] == 1]].mean())]
    called = rows[learner.labelled[1] == 1]
    learner.teach(called, again[called], annotator="ben")  # a second and a third look at
    learner.teach(called, third[called], annotator="cy")  # whatever was called positive
    rows, labels = learner.labelled
    kept[share].append(float(y[rows[labels == 1]].mean()))
    print(
        f"{share:.0%} wrong: {found[share][-1]} of {y.sum()} positives seen; of those called "
        f"positive {kept[share][0]:.0%} are, and {kept[share][1]:.0%} after two more looks"
    )

# %%
figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained", width_ratios=[2, 1])
for share, curve in found.items():
    panels[0].plot(np.arange(1, len(curve) + 1), curve, label=f"{share:.0%} wrong")
panels[0].set(xlabel="labels", ylabel=f"positives seen, of {y.sum()}")
panels[0].legend(frameon=False)
for share, pair in kept.items():
    panels[1].plot([0, 1], pair, marker="o", label=f"{share:.0%}")
panels[1].set_xticks([0, 1], ["one look", "three looks"])
panels[1].set(ylabel="positives among those called so", ylim=(0, 1.05), xlim=(-0.3, 1.3))
plt.show()
