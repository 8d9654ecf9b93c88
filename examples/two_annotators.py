"""
Two annotators who disagree
===========================

Ann misses one in six of the positives, and Ben calls some others positive. Neither knows the
truth. A part of the rows was labelled by both. How often does each err, and which rows are worth
a second look?

``pip install "motherlode[annotators,plot]"`` brings what is needed.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from motherlode import ActiveLearner

X, digit = load_digits(return_X_y=True)
truth = np.where(digit == 8, "eight", "other")
rng = np.random.default_rng(0)


def said(rows, misses, alarms):
    """Return what somebody says who errs at these rates."""
    wrong = rng.random(len(rows)) < np.where(truth[rows] == "eight", misses, alarms)
    other = np.where(truth[rows] == "eight", "other", "eight")
    return np.where(wrong, other, truth[rows])


learner = ActiveLearner(X, ["other", "eight"], minority="eight", seed=0)
by_ann, by_ben = np.arange(700), np.arange(200, 900)
learner.teach(by_ann, said(by_ann, misses=0.16, alarms=0.01), annotator="ann")
learner.teach(by_ben, said(by_ben, misses=0.03, alarms=0.05), annotator="ben")

# %%
# Nobody gave the truth; the model of who errs (Dawid and Skene's) finds both rates by the 500
# shared rows.

people = learner.annotators()
for one in people:
    print(one)

# %%
# Rows to see again, the most doubtful first.

query = learner.doubtful(5)
for row, reason in zip(query.rows, query.reasons, strict=True):
    print(f"row {row}, in truth {truth[row]}: {reason}")

# %%
# The rates, with intervals, and the truth as a cross.

figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
true_rates = {"ann": {"eight": 0.16, "other": 0.01}, "ben": {"eight": 0.03, "other": 0.05}}
places = [(one, label) for one in people for label in ("eight", "other")]
for place, (one, label) in enumerate(places):
    error = one.errors[label]
    axes.plot([error.low, error.high], [place, place], color="grey")
    axes.plot(error.value, place, "o", color="tab:blue")
    axes.plot(true_rates[one.name][label], place, "x", color="tab:red")
axes.set_yticks(range(len(places)), [f"{one.name}: {label}" for one, label in places])
axes.set(xlabel="share called otherwise", xlim=(0, None))
plt.show()
