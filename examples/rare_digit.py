"""What the two examples share: digits with one made rare, a search for it, and a picture."""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from motherlode import ActiveLearner, Pool


def rare_digits(digit: int, ratio: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of 8 x 8 pixels in [0, 1], and whether each is the rare digit, one in ``ratio``."""
    X, y = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    positives, others = np.flatnonzero(y == digit), np.flatnonzero(y != digit)
    kept = rng.choice(positives, size=max(2, len(others) // ratio), replace=False)
    rows = rng.permutation(np.concatenate([kept, others]))
    return (X[rows] / 16).astype(np.float32), y[rows] == digit


def search(X, rare, model, strategy, *, labels: int, batch: int, seed: int):
    """Positives found after each label, and the learner; it begins with one rare digit known."""
    learner = ActiveLearner(Pool(X), ["other", "rare"], model, strategy, minority="rare", seed=seed)
    learner.teach([int(np.flatnonzero(rare)[0])], ["rare"])
    while (left := labels - len(learner.labelled[0]) + 1) > 0:
        rows = learner.query(min(batch, left)).rows
        learner.teach(rows, np.where(rare[rows], "rare", "other"))
    found = np.cumsum(learner.labelled[1] == "rare") - 1  # the one given is not found
    return found[1:], learner


def picture(curves: dict[str, np.ndarray], X, learner, title: str, path: Path) -> None:
    """Positives found against labels, and the rare digits in the order they were found."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    for name, found in curves.items():
        axes[0].plot(np.arange(1, found.shape[1] + 1), found.mean(axis=0), label=name)
    axes[0].set(xlabel="labels", ylabel="rare digits found (mean)", title=title)
    axes[0].legend()
    rows = learner.labelled[0][learner.labelled[1] == "rare"][:18]
    sheet = np.ones((3 * 9, 6 * 9))
    for place, row in enumerate(rows):
        i, j = divmod(place, 6)
        sheet[i * 9 : i * 9 + 8, j * 9 : j * 9 + 8] = 1 - X[row].reshape(8, 8)
    axes[1].imshow(sheet, cmap="gray", vmin=0, vmax=1)
    axes[1].set(title="the first found, in order")
    axes[1].axis("off")
    figure.savefig(path)
    plt.close(figure)


def main(make_model, title: str) -> dict[str, np.ndarray]:
    """Search with the network and at random, say what was found, and draw it."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("picture", type=Path, help="where to draw it: an .svg or .png file")
    parser.add_argument("--labels", type=int, default=300)
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--ratio", type=int, default=100, help="other digits for each rare one")
    parser.add_argument("--epochs", type=int, default=20)
    given = parser.parse_args()
    curves: dict[str, list[np.ndarray]] = {"auto": [], "random": []}
    learners = {}
    for seed in range(given.seeds):
        X, rare = rare_digits(8, given.ratio, seed)
        for strategy, found in curves.items():
            curve, learners[strategy] = search(
                X, rare, make_model(given.epochs), strategy,
                labels=given.labels, batch=given.batch, seed=seed,
            )  # fmt: skip
            found.append(curve)
            print(
                f"seed {seed}, {strategy}: {curve[-1]} of {rare.sum() - 1} rare digits in "
                f"{given.labels} labels",
                flush=True,
            )
    means = {name: np.array(found) for name, found in curves.items()}
    auto, chance = (means[name][:, -1].mean() for name in ("auto", "random"))
    print(f"auto found {auto:.1f} on average, random {chance:.1f}")
    picture(means, X, learners["auto"], title, given.picture)
    print(f"picture: {given.picture}")
    return means
