"""Write a strategy as a plain function, and test whether it beats the others.

    python examples/own_strategy.py

An idea: ask for the likeliest rows, but rather where many others lie. It is one function of the
view of a round. `simulate` leads sessions on digits whose labels are known, the same starts for
each strategy, and a paired test says whether the difference is more than luck.
"""

import numpy as np
from scipy.stats import ttest_rel
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from motherlode.simulation import Dataset, Results, simulate


def likely_and_dense(view):
    """Give the probability of the positive class, times the share of rows in sparser places."""
    density = view.pool.mean_similarity()
    denser = density.argsort().argsort() / len(density)
    return view.minority_probability * denser[view.rows] ** 0.5


def rare_eights(seed: int) -> Dataset:
    """Return digits with one eight in 40."""
    X, digit = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    eights, others = np.flatnonzero(digit == 8), np.flatnonzero(digit != 8)
    rows = np.concatenate([rng.choice(eights, len(others) // 40, replace=False), others])
    return Dataset("eights", X[rows] / 16, np.where(digit[rows] == 8, "eight", "other"), "eight")


def main(seeds: int = 8, budget: int = 60) -> Results:
    """Simulate, and print means, intervals and paired tests of the eights found."""
    strategies = {"mine": likely_and_dense, "most_likely": "most_likely", "random": "random"}
    results = simulate(
        rare_eights(0), strategies, model=LogisticRegression(C=0.1, max_iter=1000),
        seeds=seeds, budget=budget, final_every=budget,
    )  # fmt: skip
    found = {
        name: list(results.values("eights", name, "positives").values()) for name in strategies
    }
    print(f"Eights found with {budget} labels, by {seeds} seeds:")
    for name in strategies:
        said = results.estimate("eights", name, "positives")
        print(f"  {name}: {said.mean:.1f}, by 95 % between {said.low:.1f} and {said.high:.1f}")
    for other in ("most_likely", "random"):
        difference = np.subtract(found["mine"], found[other])
        p = ttest_rel(found["mine"], found[other]).pvalue if difference.any() else 1.0
        print(f"  mine against {other}: {difference.mean():+.1f} (paired t test, p = {p:.3f})")
    return results


if __name__ == "__main__":
    main()
