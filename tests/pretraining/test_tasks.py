"""Synthetic tasks: how rare the class is, what is known of it, and how that was picked."""

import numpy as np
import pytest

from motherlode.models._pretrained._features import NEGATIVE, POSITIVE, UNLABELLED, WIDTH
from pretraining import tasks
from pretraining.classes import KINDS, draw_class
from pretraining.picking import MOST_LABELS, pick_negatives, pick_positives
from pretraining.tables import disturb, draw_table
from pretraining.tasks import QUERIES, draw_raw_task, draw_task


@pytest.fixture(scope="module")
def some():
    """Tasks of small pools."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "_POOL", (700, 900))
        return [draw_raw_task(np.random.default_rng([1, i])) for i in range(30)]


def known(task, state):
    return int((task.states == state).sum())


def test_the_class_is_one_in_ten_to_one_in_a_thousand(some):
    shares = np.array([task.prevalence for task in some])
    assert shares.max() < 0.11  # a small pool holds four positives more than are known
    assert shares.min() < 0.02
    few = [t.prevalence for t in some if known(t, POSITIVE) == 1]
    assert min(few) <= 0.01


def test_from_one_to_forty_positives_are_known(some):
    counts = [known(task, POSITIVE) for task in some]
    assert min(counts) == 1
    assert 20 <= max(counts) <= tasks.MOST_POSITIVES == 40
    fixed = draw_raw_task(np.random.default_rng(0), positives=7)
    assert known(fixed, POSITIVE) == 7


def test_there_are_three_states_and_no_more_labels_than_a_search_has(some):
    for task in some:
        assert known(task, UNLABELLED) >= 64
        assert known(task, POSITIVE) + known(task, NEGATIVE) <= MOST_LABELS
    assert (
        any(known(task, NEGATIVE) == 0 for task in some)
        or min(known(task, NEGATIVE) for task in some) < 10
    )


def test_queries_hold_positives_and_weigh_what_they_stand_for(some):
    for task in some:
        assert len(task.queries) == len(task.truth) == QUERIES
        assert task.truth.sum() <= QUERIES // 6
        assert task.weights.mean() == pytest.approx(1.0)
    assert np.mean([task.truth.any() for task in some]) > 0.8


def test_tables_have_2_to_100_columns_gaps_and_categories(some):
    widths = [task.context.shape[1] for task in some]
    assert 2 <= min(widths) < 10
    assert 40 < max(widths) <= 100
    gaps = [np.isnan(task.context).any() for task in some]
    assert 0 < np.mean(gaps) < 0.7
    few = [
        any(len(np.unique(column)) < 10 for column in task.context.T if not np.isnan(column).any())
        for task in some
    ]
    assert any(few)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_gives_a_number_to_each_row(kind):
    rng = np.random.default_rng(3)
    score = KINDS[kind](rng, rng.normal(size=(300, 5)))
    assert score.shape == (300,)
    assert np.isfinite(score).all()
    assert score.std() > 0


def test_a_class_has_as_many_rows_as_asked_for():
    for seed in range(12):
        rng = np.random.default_rng(seed)
        X, score, rows, kind = draw_class(rng, draw_table(rng, 200), 9)
        assert len(np.unique(rows)) == 9
        assert X.shape[0] == len(score) == 200
        assert kind == "mode" or kind in KINDS
        assert disturb(rng, X).shape == X.shape


def test_labels_of_a_search_are_nearer_and_likelier_than_those_by_chance():
    near, likely, by_chance = [], [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        Z = rng.normal(size=(600, 4))
        score = Z[:, 0] + Z[:, 1]
        order = np.argsort(-score)
        positives, negatives = order[:20], order[20:]
        labelled = pick_negatives(rng, Z, score, positives[:5], negatives)
        assert np.isin(labelled, negatives).all()
        assert len(np.unique(labelled)) == len(labelled)
        if len(labelled) > 5:
            likely.append(score[labelled].mean())
            by_chance.append(score[negatives].mean())
        spread = []
        for by_search in (True, False):
            rows = pick_positives(rng, Z, positives, 6, by_search=by_search)
            assert len(np.unique(rows)) == 6
            assert np.isin(rows, positives).all()
            spread.append(Z[rows].std(axis=0).mean())
        near.append(spread)
    assert np.mean(likely) > np.mean(by_chance) + 0.3
    with_search, without = np.mean(near, axis=0)
    assert with_search < without


def test_a_task_depends_on_its_seed_alone(some):
    one, other = (draw_task(np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.context, other.context)
    assert np.array_equal(one.truth, other.truth)
    assert one.context.shape[1] == one.queries.shape[1] == WIDTH
    assert np.isfinite(one.context).all()
    assert np.isfinite(one.queries).all()
