"""
When to stop
============

A search finds most at the beginning. When is it enough? Three rules read the same session: one
sees the curve bend, one sees that nothing came for a long time, one demands proof from rows drawn
at random. Only the last promises something, and it is the dearest.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode.learner import Control
from motherlode.stopping import DrySpell, Knee, TargetRecall

rng = np.random.default_rng(1)
y = (np.arange(4_000) < 150).astype(int)
X = rng.normal(size=(4_000, 4)) + 1.8 * y[:, None] * [1, 1, 1, 0]
learner = ActiveLearner(X, [0, 1], LogisticRegression(), "most_likely", minority=1, seed=0)
learner.teach([0], [1])
while len(learner.labelled[0]) < 1_200:
    query = learner.query(60)
    learner.teach(query, y[query.rows])

# %%
# The second phase: rows drawn at random alone, until the last rule is content.

searched = len(learner.labelled[0])
learner.control = Control(1.0)
proof = TargetRecall(0.9)
while not proof.advise(learner.session()).stop:
    query = learner.query(50)
    learner.teach(query, y[query.rows])
session = learner.session()

# %%
# What each rule would have said after so many labels.

rules = {"knee": Knee(), "dry spell": DrySpell(), "90 % for sure": proof}
labels = np.r_[np.arange(50, session.labels, 50), session.labels]
found = np.cumsum(learner.labelled[1])
stops = {}
for name, rule in rules.items():
    said = [int(m) for m in labels if rule.advise(session.first(int(m))).stop]
    if said:
        stops[name] = said[0]
        share = found[said[0] - 1] / y.sum()
        print(f"{name}: stop at {said[0]} labels, with {share:.0%} of the positives found")
    else:
        print(f"{name}: goes on. {rule.advise(session)}")

# %%
figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
axes.plot(np.arange(1, len(found) + 1), found / y.sum())
for colour, (name, stop) in zip(
    ("tab:orange", "tab:green", "tab:red"), stops.items(), strict=False
):
    axes.axvline(stop, linestyle="--", color=colour, label=f"{name}: {stop} labels")
axes.axhline(1, linestyle=":", color="grey")
axes.set(xlabel="labels", ylabel="share of the positives found", ylim=(0, 1.05))
axes.legend(frameon=False, loc="lower right")
plt.show()
