"""
What a prior buys
=================

Before the first label you know something: here the score of an old rule. The same search is led
with a good prior, a useless one, a reversed one, and none. A good prior saves the labels until
the first positives; a wrong one costs some, and loses its weight.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from motherlode import ActiveLearner

rng = np.random.default_rng(0)
y = (np.arange(2_000) < 40).astype(int)
X = rng.normal(size=(2_000, 5)) + 1.4 * y[:, None] * [1, 1, 0, 0, 0]
good = 1.2 * y + rng.normal(size=2_000)
priors = {"good": good, "none": None, "useless": rng.normal(size=2_000), "reversed": -good}

# %%
# Eighty labels each, from nothing.

curves, slopes = {}, {}
for name, prior in priors.items():
    learner = ActiveLearner(X, [0, 1], minority=1, goal="find", prior=prior, seed=0)
    while len(learner.labelled[0]) < 80:
        query = learner.query(10)
        learner.teach(query, y[query.rows])
    curves[name] = np.cumsum(learner.labelled[1])
    print(f"{name}: {curves[name][-1]} of {y.sum()} found")
    if prior is not None:
        slopes[name] = learner.prior_report().slope
        print(f"  its weight by the labels: {slopes[name]}")

# %%
figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained", width_ratios=[2, 1])
for name, found in curves.items():
    panels[0].plot(np.arange(1, 81), found, label=name)
panels[0].set(xlabel="labels", ylabel=f"positives found, of {y.sum()}")
panels[0].legend(title="prior", frameon=False)
for place, slope in enumerate(slopes.values()):
    panels[1].plot([slope.low, slope.high], [place, place], color="grey")
    panels[1].plot(slope.value, place, "o", color="tab:blue")
panels[1].axvline(0, linestyle=":", color="grey")
panels[1].set_yticks(range(len(slopes)), list(slopes))
panels[1].set(xlabel="weight that the labels give it", ylim=(-0.5, len(slopes) - 0.5))
plt.show()
