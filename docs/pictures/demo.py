"""Draw ``demo.svg``, the README's picture: what ``make demo`` simulates, as learning curves.

Run it as ``.venv/bin/python docs/pictures/demo.py``; it takes a few minutes.
"""

from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "motherlode"  # the same picture from the same curves

import matplotlib.pyplot as plt  # noqa: E402 (after the backend is chosen)

from motherlode.cli._demo import compare  # noqa: E402
from motherlode.simulation import LearningCurvesDisplay, patients  # noqa: E402

if __name__ == "__main__":
    results = compare(patients(), 200, lambda way, seed: None)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    LearningCurvesDisplay.from_results(results, metric="positives", ax=left)
    LearningCurvesDisplay.from_results(results, metric="average_precision", ax=right, legend=False)
    left.set_title(f"Ill patients found, of {results.runs[0].pool_positives}", loc="left")
    right.set_title("Average precision on other patients", loc="left")
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})
