"""
Hand over a list, and the model
===============================

After 80 labels there is no more time. The call centre gets a list of the likeliest others as CSV,
with how sure each is. Operations get the fitted model as a skops file, which holds no code, and a
recipe to fit it again. Their table has the same columns in another order, and one more.

``pip install "motherlode[skops,plot]" pandas`` brings what is needed.
"""

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import skops.io
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool

folder = Path(tempfile.mkdtemp())


def customers(rows, seed):
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


table, truth = customers(1_500, seed=0)
learner = ActiveLearner(
    Pool(table), ["stays", "leaves"], LogisticRegression(max_iter=1_000), minority="leaves", seed=0
)
while len(learner.labelled[0]) < 80:
    query = learner.query(20)
    learner.teach(query, truth[query.rows])

# %%
# The list: the likeliest of those that nobody has labelled.

ranked = learner.rank(100)
to_call = table.iloc[ranked.rows].assign(
    customer=ranked.rows, probability=ranked.probabilities, deviation=ranked.deviations
)
to_call.to_csv(folder / "to_call.csv", index=False)
print(to_call.head().round(2).to_string(index=False))

# %%
# The model. Whoever loads the file has to trust the types that it names.

model = learner.final_model()
skops.io.dump(model, folder / "leaves.skops")
types = skops.io.get_untrusted_types(file=folder / "leaves.skops")
print(*types, sep="\n")

# %%
# At operations: another order of columns, and one that nobody knew.

shipped = skops.io.load(folder / "leaves.skops", trusted=types)
new, outcome = customers(1_000, seed=1)
theirs = new.assign(region="north")[["region", "tariff", "paid_late", "months", "calls"]]
same_answers = bool((shipped.predict(theirs) == model.predict(new)).all())
print(f"The same answers: {same_answers}")

# %%
# In a year, with labels of their own: the same steps, fitted on all of these.

refitted = learner.recipe().fit(new, outcome)
refitted_finds = float((refitted.predict(new)[outcome == "leaves"] == "leaves").mean())
print(f"Fitted again it finds {refitted_finds:.0%} of those who leave.")

# %%
# How good the list was: whoever calls down it meets those who leave first.

figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
leave = truth[ranked.rows] == "leaves"
axes.plot(np.arange(1, 101), np.cumsum(leave), label="down the list")
rest = truth[learner.unlabelled] == "leaves"
axes.plot([0, 100], [0, 100 * rest.mean()], ":", color="grey", label="by chance")
axes.set(xlabel="customers called", ylabel=f"leave, of {rest.sum()} that are left")
axes.legend(frameon=False)
plt.show()
