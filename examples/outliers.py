"""
Outliers, by two densities
==========================

Nothing is known, and faults are rows unlike the others. Kernel density (KDE) knows how empty a
place is. The local outlier factor (LOF) knows how empty it is compared with where its neighbours
are. Between two crowds of unlike width they ask other rows.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from motherlode import ActiveLearner
from motherlode.strategies import KDE, LOF

rng = np.random.default_rng(0)
wide, tight = rng.normal([-4, 0], 2.0, (600, 2)), rng.normal([5, 0], 0.25, (600, 2))
angle = rng.uniform(0, 2 * np.pi, 12)
beside = np.array([5, 0]) + rng.uniform(1.2, 1.8, 12)[:, None] * np.c_[np.cos(angle), np.sin(angle)]
X = np.concatenate([wide, tight, beside])
fault = np.arange(len(X)) >= 1_200

# %%
# One query of twenty rows each, without a label.

asked = {}
for strategy in (KDE(region="sparse"), LOF()):
    learner = ActiveLearner(X, [False, True], strategy=strategy, minority=True, seed=0)
    query = learner.query(20)
    asked[type(strategy).__name__] = query.rows
    print(f"{strategy}: {fault[query.rows].sum()} of {fault.sum()} faults in 20 rows")
    print(f"  {query.reasons[0]}")

# %%
# KDE asks the edge of the wide crowd; LOF also the rows that stand beside the tight one.

figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
for axes, (name, rows) in zip(panels, asked.items(), strict=True):
    axes.scatter(*X.T, s=4, color="lightgrey")
    axes.scatter(*X[fault].T, s=10, color="tab:red", label="faults")
    axes.scatter(*X[rows].T, s=50, facecolor="none", edgecolor="tab:blue", label="asked")
    axes.set_title(f"{name}: {fault[rows].sum()} faults", loc="left")
panels[1].legend(frameon=False)
plt.show()
