"""
Categories and gaps, read by the model itself
=============================================

A table of machines has categories and many gaps, and a gap says something: a sensor that fails
sends nothing. ``features="passthrough"`` gives the table to LightGBM, or to scikit-learn's
HistGradientBoosting, as it is, without a column encoded or filled. Nothing is known at the start.

``pip install lightgbm pandas "motherlode[plot]"`` brings what is needed.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.ensemble import HistGradientBoostingClassifier

from motherlode import ActiveLearner, Pool


def machines(rows, seed):
    """Make machines, and which of them an inspection would call worn; one in forty is."""
    rng = np.random.default_rng(seed)
    worn = rng.random(rows) < 0.025
    table = pd.DataFrame(
        {
            "maker": pd.Categorical(rng.choice(["Alba", "Borg", "Cray", "Dorn"], rows)),
            "hours": rng.gamma(np.where(worn, 9, 4), 500).round(),
            "vibration": rng.normal(1 + 0.8 * worn, 0.4, rows),
            "oil": pd.Categorical(rng.choice(["clear", "dark", "grey"], rows)),
        }
    )
    table["vibration"] = table["vibration"].mask(rng.random(rows) < np.where(worn, 0.5, 0.1))
    table["oil"] = table["oil"].mask(rng.random(rows) < 0.3)
    return table, worn


table, worn = machines(1_500, seed=0)
print(table.head())

# %%
# Two models that take categories and gaps. With few labels leaves are small.

models = {
    "LightGBM": LGBMClassifier(n_estimators=50, min_child_samples=3, n_jobs=1, verbose=-1),
    "HistGradientBoosting": HistGradientBoostingClassifier(
        categorical_features="from_dtype", min_samples_leaf=3, max_iter=50
    ),
}
curves, learners = {}, {}
for name, model in models.items():
    pool = Pool(table, features="passthrough")
    learner = ActiveLearner(pool, [False, True], model, minority=True, seed=0)
    while len(learner.labelled[0]) < 100:
        query = learner.query(20)
        learner.teach(query, worn[query.rows])  # what the inspector says
    curves[name], learners[name] = np.cumsum(learner.labelled[1]), learner
    print(f"{name}: {curves[name][-1]} of {worn.sum()} worn; {100 * worn.mean():.1f} by chance")

# %%
# New machines keep their gaps, too.

newest, _ = machines(500, seed=1)
newest["worn"] = learners["LightGBM"].final_model().predict_proba(newest)[:, 1]
print(newest.nlargest(5, "worn").round(2).to_string())

# %%
figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
for name, found in curves.items():
    axes.plot(np.arange(1, 101), found, label=name)
axes.plot([0, 100], [0, 100 * worn.mean()], ":", color="grey", label="by chance")
axes.set(xlabel="machines inspected", ylabel=f"worn, of {worn.sum()}")
axes.legend(frameon=False)
plt.show()
