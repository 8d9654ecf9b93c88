"""
A grid search inside the loop
=============================

Of the tumours of a clinic (30 numbers each) a quarter of the malignant ones is kept: one row in
eight. A support vector machine needs C and gamma. They are searched again at each fit, with as
many folds as the few labels allow, and scored by the F1 of the positive class, whatever its name.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from motherlode import ActiveLearner, Pool

X, y = load_breast_cancer(return_X_y=True)
truth = np.where(y == 0, "malignant", "benign")
kept = (truth == "benign") | (np.random.default_rng(0).random(len(y)) < 0.25)
X, X_new, truth, truth_new = train_test_split(
    X[kept], truth[kept], stratify=truth[kept], random_state=0
)

# %%
# The search is the model.

search = GridSearchCV(
    make_pipeline(StandardScaler(), SVC()),
    {"svc__C": [1, 10, 100], "svc__gamma": [0.003, 0.03]},
    scoring="f1",
)
learner = ActiveLearner(
    Pool(X), ["benign", "malignant"], search, "margin", minority="malignant", seed=0
)
one_of_each = [int(np.flatnonzero(truth == label)[0]) for label in ("benign", "malignant")]
learner.teach(one_of_each, truth[one_of_each])

# %%
# After each ten labels: what the search chooses, and its F1 on tumours that it never sees.

chosen, scores = [], []
while len(learner.labelled[0]) < 42:
    query = learner.query(10)
    learner.teach(query, truth[query.rows])
    final = learner.final_model(presume=False)
    chosen.append(final.best_params_)
    scores.append(float(f1_score(truth_new, final.predict(X_new), pos_label="malignant")))
    print(f"{len(learner.labelled[0])} labels: {chosen[-1]}, F1 {scores[-1]:.2f}")

# %%
figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
labels = 12 + 10 * np.arange(len(scores))
axes.plot(labels, scores, marker="o")
for x, score, settings in zip(labels, scores, chosen, strict=True):
    text = f"C={settings['svc__C']}\nγ={settings['svc__gamma']}"
    axes.annotate(
        text, (x, score), xytext=(0, -28), textcoords="offset points", ha="center", fontsize=8
    )
axes.set(xlabel="labels", ylabel="F1 of the malignant, held out", ylim=(0, 1.05), xlim=(8, 46))
plt.show()
