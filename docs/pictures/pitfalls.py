"""Draw ``pitfalls.svg``, the picture of `docs/explanation/pitfalls.md`, and print its figures.

Run it as ``.venv/bin/python docs/pictures/pitfalls.py``; it takes some minutes.
"""

from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "motherlode"  # the same picture from the same curves

import matplotlib.pyplot as plt  # noqa: E402 (after the backend is chosen)
import numpy as np  # noqa: E402
from sklearn.datasets import make_classification  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import f1_score  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402

from motherlode import ActiveLearner, Pool  # noqa: E402
from motherlode.strategies import Margin  # noqa: E402

SEEDS, BUDGET, BATCH = 5, 200, 10


def rare(seed):
    """8,000 rows, one in fifty positive, half of them to test on."""
    X, y = make_classification(
        8000, 12, n_informative=5, n_clusters_per_class=2, weights=[0.98], flip_y=0.005,
        class_sep=1.2, random_state=seed,
    )  # fmt: skip
    return train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)


def session(seed, *, goal="both", strategy="auto", model=None, query_model=None):
    """Positives found after each batch, and the final model's F1 at one half and at its cut."""
    X, X_test, y, y_test = rare(seed)
    learner = ActiveLearner(
        Pool(X), [0, 1], model, strategy, query_model=query_model, minority=1, goal=goal, seed=seed
    )
    rng = np.random.default_rng(seed)
    start = [
        rng.choice(np.flatnonzero(y == c), size, replace=False) for c, size in ((0, 9), (1, 1))
    ]
    learner.teach(np.concatenate(start), y[np.concatenate(start)])
    found = []
    for _ in range(BUDGET // BATCH):
        rows = learner.query(BATCH).rows
        learner.teach(rows, y[rows])
        found.append(int(learner.labelled[1].sum()) - 1)
    f1 = [f1_score(y_test, learner.final_model(threshold=t).predict(X_test)) for t in (None, "f1")]
    return found, f1


def drawn(axes, curves, name):
    """One mean curve."""
    x = np.arange(BATCH, BUDGET + 1, BATCH)
    axes.plot(x, np.mean(curves, axis=0), label=name)


if __name__ == "__main__":
    plain, weighted = LogisticRegression(), LogisticRegression(class_weight="balanced")
    arms = {
        "asked by the plain model": {"strategy": Margin(), "model": plain},
        "by the weighted one": {"strategy": Margin(), "model": plain, "query_model": weighted},
    }
    goals = {goal: {"goal": goal} for goal in ("find", "both", "learn")}
    done = {
        name: [session(seed, **how) for seed in range(SEEDS)]
        for name, how in (arms | goals).items()
    }
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained", sharey=True)
    for axes, names, title in (
        (panels[0], arms, "Margin: who measures the uncertainty"),
        (panels[1], goals, "auto: what the labels are for"),
    ):
        for name in names:
            drawn(axes, [found for found, _ in done[name]], name)
        axes.set_title(title, loc="left")
        axes.set_xlabel("labels")
        axes.legend(frameon=False, loc="lower right")
    panels[0].set_ylabel("positives found")
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
    for name, runs in done.items():
        half, cut = np.mean([f1 for _, f1 in runs], axis=0)
        found = np.mean([found[-1] for found, _ in runs])
        print(f"{name}: {found:.1f} found, F1 {half:.3f} at one half, {cut:.3f} at the cut for it")
