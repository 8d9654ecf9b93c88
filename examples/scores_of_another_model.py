"""Begin with the scores of a model that is in use, and find what it misses.

    pip install "motherlode[parquet]" pandas
    python examples/scores_of_another_model.py scored.csv

A table of log-ins comes as CSV with the score of an old model. It knows one kind of attack and
misses another. The ten rows it scores highest are looked at first, and its score is a column like
the others. Then the default asks on. Beside it: reading down the old score.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from motherlode import ActiveLearner, Pool


def write_scored(file: Path, rows: int, seed: int) -> np.ndarray:
    """Write log-ins with the score of the old model, and return which are attacks."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(["none", "old", "new"], rows, p=[0.97, 0.01, 0.02])
    tries = rng.poisson(np.where(kind == "old", 9, 2))
    table = pd.DataFrame(
        {
            "tries": tries,
            "seconds": rng.exponential(np.where(kind == "new", 0.5, 6)).round(2),
            "distance_km": rng.exponential(np.where(kind == "new", 4000, 60)).round(),
            "score": (1 / (1 + np.exp(6 - tries + rng.normal(0, 1, rows)))).round(4),
        }
    )
    table.to_csv(file, index=False)
    return kind != "none"


def main(file: Path, labels: int = 100, rows: int = 2_000) -> tuple[int, int]:
    """Return how many attacks are found by asking on, and by reading down the old score."""
    attack = write_scored(file, rows, seed=0)
    truth = np.where(attack, "attack", "fine")

    pool = Pool(file)
    score = pd.read_csv(file)["score"]
    by_score = score.sort_values(ascending=False, kind="stable").index.to_numpy()
    learner = ActiveLearner(pool, ["fine", "attack"], minority="attack", goal="find", seed=0)
    learner.teach(by_score[:10], truth[by_score[:10]], channel="old score")
    while len(learner.labelled[0]) < labels:
        query = learner.query(10)
        learner.teach(query, truth[query.rows])
    asked = int((learner.labelled[1] == "attack").sum())
    read = int(attack[by_score[:labels]].sum())
    print(f"{labels} of {rows:,} log-ins, {attack.sum()} attacks among all:")
    print(f"  {asked} attacks by asking on from the old score")
    print(f"  {read} attacks by reading down the old score")
    channels = pd.Series(learner.channels).value_counts()
    print("  how rows were found:", ", ".join(f"{n} by {how}" for how, n in channels.items()))
    return asked, read


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="where to write the scored table")
    main(**vars(parser.parse_args()))
