"""
Save a search, and go on tomorrow
=================================

Complaints come every day. On Monday someone labels 60; the notebook is closed. On Tuesday the
search is loaded, a wrong label is taken back, 800 new complaints come behind the others, and the
search goes on. Ids stay what they were, so a list of ids from Monday is still right.
"""

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from motherlode import ActiveLearner, Pool
from motherlode.displays import FoundCurveDisplay
from motherlode.estimation import positives

folder = Path(tempfile.mkdtemp()) / "search"


def complaints(rows, share, seed):
    """Make complaints as vectors, and which of them are of a fire."""
    rng = np.random.default_rng(seed)
    fire = np.where(rng.random(rows) < share, "fire", "other")
    return rng.normal(size=(rows, 8)) + 1.5 * (fire == "fire")[:, None], fire


monday, said_monday = complaints(1_600, 0.03, seed=0)
tuesday, said_tuesday = complaints(800, 0.06, seed=1)
truth = np.concatenate([said_monday, said_tuesday])


def ask(learner, rounds=6):
    """Label ten rows a round, and say what is known."""
    for _ in range(rounds):
        query = learner.query(10)
        learner.teach(query, truth[query.rows])
    found = int((learner.labelled[1] == "fire").sum())
    print(f"{len(learner.labelled[0])} of {len(learner.pool):,} labelled, {found} fires")
    print(f"Fires in all: {positives(learner.session())}")


# %%
# **Monday.** A quarter of each batch is drawn at random: what is left can be estimated from these
# draws.

learner = ActiveLearner(Pool(monday), ["fire", "other"], minority="fire", control=0.25, seed=0)
ask(learner)
learner.teach([7], ["other" if truth[7] == "fire" else "fire"])  # a slip of the hand
learner.save(folder)

# %%
# **Tuesday.** The pool is given again; the folder has the labels and how each came about.

learner = ActiveLearner.load(folder, Pool(monday))
learner.unteach([7])
learner.extend(tuesday)
ask(learner)
learner.save(folder)
print(f"Saved: {', '.join(sorted(path.name for path in folder.iterdir()))}")

# %%
display = FoundCurveDisplay.from_learner(learner)
display.ax_.axvline(60, linestyle=":", color="grey")
display.ax_.text(61, 1, "Tuesday")
plt.show()
