"""
What errors cost, and the threshold
===================================

A missed fault costs forty times as much as a false alarm. Half is then the wrong place to cut.
The learner chooses the cut for a cost on rows that are held out of the fit, at the prevalence of
the pool; here the cost of every cut on new rows is drawn beside it.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_classification

from motherlode import ActiveLearner
from motherlode.models import Cost

X, y = make_classification(
    4_000, 8, n_informative=4, weights=[0.97], class_sep=0.9, flip_y=0.01, random_state=0
)
pool, new, truth, outcome = X[:2_000], X[2_000:], y[:2_000], y[2_000:]
learner = ActiveLearner(pool, [0, 1], minority=1, control=0.1, seed=0)
while len(learner.labelled[0]) < 160:
    query = learner.query(20)
    learner.teach(query, truth[query.rows])

# %%
# One fit, several cuts.

alarm, miss = 1, 40


def cost(called):
    """Return what the decisions on the new rows cost."""
    return int(alarm * (called & (outcome == 0)).sum() + miss * (~called & (outcome == 1)).sum())


models = {
    "at one half": learner.final_model(),
    "for F1": learner.final_model(threshold="f1"),
    "for the cost": learner.final_model(threshold=Cost(alarm, miss)),
}
costs = {name: cost(model.predict(new) == 1) for name, model in models.items()}
for name, total in costs.items():
    print(f"{name}: {total}")
print(f"calling nothing: {cost(np.zeros(len(new), dtype=bool))}")

# %%
probability = models["at one half"].predict_proba(new)[:, 1]
cuts = np.unique(np.concatenate([[0, 0.5], np.quantile(probability, np.linspace(0, 1, 200))]))
figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
axes.plot(cuts, [cost(probability >= cut) for cut in cuts], color="grey")
for name, colour in (("for F1", "tab:orange"), ("for the cost", "tab:blue")):
    cut = models[name].threshold
    axes.plot(cut, costs[name], "o", color=colour, label=f"{name}: {cut:.3f}")
axes.plot(0.5, costs["at one half"], "o", color="tab:red", label="at one half")
axes.set(xlabel="threshold", ylabel="cost on new rows", xscale="symlog", ylim=(0, None))
axes.set_xscale("log")
axes.legend(frameon=False)
plt.show()
