"""
Choose a strategy by simulation
===============================

Last year's rows have labels. Simulated sessions on them say which strategy would have found most,
with the same starts for all, before anybody labels this year's. ``motherlode simulate`` does the
same from the command line.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_wine, make_classification
from sklearn.linear_model import LogisticRegression

from motherlode.displays import FoundCurveDisplay
from motherlode.simulation import Dataset, simulate

X, y = make_classification(
    1_500,
    10,
    n_informative=4,
    n_clusters_per_class=2,
    weights=[0.96],
    class_sep=1.3,
    random_state=3,
)
last_year = Dataset("last year", X, np.where(y == 1, "fault", "fine"), "fault")

# %%
# Five strategies, three starts, eighty labels. One fault is known at the start.

results = simulate(
    last_year,
    ["auto", "most_likely", "margin", "lof", "random"],
    model=LogisticRegression(),
    seeds=3,
    budget=80,
    final_every=80,
)
for strategy in results.strategies:
    said = results.estimate("last year", strategy, "positives")
    print(
        f"{strategy:12} {said.mean:5.1f} faults, by 95 % between {said.low:.1f} and {said.high:.1f}"
    )

# %%
# Means over the starts, with intervals.

FoundCurveDisplay.from_results(results)
plt.show()

# %%
# The picture on another table may be another: here wines, where one class is made rare. Look at
# your own rows.

wine, kind = load_wine(return_X_y=True)
rows = np.flatnonzero((kind != 2) | (np.arange(len(kind)) % 6 == 0))
wines = Dataset("wines", wine[rows], np.where(kind[rows] == 2, "third", "other"), "third")
FoundCurveDisplay.from_results(
    simulate(
        wines,
        ["auto", "most_likely", "margin", "random"],
        seeds=2,
        budget=20,
        batch=5,
        final_every=20,
    )
)
plt.show()
