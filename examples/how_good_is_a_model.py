"""
How good is a model?
====================

Letters come with the score of a model, which is any number, and with the labels 0 and 1 of a simple
rule. One letter in fifty is a complaint. How much of what the model calls a complaint is one, and
how many complaints are there? The labels of all letters are known here, and stand for the person
who reads.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import motherlode
from motherlode.estimation import ppi_mean

rng = np.random.default_rng(0)
complaint = rng.random(4_000) < 0.02
score = rng.normal(size=len(complaint)) + 3 * complaint
rule = (score > 2).astype(int)

# %%
# Labels are asked for until both intervals are ±0.08 or narrower.

report = motherlode.evaluate(
    score,
    lambda letters: complaint[letters],
    measures=["precision", "prevalence"],
    threshold=2.5,
    width=0.08,
    progress=True,
)
print(report.sentence)
truly = complaint[score >= 2.5].mean()
print(f"In truth, precision is {truly:.3g}.")

# %%
# The share of complaints again, from 400 letters drawn at random and the rule's labels of all.

read = rng.choice(len(complaint), 400, replace=False)
share = ppi_mean(rule, read, complaint[read])
print(f"Of the letters read {complaint[read].mean():.2%} are complaints; corrected: {share}")

# %%
# How the interval of precision narrows.

labels = [look.labels for look in report.looks]
widths = [look.estimates["precision"].half_width for look in report.looks]
fig, ax = plt.subplots()
ax.plot(labels, widths, "o-")
ax.axhline(report.width, color="grey", linestyle="--")
ax.set(xlabel="Labels", ylabel="Half the width of the interval", ylim=(0, None))
plt.show()
