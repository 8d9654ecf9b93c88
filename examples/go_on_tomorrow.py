"""Save a search, load it the next day, let new rows come, and go on.

    python examples/go_on_tomorrow.py search

Complaints come every day. On Monday someone labels 60; the notebook is closed. On Tuesday the
search is loaded, a wrong label is taken back, 800 new complaints come behind the others, and the
search goes on. Ids stay what they were, so a list of ids from Monday is still right.
"""

import argparse
from pathlib import Path

import numpy as np

from motherlode import ActiveLearner, Pool
from motherlode.estimation import Estimate, positives


def complaints(rows: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Make complaints as vectors, and which of them are of a fire."""
    rng = np.random.default_rng(seed)
    fire = np.where(rng.random(rows) < share, "fire", "other")
    return rng.normal(size=(rows, 8)) + 1.5 * (fire == "fire")[:, None], fire


def ask(learner: ActiveLearner, truth: np.ndarray, rounds: int) -> None:
    """Label ten rows a round, and say what is known."""
    for _ in range(rounds):
        query = learner.query(10)
        learner.teach(query, truth[query.rows])
    found = int((learner.labelled[1] == "fire").sum())
    print(f"  {len(learner.labelled[0])} of {len(learner.pool):,} labelled, {found} fires")
    estimate = positives(learner.session())
    print(f"  Fires in all: {estimate}")
    if isinstance(estimate, Estimate):
        print(f"  {estimate.speaks_for or 'That speaks for all rows.'}")


def main(folder: Path, rounds: int = 6) -> ActiveLearner:
    """Lead the two days."""
    monday, said_monday = complaints(1_600, 0.03, seed=0)
    tuesday, said_tuesday = complaints(800, 0.06, seed=1)
    truth = np.concatenate([said_monday, said_tuesday])

    print("Monday")
    # A quarter of each batch is drawn at random: what is left can be estimated from these draws.
    learner = ActiveLearner(Pool(monday), ["fire", "other"], minority="fire", control=0.25, seed=0)
    ask(learner, truth, rounds)
    learner.teach([7], ["other" if truth[7] == "fire" else "fire"])  # a slip of the hand
    learner.save(folder)

    print("Tuesday")
    learner = ActiveLearner.load(folder, Pool(monday))
    learner.unteach([7])
    learner.extend(tuesday)
    ask(learner, truth, rounds)
    learner.save(folder)
    print(f"Saved in {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    return learner


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where to save the search")
    main(**vars(parser.parse_args()))
