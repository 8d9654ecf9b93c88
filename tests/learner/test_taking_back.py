"""What is taken back leaves a learner as if it had never been."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learner.test_saving import BINARY, X, Y, assert_same, label, learner, model_for, state

from motherlode import InputError
from motherlode.estimation import Estimate, pool_mean, positives
from motherlode.session import Origin

ALL = np.arange(len(X))


@pytest.mark.parametrize("name", BINARY)
def test_no_strategy_remembers_a_label_that_was_taken_back(name):
    never, taught = (learner(strategy=BINARY[name], model=model_for(name)) for _ in range(2))
    wrong = taught.query(3).rows
    taught.teach(wrong, 1 - Y[wrong])
    if not taught.strategy.at_random:  # else its draws could not reach these rows
        taught.query(3)
    taught.unteach(wrong)
    assert_same(never, taught)


steps = st.lists(
    st.tuples(st.sampled_from(["teach", "correct", "skip"]), st.integers(0, len(X) - 1)),
    max_size=12,
)


@given(steps, st.data())
@settings(max_examples=60, deadline=None)
def test_the_state_is_the_one_that_never_had_them(said, data):
    rows = sorted({row for _, row in said})
    gone = set(data.draw(st.lists(st.sampled_from(rows), unique=True))) if rows else set()
    full, never = learner(start=[], minority=None), learner(start=[], minority=None)
    for made, left_out in ((full, set()), (never, gone)):
        for what, row in said:
            if row not in left_out:
                do(made, what, row)
    full.query(2)
    labelled = set(full.labelled[0].tolist())
    full.unteach(gone & labelled)
    full.unskip({row for row in gone if row in full.skipped.tolist()})
    assert state(full) == state(never)
    assert full.query(3).rows.tolist() == never.query(3).rows.tolist()


def do(made, what, row):
    known = row in made.labelled[0]
    if what == "skip" and not known:
        made.skip([row])
    elif what == "teach" and not known:
        made.teach([row], [int(Y[row])])
    elif what == "correct" and known:
        made.correct([row], [1 - int(Y[row])])


def test_an_older_query_model_stays_unless_it_knew_them():
    taught = learner(refit_every=10)
    before = taught.predict_proba(ALL)
    rows = [row for row in ALL if row not in taught.labelled[0]][:3]
    label(taught, rows)
    taught.unteach(rows)
    assert taught.predict_proba(ALL).tolist() == before.tolist()
    known = taught.labelled[0][:1]
    taught.unteach(known)
    never = learner(start=taught.labelled[0], refit_every=10)
    assert taught.predict_proba(ALL).tolist() == never.predict_proba(ALL).tolist()


def test_other_labels_after_it_count():
    taught = learner(start=[0, 1, 2])
    taught.query(2)
    taught.unteach([2])
    taught.teach([5], [1 - Y[5]])
    taught.predict_proba(ALL)
    taught.unteach([5])
    taught.teach([5], [Y[5]])
    never = learner(start=[0, 1])
    never.teach([5], [Y[5]])
    assert_same(taught, never)


def test_a_random_draw_stays_one_when_it_is_labelled_anew():
    taught = learner(control=1.0)
    rows = taught.query(12).rows
    label(taught, rows)
    origins = taught.session().origins
    taught.unteach(rows[:1])
    assert taught.session().labels == len(origins) - 1
    label(taught, rows[:1])
    assert sorted(map(str, taught.session().origins)) == sorted(map(str, origins))
    assert isinstance(positives(taught.session()), Estimate)


def test_counts_of_labels_known_are_without_them():
    taught = learner(start=[0, 1, 2])
    origins = [Origin("query", asked_after=known) for known in (0, 1, 2, 3)]
    taught.teach([5, 6, 7, 8], Y[5:9], origins=origins)
    taught.unteach([1])
    assert [o.asked_after for o in taught.session().origins[2:]] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda made: made.unteach([0, 40]), "Row 40 is not labelled"),
        (lambda made: made.unteach([43]), "Row 43 is not in the pool"),
        (lambda made: made.unskip([7, 40]), "Row 40 is not skipped"),
        (lambda made: made.skip([7, 0]), "Row 0 is labelled, so it can't be skipped"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_done(call, words):
    made = learner(start=[0, 1])
    made.skip([7])
    before = state(made)
    with pytest.raises(InputError, match=words):
        call(made)
    assert state(made) == before


def test_rows_out_of_the_reach_of_draws_are_left_out_of_estimates():
    made = learner(start=[0, 1, 2], control=1.0)
    label(made, made.query(12).rows)
    whole = positives(made.session())
    assert not whole.speaks_for
    made.unteach([1])
    found = positives(made.session())
    assert (
        found.speaks_for
        == "It speaks for 41 of 42 rows: 1 row has come that no draw has reached yet."
    )
    assert "drawn since the last rows came" in str(
        pool_mean(made.session(), made.session().positive)
    )
    label(made, made.unlabelled)
    assert positives(made.session()).value == Y.sum()


def test_rows_that_were_skipped_during_draws_are_too():
    made = learner(start=[0, 1, 2], control=1.0)
    made.skip([9, 10])
    label(made, made.query(12).rows)
    made.unskip([9])
    found = positives(made.session())
    assert found.speaks_for.startswith("It speaks for 40 of 41 rows")


def test_a_skip_that_is_undone_at_once_costs_nothing():
    made = learner(start=[0, 1, 2], control=1.0)
    rows = made.query(12).rows
    made.skip(rows[:1])
    made.unskip(rows[:1])
    label(made, rows)
    assert positives(made.session()).speaks_for == ""
    made.skip([made.unlabelled[0]])
    made.query(3)
    made.unskip([int(made.skipped[0])])
    assert positives(made.session()).speaks_for != ""


def test_estimates_cover_where_many_labels_of_a_search_are_taken_back():
    # A search finds 30 positives, draws follow, and then the labels of the search are taken back.
    rng = np.random.default_rng(0)
    held = 0
    sessions = 60
    for _ in range(sessions):
        y = np.zeros(400, dtype=int)
        y[:40] = 1
        made = learner(np.arange(400.0)[:, None], y, [], strategy="random", control=1.0,
                       seed=int(rng.integers(1000)))  # fmt: skip
        found = rng.choice(40, 30, replace=False)
        made.teach(found, y[found])
        rows = made.query(40).rows
        made.teach(rows, y[rows])
        made.unteach(found)
        estimate = positives(made.session())
        assert estimate.speaks_for.startswith("It speaks for 370 of 400 rows")
        held += estimate.low <= 10 <= estimate.high
    assert held >= 0.9 * sessions
