"""Screen the abstracts of a small review, from a file of references.

    pip install "motherlode[ris]"
    python examples/review_of_abstracts.py refs.ris

Reference managers export RIS. Here 500 references are made and written, 20 of them trials of
vitamin D against falls. The reviewer knows none, types two words to begin with, and reads ten
abstracts at a time until the curve of what is found has bent sharply, or until 200 are read.
"""

import argparse
from pathlib import Path

import numpy as np

from motherlode import ActiveLearner, Pool
from motherlode.pool import containing
from motherlode.stopping import Budget, Knee

TOPICS = ["asthma", "migraine", "falls", "stroke", "eczema", "gout", "sepsis", "anaemia"]
DRUGS = ["vitamin D", "statins", "aspirin", "insulin", "steroids", "zinc", "iron"]
KINDS = {
    "trial": "We randomised {n} older adults to {drug} or placebo and counted {topic} for a year.",
    "cohort": "We followed {n} patients and relate {drug} to {topic} over {m} years.",
    "review": "A narrative review of {topic} in {n} papers, with a note on {drug}.",
    "mice": "In {n} mice {drug} changed markers of {topic} after {m} weeks.",
}


def write_references(path: Path, rows: int, relevant: int, seed: int) -> np.ndarray:
    """Write references as RIS, and return which belong into the review."""
    rng = np.random.default_rng(seed)
    wanted = ("trial", "vitamin D", "falls")
    found, references = [], []
    for row in range(rows):
        kind, drug, topic = wanted
        while row >= relevant and (kind, drug, topic) == wanted:
            kind, drug, topic = (str(rng.choice(list(of))) for of in (KINDS, DRUGS, TOPICS))
        found.append(row < relevant)
        abstract = KINDS[kind].format(
            drug=drug, topic=topic, n=rng.integers(20, 900), m=rng.integers(2, 20)
        )
        references.append(
            f"TY  - JOUR\nTI  - {drug.capitalize()} and {topic}: a {kind} study\n"
            f"AB  - {abstract}\nPY  - {rng.integers(1995, 2025)}\nER  - \n"
        )
    order = rng.permutation(rows)
    path.write_text("\n".join(references[row] for row in order), encoding="utf-8")
    return np.array(found)[order]


def main(file: Path, budget: int = 200) -> tuple[int, int]:
    """Screen, and return how many relevant abstracts were found and how many were read."""
    relevant = write_references(file, rows=500, relevant=20, seed=0)
    truth = np.where(relevant, "include", "exclude")
    pool = Pool(file)
    print(pool)
    print(pool.left_out)
    learner = ActiveLearner(pool, ["exclude", "include"], minority="include", goal="find", seed=0)
    hits = containing(pool, '"vitamin D" falls')[:10]
    learner.teach(hits, truth[hits], channel="search")
    rule = Knee() | Budget(labels=budget)
    while not (advice := rule.advise(learner.session())).stop:
        query = learner.query(10)
        learner.teach(query, truth[query.rows])  # what the reviewer says
    found, read = int((learner.labelled[1] == "include").sum()), len(learner.labelled[0])
    print(f"{found} of {relevant.sum()} relevant abstracts in {read} read of {len(pool)}.")
    print(advice)
    return found, read


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="where to write the references")
    main(**vars(parser.parse_args()))
