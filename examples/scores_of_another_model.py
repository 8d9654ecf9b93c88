"""
Find what an old model misses
=============================

A table of log-ins comes with the score of an old model. It knows one kind of attack and misses
another. The ten rows that it scores highest are looked at first, and its score is a column like
the others. Then the default asks on. Beside it: reading down the old score.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from motherlode import ActiveLearner, Pool

rng = np.random.default_rng(0)
kind = rng.choice(["none", "old", "new"], 2_000, p=[0.97, 0.01, 0.02])
tries = rng.poisson(np.where(kind == "old", 9, 2))
table = pd.DataFrame(
    {
        "tries": tries,
        "seconds": rng.exponential(np.where(kind == "new", 0.5, 6)).round(2),
        "distance_km": rng.exponential(np.where(kind == "new", 4000, 60)).round(),
        "score": (1 / (1 + np.exp(6 - tries + rng.normal(0, 1, 2_000)))).round(4),
    }
)
attack = kind != "none"
print(table.head())

# %%
# The search begins at the top of the old score. How each row came to be looked at is kept.

truth = np.where(attack, "attack", "fine")
by_score = table["score"].sort_values(ascending=False, kind="stable").index.to_numpy()
learner = ActiveLearner(Pool(table), ["fine", "attack"], minority="attack", goal="find", seed=0)
learner.teach(by_score[:10], truth[by_score[:10]], channel="old score")
while len(learner.labelled[0]) < 100:
    query = learner.query(10)
    learner.teach(query, truth[query.rows])
rows = learner.labelled[0]
asked, read = int(attack[rows].sum()), int(attack[by_score[:100]].sum())
print(f"100 of {len(table):,} log-ins, {attack.sum()} attacks among all:")
print(f"  {asked} attacks by asking on from the old score")
print(f"  {read} attacks by reading down the old score")
print(pd.Series(learner.channels).value_counts().to_string())

# %%
# The old model saw one kind only.

figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
for name, order, style in (("asking on", rows, "-"), ("down the old score", by_score[:100], "--")):
    for what, colour in (("old", "tab:orange"), ("new", "tab:blue")):
        axes.plot(np.cumsum(kind[order] == what), style, color=colour, label=f"{name}, {what} kind")
axes.set(xlabel="log-ins looked at", ylabel="attacks found")
axes.legend(frameon=False)
plt.show()
