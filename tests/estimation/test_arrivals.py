"""Estimates where rows came to the pool after others had been drawn at random."""

import numpy as np
import pytest

from motherlode import InputError
from motherlode.estimation import Estimate, estimate_counts, positives
from motherlode.session import CONTROL, Arrivals, Group, Origin, Session

OLD, NEW = 600, 300


def searched_and_drawn(y, rng):
    """A search by a noisy score beside draws at random, before and after the new rows come."""
    score = y + rng.normal(0, 0.7, len(y))
    rows, origins, reached = [], [], []
    for n, arrivals in ((OLD, 1), (OLD, 1), (OLD + NEW, 2), (OLD + NEW, 2)):
        known = len(rows)
        left = np.setdiff1d(np.arange(n), rows)
        drawn = rng.choice(left, 36, replace=False)
        for place, row in enumerate(drawn.tolist()):
            rest = len(left) - place
            rows.append(row)
            origins.append(Origin(CONTROL, "", 1 / rest, rest, known))
        left = np.setdiff1d(left, drawn)
        best = left[np.argsort(-score[left])][:24].tolist()
        rows += best
        origins += [Origin("query", "best", asked_after=known)] * 24
        reached += [arrivals] * 60
    came = (np.array(rows) >= OLD).astype(np.int64)
    arrivals = Arrivals((OLD, NEW), came, np.array(reached))
    return Session(OLD + NEW, y[rows] == 1, origins, arrivals=arrivals)


@pytest.mark.parametrize(("old", "new"), [(0.05, 0.05), (0.02, 0.2), (0.2, 0.02), (0.0, 0.1)])
def test_intervals_cover_and_values_are_unbiased(old, new):
    rng = np.random.default_rng(int(1000 * old + 10 * new))
    sessions, held, excess, truth = 150, 0, 0.0, 0
    for _ in range(sessions):
        y = np.r_[rng.random(OLD) < old, rng.random(NEW) < new].astype(int)
        found = positives(searched_and_drawn(y, rng))
        assert found.speaks_for == ""
        held += found.low <= y.sum() <= found.high
        excess += found.value - y.sum()
        truth += y.sum()
    assert held >= 0.92 * sessions
    assert abs(excess) <= 0.1 * truth


def test_the_rows_that_came_last_have_a_prevalence_of_their_own():
    rng = np.random.default_rng(5)
    sessions, held = 60, 0
    for _ in range(sessions):
        y = np.r_[rng.random(OLD) < 0.02, rng.random(NEW) < 0.2].astype(int)
        found = estimate_counts(searched_and_drawn(y, rng), name="refunds", every_look=False)
        assert isinstance(found.newest, Estimate)
        held += found.newest.low <= y[OLD:].mean() <= found.newest.high
    assert held >= 0.9 * sessions
    assert ("prevalence among the rows that came last", found.newest.write()) in found.list_facts()
    assert found.newest.speaks_for == "It speaks for the 300 rows that came last."
    assert found.to_dict()["newest"]["name"] == "prevalence among the rows that came last"


def test_without_draws_the_rows_that_came_last_are_unknown():
    rng = np.random.default_rng(6)
    y = (rng.random(OLD + NEW) < 0.1).astype(int)
    whole = searched_and_drawn(y, rng).first(60)
    grown = Session(
        OLD + NEW,
        whole.positive,
        whole.origins,
        arrivals=Arrivals((OLD, NEW), *np.split(np.r_[[0] * 60, [1] * 60], 2)),
    )
    found = estimate_counts(grown)
    assert not isinstance(found.newest, Estimate)
    assert ("prevalence among the rows that came last", found.newest.reason) in found.list_reasons()
    assert estimate_counts(Session(OLD, whole.positive, whole.origins)).newest is None


def test_draws_of_one_query_are_split_by_arrival():
    origins = [Origin(CONTROL, "", 1 / rest, rest, 0) for rest in (6, 5, 4, 3)]
    arrivals = Arrivals((2, 4), np.array([1, 0, 1, 1]), np.full(4, 2))
    session = Session(6, [True, False, False, False], origins, arrivals=arrivals)
    assert session.of_arrival(0).groups() == [Group(2, 1, 0, 0)]
    assert session.of_arrival(1).groups() == [Group(4, 3, 1, 0)]
    assert session.first(2).arrivals.of_label.tolist() == [1, 0]
    assert session.first(2).of_arrival(1).labels == 1


@pytest.mark.parametrize(
    ("arrivals", "words"),
    [
        (Arrivals((2, 3), np.zeros(1, int), np.ones(1, int)), "have 5 rows and the pool has 6"),
        (Arrivals((2, 4), np.zeros(2, int), np.ones(1, int)), "There are 1 labels"),
    ],
)
def test_arrivals_that_do_not_fit_are_refused(arrivals, words):
    with pytest.raises(InputError, match=words):
        Session(6, [True], arrivals=arrivals)
