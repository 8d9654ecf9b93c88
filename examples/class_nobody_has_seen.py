"""
A class that nobody has seen yet
================================

A plant has two known kinds of fault, and a third that nobody has seen. Classes are declared, so
the third one can be named before its first row is labelled. A search that asks only what its
model finds likely never meets the third kind; one that gives turns to rows that stand apart, and
to random rows, does.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode.strategies import Interleave, LocalNovelty, MostLikely

rng = np.random.default_rng(2)
centres = {
    "fine": (0, 0, 900),
    "leak": (4.5, 0, 25),
    "crack": (0, 4.5, 25),
    "unseen": (-4.5, -3, 20),
}
X = np.concatenate(
    [rng.normal((x, y), 1.0 if k == "fine" else 0.5, (n, 2)) for k, (x, y, n) in centres.items()]
)
kind = np.repeat(list(centres), [n for *_, n in centres.values()])

# %%
# Three rows of each known kind are labelled. All four classes are declared, three of them rare.

start = np.concatenate([np.flatnonzero(kind == k)[:3] for k in ("fine", "leak", "crack")])
strategies = {
    "likely rows alone": MostLikely(),
    "in turns with novel rows": Interleave(MostLikely(), LocalNovelty()),
}
learners = {}
for name, strategy in strategies.items():
    learner = ActiveLearner(
        X, list(centres), LogisticRegression(), strategy,
        minority=["leak", "crack", "unseen"], seed=0,
    )  # fmt: skip
    learner.teach(start, kind[start])
    while len(learner.labelled[0]) < 90:
        query = learner.query(6)
        learner.teach(query, kind[query.rows])
    counts = {k: int((learner.labelled[1] == k).sum()) for k in centres}
    print(f"{name}: {counts}")
    learners[name] = learner

# %%
# Nothing special is needed before the third kind has a label: its column of probabilities is there,
# and is zero.

figure, panels = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
for axes, (name, learner) in zip(panels, learners.items(), strict=True):
    rows, labels = learner.labelled
    axes.scatter(*X.T, s=4, color="lightgrey")
    for label, marker in zip(centres, "o^sX", strict=True):
        axes.scatter(*X[rows[labels == label]].T, s=30, marker=marker, label=label)
    axes.set_title(name, loc="left")
panels[1].legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
