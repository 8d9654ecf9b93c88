"""Inspect machines with a model that reads categories and gaps by itself.

    pip install motherlode lightgbm pandas
    python examples/categories_and_gaps.py
    python examples/categories_and_gaps.py --model histogram

The table has categories and many gaps, and a gap says something: a sensor that fails sends nothing.
`features="passthrough"` gives the table to LightGBM, or to scikit-learn's HistGradientBoosting, as
it is, without a column encoded or filled. Nothing is known at the start.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from motherlode import ActiveLearner, Pool


def machines(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
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


def model(name: str):
    """Make a model that takes categories and gaps, for few labels: small leaves."""
    if name == "histogram":
        return HistGradientBoostingClassifier(
            categorical_features="from_dtype", min_samples_leaf=3, max_iter=50
        )
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_estimators=50, min_child_samples=3, n_jobs=1, verbose=-1)


def main(name: str = "lightgbm", labels: int = 120, rows: int = 2_000) -> tuple[int, float]:
    """Inspect machines, and return how many worn ones were found, and how many by chance."""
    table, worn = machines(rows, seed=0)
    pool = Pool(table, features="passthrough")
    learner = ActiveLearner(pool, [False, True], model(name), minority=True, seed=0)
    while len(learner.labelled[0]) < labels:
        query = learner.query(20)
        learner.teach(query, worn[query.rows])  # what the inspector says
        print(f"{len(learner.labelled[0])} inspected, {learner.labelled[1].sum()} worn")
    found, chance = int(learner.labelled[1].sum()), labels * float(worn.mean())
    print(f"{found} of {worn.sum()} worn machines; {chance:.1f} by chance.")
    newest, _ = machines(500, seed=1)
    newest["worn"] = learner.final_model().predict_proba(newest)[:, 1]
    print("Of 500 others, those that are likeliest worn, with their gaps as they came:")
    print(newest.nlargest(5, "worn").round(2).to_string())
    return found, chance


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", dest="name", choices=["lightgbm", "histogram"],
                        default="lightgbm")  # fmt: skip
    main(**vars(parser.parse_args()))
