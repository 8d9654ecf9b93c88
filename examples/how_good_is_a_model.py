"""Find how good a rule and a model are, from few labels of rows that tell most.

    pip install motherlode
    python examples/how_good_is_a_model.py report.html

Letters come with the score of a model, and with the labels 0 and 1 of a simple rule. One letter in
fifty is a complaint. The labels of all letters are known here and stand for the person who reads.
"""

import argparse
from pathlib import Path

import numpy as np

import motherlode
from motherlode.estimation import EvaluationReport, ppi_mean


def main(file: Path, rows: int = 10_000, width: float = 0.1) -> EvaluationReport:
    """Write the report of the model's precision and prevalence, and return it."""
    rng = np.random.default_rng(0)
    complaint = rng.random(rows) < 0.02
    score = rng.normal(size=rows) + 3 * complaint  # no probability: any numbers will do
    rule = (score > 2).astype(int)

    report = motherlode.evaluate(
        score,
        lambda letters: complaint[letters],
        measures=["precision", "prevalence"],
        threshold=2.5,
        width=width,
        progress=True,
    )
    file.write_text(report.to_html(), encoding="utf-8")
    print(report.sentence)
    print(f"In truth, precision is {complaint[score >= 2.5].mean():.3g}.")

    read = rng.choice(rows, 400, replace=False)
    share = ppi_mean(rule, read, complaint[read])
    alone = complaint[read].mean()
    print(f"Of 400 letters drawn at random {alone:.2%} are complaints; corrected: {share}")
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="where the HTML report goes")
    main(**vars(parser.parse_args()))
