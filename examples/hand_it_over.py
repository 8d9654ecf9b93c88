"""Rank the rest for those who act on it, and ship the model.

    pip install "motherlode[skops]" pandas
    python examples/hand_it_over.py handed

After 80 labels there is no more time. The call centre gets a list of the likeliest others as CSV,
with how sure each is. Operations get the fitted model as a skops file, which holds no code, and a
recipe to fit it again. Their table has the same columns in another order, and one more.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import skops.io
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool


def customers(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Make customers, and which of them will leave; one in thirty does."""
    rng = np.random.default_rng(seed)
    leaves = rng.random(rows) < 1 / 30
    table = pd.DataFrame(
        {
            "calls": rng.poisson(np.where(leaves, 6, 1.5)),
            "months": rng.integers(1, 120, rows),
            "tariff": rng.choice(["S", "M", "L"], rows),
            "paid_late": rng.random(rows) < np.where(leaves, 0.6, 0.1),
        }
    )
    return table, np.where(leaves, "leaves", "stays")


def main(folder: Path, labels: int = 80) -> dict[str, float]:
    """Label, then write the list, the model and its trusted types."""
    folder.mkdir(parents=True, exist_ok=True)
    table, truth = customers(1_500, seed=0)
    model = LogisticRegression(max_iter=1_000)
    learner = ActiveLearner(Pool(table), ["stays", "leaves"], model, minority="leaves", seed=0)
    while len(learner.labelled[0]) < labels:
        query = learner.query(20)
        learner.teach(query, truth[query.rows])

    ranked = learner.rank(100)
    to_call = table.iloc[ranked.rows].assign(
        customer=ranked.rows, probability=ranked.probabilities, deviation=ranked.deviations
    )
    to_call.to_csv(folder / "to_call.csv", index=False)
    print(to_call.head().round(2).to_string(index=False))

    model = learner.final_model()
    skops.io.dump(model, folder / "leaves.skops")
    types = skops.io.get_untrusted_types(file=folder / "leaves.skops")
    print("To load the file, operations trust these types:", *types, sep="\n  ")

    # At operations: another order, and a column that nobody knew.
    shipped = skops.io.load(folder / "leaves.skops", trusted=types)
    new, outcome = customers(1_000, seed=1)
    theirs = new.assign(region="north")[["region", "tariff", "paid_late", "months", "calls"]]
    called = shipped.predict(theirs) == "leaves"
    said = {
        "leave among those ranked": float((truth[ranked.rows] == "leaves").mean()),
        "same answers": float((called == (model.predict(new) == "leaves")).mean()),
        "precision": float((outcome[called] == "leaves").mean()),
    }
    # In a year, with labels of their own: the same steps, fitted on all of these.
    refitted = learner.recipe().fit(new, outcome)
    said["refitted finds"] = float((refitted.predict(new)[outcome == "leaves"] == "leaves").mean())
    for what, value in said.items():
        print(f"{what}: {value:.2f}")
    return said


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where to write the list and the model")
    main(**vars(parser.parse_args()))
