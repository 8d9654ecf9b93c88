"""Let a grid search choose the settings anew as labels come, scored by F1 of the rare class.

    python examples/grid_search_in_the_loop.py

Of the tumours of a clinic (30 numbers each) a quarter of the malignant ones is kept: one row in
eight. A support vector machine needs C and gamma. They are searched again at each fit, with as many
folds as the few labels allow, and scored by the F1 of the positive class, whatever its name.
"""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from motherlode import ActiveLearner, Pool


def tumours(keep: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return tumours of which few are malignant, and what each is."""
    X, y = load_breast_cancer(return_X_y=True)
    truth = np.where(y == 0, "malignant", "benign")
    kept = (truth == "benign") | (np.random.default_rng(seed).random(len(y)) < keep)
    return X[kept], truth[kept]


def main(labels: int = 60) -> tuple[float, dict]:
    """Label tumours, and return the F1 on others, and the settings that the last search chose."""
    X, truth = tumours(keep=0.25, seed=0)
    X, X_new, truth, truth_new = train_test_split(X, truth, stratify=truth, random_state=0)
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
    while len(learner.labelled[0]) < labels:
        query = learner.query(10)
        learner.teach(query, truth[query.rows])
    chosen = learner.final_model(presume=False)
    score = float(f1_score(truth_new, chosen.predict(X_new), pos_label="malignant"))
    print(
        f"{len(learner.labelled[0])} labels, {(truth == 'malignant').sum()} malignant in the pool"
    )
    print(f"The last search chose {chosen.best_params_}, F1 {chosen.best_score_:.2f} in its folds.")
    print(f"F1 of the malignant on {len(X_new)} other tumours: {score:.2f}")
    return score, chosen.best_params_


if __name__ == "__main__":
    main()
