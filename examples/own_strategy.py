"""
Write a strategy, and test it
=============================

An idea: ask for the likeliest rows, but rather where many others lie. It is one function of the
view of a round. `simulate` leads sessions on digits whose labels are known, with the same starts
for each strategy, and a paired test says whether the difference is more than luck.
"""

# %%
# The strategy.

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import ttest_rel
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from motherlode.displays import FoundCurveDisplay
from motherlode.simulation import Dataset, simulate


def likely_and_dense(view):
    """Give the probability of the positive class, times the share of rows in sparser places."""
    density = view.pool.mean_similarity()
    denser = density.argsort().argsort() / len(density)
    return view.minority_probability * denser[view.rows] ** 0.5


# %%
# The data: digits with one eight in forty.

X, digit = load_digits(return_X_y=True)
rng = np.random.default_rng(0)
eights, others = np.flatnonzero(digit == 8), np.flatnonzero(digit != 8)
rows = np.concatenate([rng.choice(eights, len(others) // 40, replace=False), others])
data = Dataset("eights", X[rows] / 16, np.where(digit[rows] == 8, "eight", "other"), "eight")

# %%
# Sessions of 40 labels from four starts.

strategies = {"mine": likely_and_dense, "most_likely": "most_likely", "random": "random"}
results = simulate(
    data,
    strategies,
    model=LogisticRegression(C=0.1, max_iter=1000),
    seeds=4,
    budget=40,
    final_every=40,
)
for name in strategies:
    said = results.estimate("eights", name, "positives")
    print(f"{name}: {said.mean:.1f} eights, by 95 % between {said.low:.1f} and {said.high:.1f}")

# %%
# More than luck? Starts are paired, so differences of the same start are compared.

found = {name: list(results.values("eights", name, "positives").values()) for name in strategies}
for other in ("most_likely", "random"):
    difference = np.subtract(found["mine"], found[other])
    p = ttest_rel(found["mine"], found[other]).pvalue if difference.any() else 1.0
    print(f"mine against {other}: {difference.mean():+.1f} (paired t test, p = {p:.3f})")

# %%
FoundCurveDisplay.from_results(results)
plt.show()
