"""
Find fraud with the XGBoost model that you have
===============================================

4,000 payments, one in fifty a fraud; classes are words. The settings of the model are in use
elsewhere and shall stay, ``scale_pos_weight`` too. One fraud is known. An auditor opens 100
payments, ten at a time. The same model then scores new payments.

``pip install xgboost pandas "motherlode[plot]"`` brings what is needed.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import PrecisionRecallDisplay, average_precision_score
from xgboost import XGBClassifier

from motherlode import ActiveLearner, Pool


def payments(rows, seed):
    """Make payments, and what an audit of each would say."""
    rng = np.random.default_rng(seed)
    fraud = rng.random(rows) < 0.02
    hour = np.where(fraud, rng.normal(3, 2, rows), rng.normal(14, 4, rows)).round() % 24
    table = pd.DataFrame(
        {
            "amount": np.exp(rng.normal(3 + 1.5 * fraud, 1, rows)).round(2),
            "hour": hour.astype(int),
            "account_age": rng.exponential(np.where(fraud, 90, 900)).round(),
            "channel": rng.choice(["shop", "web", "phone"], rows),
        }
    )
    return table, np.where(fraud, "fraud", "fine")


table, truth = payments(4_000, seed=0)

# %%
# The model as it is. While the learner asks, it leaves the class weight out, and the final model
# has it again.

model = XGBClassifier(
    n_estimators=60,
    max_depth=4,
    learning_rate=0.2,
    min_child_weight=0,
    scale_pos_weight=20,
    n_jobs=1,
)
learner = ActiveLearner(Pool(table), ["fine", "fraud"], model, minority="fraud", seed=0)
learner.teach([int(np.flatnonzero(truth == "fraud")[0])], ["fraud"])
for _ in range(10):
    query = learner.query(10)
    learner.teach(query, truth[query.rows])  # what the auditor says
found, by_chance = int((learner.labelled[1] == "fraud").sum()) - 1, 100 * (truth == "fraud").mean()
print(f"100 payments opened: {found} frauds, {by_chance:.1f} by chance.")

# %%
# The final model on payments of another month, beside the same model fitted on as many random rows.

new, outcome = payments(4_000, seed=1)
final = learner.final_model()
probability = final.predict_proba(new)[:, list(final.classes_).index("fraud")]
precision = average_precision_score(outcome == "fraud", probability)
chance = ActiveLearner(learner.pool, ["fine", "fraud"], model, "random", minority="fraud", seed=0)
rows = chance.query(100).rows
chance.teach(rows, truth[rows])
at_random = chance.final_model().predict_proba(new)[:, 1]
print(new.assign(probability=probability).nlargest(5, "probability").to_string(index=False))

# %%
figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
PrecisionRecallDisplay.from_predictions(outcome == "fraud", probability, name="asked", ax=axes)
PrecisionRecallDisplay.from_predictions(outcome == "fraud", at_random, name="random", ax=axes)
plt.show()
