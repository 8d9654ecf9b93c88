"""Papers that several databases hold are known again, and each is asked once."""

import pickle

import numpy as np
import pyarrow as pa
import pytest

from motherlode.project._data.references import find_papers
from motherlode.project._data.settings import Recipe
from motherlode.project._log.log import read_state
from motherlode.project._prediction.arriving import receive_rows
from motherlode.project._serving.adding import Source, run_alone
from motherlode.project._serving.papers_again import say_again
from motherlode.project._serving.watching import describe_added
from motherlode.project._training.recipe import make_learner

COLUMNS = ("title", "abstract")
TITLE = "Vitamin D to prevent falls of older adults"
WORDS = ["bone", "cohort", "dose", "mice", "placebo", "risk", "serum", "trial", "walking"]


def references(rows):
    """Make a table of (title, abstract, DOI, year)."""
    names = (*COLUMNS, "doi", "year")
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((TITLE, "A", None, 2001), (TITLE.upper() + ".", None, None, 2001), True),
        ((TITLE, "A", "10.1000/x", 2001), (f"{TITLE}.", "B", None, 2001), True),
        ((TITLE, "A", None, None), (f"<i>{TITLE}</i>", "B", "10.1000/x", 2001), True),
        ((TITLE, "A", None, 2001), (TITLE, "A", None, 2009), False),  # an update of a review
        ((TITLE, "A", "10.1000/x", 2001), (TITLE, "A", "10.1000/y", 2001), False),
        (
            (TITLE, "A", "10.1000/X", 2001),
            (f"{TITLE}: a trial", "A", "https://doi.org/10.1000/x.", 2002),
            True,
        ),
        # All abstracts of a congress may have one DOI.
        ((TITLE, "A", "10.1000/x", 2001), ("Oats and gout", "A", "10.1000/x", 2001), False),
        (("Reply to the editor", None, None, 1), ("Reply to the editor", None, None, 1), False),
    ],
)
def test_records_of_one_paper(one, other, same):
    found = find_papers(references([one, ("Something else", "", "", 1999), other]), COLUMNS)
    assert found.first.tolist() == [0, 1, 0 if same else 2]


def test_a_record_joins_what_others_told_of_the_paper():
    rows = [(TITLE, "", None, 2001), (TITLE, "", "10.1000/x", 2001), (TITLE, "", "10.1000/y", 2001)]
    assert find_papers(references(rows), COLUMNS).first.tolist() == [0, 0, 2]


def test_rows_with_a_title_and_no_abstract_are_no_papers():
    table = pa.table({"title": [TITLE] * 2, "post": ["a", "b"], "doi": ["10.1000/x"] * 2})
    assert find_papers(table, ("title", "post")).first.tolist() == [0, 1]


def papers(rng, n):
    """Make n papers of ten words in the title and thirty in the abstract."""
    drawn = [rng.choice(WORDS, 40) for _ in range(n)]
    return [(" ".join(d[:10]), " ".join(d[10:]), None, 2001) for d in drawn]


@pytest.mark.parametrize("copies", ["once", "each"])
def test_a_paper_is_asked_once_with_its_abstract_and_the_rest_is_told(make, copies):
    held = papers(np.random.default_rng(0), 40)
    bare = [(title, None, None, year) for title, _, _, year in held[:20]]
    project = make(
        references([*bare, *held[20:]]),
        kind="text",
        columns=COLUMNS,
        recipe=Recipe("margin", "logistic_regression", copies=copies),
    )
    assert say_again(project.rows) is None
    again = [(f"{t.title()}.", text, f"10.1000/{i}", 2001) for i, (t, text, *_) in enumerate(held)]
    source = Source(references(again[:20]), "embase.ris")
    told = describe_added(receive_rows(project, source, "ann", run_alone(project)))
    assert "20 of 20 records hold a paper that an earlier one holds" in told
    assert "(row 40 that of row 0)" in told
    assert ("export --all-rows writes all" if copies == "once" else "with --copies once") in told
    with project.database.reading() as connection:
        learner = make_learner(project.settings, project.rows.pool(), read_state(connection))
    asked = learner.query(60)
    first = set(asked.rows[:40].tolist())
    assert (first == set(range(20, 60))) == (copies == "once")
    sent = pickle.loads(pickle.dumps(project.rows.pool()))
    assert np.array_equal(sent.copies.rows, project.rows.pool().copies.rows)
    assert sorted(asked.rows.tolist()) == list(range(60))
