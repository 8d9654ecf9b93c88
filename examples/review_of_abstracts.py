"""
Screen the abstracts of a review
================================

Reference managers export RIS. Here 500 references are made and written, 20 of them trials of
vitamin D against falls. The reviewer knows none, types two words to begin with, and reads ten
abstracts at a time until the curve of what is found has bent sharply, or until 200 are read.

``pip install "motherlode[ris,plot]"`` brings what is needed.
"""

# %%
# The file of references.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from motherlode import ActiveLearner, Pool
from motherlode.displays import FoundCurveDisplay
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
SOUGHT = ("trial", "vitamin D", "falls")

rng = np.random.default_rng(0)
references, relevant = [], rng.permutation(np.arange(500) < 20)
for is_relevant in relevant:
    kind, drug, topic = SOUGHT
    while not is_relevant and (kind, drug, topic) == SOUGHT:
        kind, drug, topic = (str(rng.choice(list(of))) for of in (KINDS, DRUGS, TOPICS))
    abstract = KINDS[kind].format(
        drug=drug, topic=topic, n=rng.integers(20, 900), m=rng.integers(2, 20)
    )
    references.append(
        f"TY  - JOUR\nTI  - {drug.capitalize()} and {topic}: a {kind} study\n"
        f"AB  - {abstract}\nPY  - {rng.integers(1995, 2025)}\nER  - \n"
    )
file = Path(tempfile.mkdtemp()) / "refs.ris"
file.write_text("\n".join(references), encoding="utf-8")
print(references[0])

# %%
# The pool reads titles and abstracts, and says what it leaves out.

pool = Pool(file)
print(pool)
print(pool.left_out)

# %%
# Two words find the first abstracts; then the learner asks. `Knee` is a rule that sees the curve
# bend.

truth = np.where(relevant, "include", "exclude")
learner = ActiveLearner(pool, ["exclude", "include"], minority="include", goal="find", seed=0)
hits = containing(pool, '"vitamin D" falls')[:10]
learner.teach(hits, truth[hits], channel="search")
rule = Knee() | Budget(labels=200)
while not (advice := rule.advise(learner.session())).stop:
    query = learner.query(10)
    learner.teach(query, truth[query.rows])  # what the reviewer says
found, read = int((learner.labelled[1] == "include").sum()), len(learner.labelled[0])
print(f"{found} of {relevant.sum()} relevant abstracts in {read} read of {len(pool)}.")
print(advice)

# %%
FoundCurveDisplay.from_learner(learner)
plt.show()
