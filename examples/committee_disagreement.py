"""
Where a committee disagrees
===========================

Query by committee asks where several models disagree. In the plane it can be seen: four kinds of
model agree inside the groups, and part where nobody has labelled. With a rare class, votes alone
tie nearly everywhere; measures of probabilities still tell places apart.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from motherlode import ActiveLearner
from motherlode.measures import kl_to_consensus, vote_entropy
from motherlode.strategies import QueryByCommittee

rng = np.random.default_rng(0)
X = np.concatenate([rng.normal(size=(760, 2)) * [2, 1.3], rng.normal([2.6, 1.8], 0.45, (40, 2))])
y = (np.arange(800) >= 760).astype(int)
start = np.concatenate([rng.choice(760, 20, replace=False), [765, 770, 775, 780]])

# %%
# The committee is a list of models. The learner fits it, and asks where it is divided.

members = [
    LogisticRegression(),
    GaussianNB(),
    GaussianProcessClassifier(),
    RandomForestClassifier(50, random_state=0),
]
learner = ActiveLearner(
    X, [0, 1], LogisticRegression(), QueryByCommittee(committee=members), minority=1, seed=0
)
learner.teach(start, y[start])
query = learner.query(10)
print(query.reasons[0])

# %%
# The same members on a grid, by two measures of disagreement: of votes, and of probabilities.

across, up = np.meshgrid(np.linspace(-6, 6, 90), np.linspace(-4, 4, 60))
grid = np.column_stack([across.ravel(), up.ravel()])
said = np.stack([one.fit(X[start], y[start]).predict_proba(grid) for one in members])
figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
for axes, measure in zip(panels, (vote_entropy, kl_to_consensus), strict=True):
    axes.contourf(across, up, measure(said).reshape(across.shape), 12, cmap="Blues")
    axes.scatter(*X.T, s=2, color="grey")
    axes.scatter(*X[start].T, s=30, c=np.where(y[start] == 1, "tab:red", "black"))
    axes.set(title=measure.__name__, xlim=(-6, 6), ylim=(-4, 4))
panels[1].scatter(*X[query.rows].T, s=60, facecolor="none", edgecolor="tab:orange", label="asked")
panels[1].legend(loc="lower left")
plt.show()
