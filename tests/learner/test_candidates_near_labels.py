import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import cosine_similarity

from motherlode import ActiveLearner, Pool
from motherlode._round.training_set import TrainingSet
from motherlode._round.view import View
from motherlode.errors import InputError
from motherlode.learner._candidates_near_labels import SEALS, AnchorAL, _neighbours_of

EITHER = pytest.mark.parametrize("rule", [SEALS(k=5), AnchorAL(anchors=2, neighbours=4, size=6)],
                                 ids=repr)  # fmt: skip


def view_at(data, labelled=(), codes=None, *, k=2, batch=1, seed=0, points=None):
    pool = data if isinstance(data, Pool) else Pool(data)
    if points is not None:
        pool.points = np.asarray(points, dtype=float)
    rows = np.array(labelled, dtype=np.int64)
    codes = np.zeros(len(rows), dtype=np.int64) if codes is None else np.array(codes)
    training = TrainingSet(
        pool,
        np.arange(k),
        rows,
        codes,
        (k - 1,),
        (seed,),
    )
    return View(
        training,
        np.setdiff1d(np.arange(len(pool)), rows),
        unfitted=None,
        model=None,
        batch=batch,
    )


def column(xs):
    return np.asarray(xs, dtype=float).reshape(-1, 1)


# ------------------------------------------------------------------- SEALS

LINE = [0, 1, 2.1, 3.3, 10, 11, 12.1, 30]


def test_seals_by_hand():
    assert SEALS(k=2).rows(view_at(column(LINE), [0])).tolist() == [1, 2]
    assert SEALS(k=2).rows(view_at(column(LINE), [5])).tolist() == [4, 6]
    # The neighbours of 0 are 1 and 2, those of 1 are 0 and 2.
    assert SEALS(k=2).rows(view_at(column(LINE), [0, 1])).tolist() == [2]
    assert SEALS(k=2).rows(view_at(column(LINE), [1, 6])).tolist() == [0, 2, 4, 5]


def test_seals_is_the_union_of_the_neighbourhoods():
    pool = Pool(np.random.default_rng(0).normal(size=(300, 4)))
    labelled = [5, 17, 200, 3]
    expected = np.setdiff1d(pool.neighbours(12).ids[labelled], labelled)
    assert np.array_equal(SEALS(k=12).rows(view_at(pool, labelled)), expected)


def test_seals_looks_up_only_new_labels():
    pool = Pool(np.random.default_rng(0).normal(size=(60, 2)))
    first = _neighbours_of(pool, np.array([4, 8]), 5)
    again = _neighbours_of(pool, np.array([8, 9, 4]), 5)
    assert again[0] is first[1]
    assert again[2] is first[0]
    assert np.array_equal(again[1], pool.neighbours(5).ids[9])


def test_neighbours_leave_the_row_itself_out_among_copies():
    pool = Pool(np.zeros((9, 2)))
    (near,) = _neighbours_of(pool, np.array([4]), 3)
    assert len(near) == 3
    assert 4 not in near


def test_seals_grows_with_the_labels():
    pool = Pool(np.random.default_rng(0).normal(size=(500, 3)))
    few = set(SEALS(k=10).rows(view_at(pool, [0, 1])).tolist())
    more = set(SEALS(k=10).rows(view_at(pool, [0, 1, 2, 3])).tolist())
    assert few - {2, 3} <= more
    assert len(more) > len(few)


# ---------------------------------------------------------------- AnchorAL


def by_definition(pool, rows, codes, neighbours, size):
    """The subpool where every labelled row is an anchor."""
    S = cosine_similarity(pool.points)
    S[:, rows] = -np.inf
    heard = [[] for _ in range(len(pool))]
    for anchor in rows:
        for row in np.argsort(-S[anchor], kind="stable")[:neighbours]:
            heard[row].append(S[anchor, row])
    scores = {row: np.mean(s) for row, s in enumerate(heard) if s}
    return sorted(sorted(scores, key=lambda row: -scores[row])[:size])


@pytest.mark.parametrize("size", [5, 12, 10_000])
@pytest.mark.parametrize("k", [2, 3])
def test_anchoral_by_definition(k, size):
    pool = Pool(np.random.default_rng(k).normal(size=(200, 4)))
    rows, codes = [3, 50, 120, 7, 9], np.arange(5) % k
    ours = AnchorAL(anchors=10, neighbours=8, size=size).rows(view_at(pool, rows, codes, k=k))
    assert ours.tolist() == by_definition(pool, rows, codes, 8, size)


def test_anchoral_by_hand():
    degrees = np.deg2rad([0, 90, 10, 20, 30, 80, 200])
    points = np.stack([np.cos(degrees), np.sin(degrees)], axis=1)
    view = view_at(points, [0, 1], [0, 1], points=points)
    # 0 degrees retrieves 10 and 20, 90 degrees retrieves 80 and 30.
    assert AnchorAL(neighbours=2).rows(view).tolist() == [2, 3, 4, 5]
    # Scores: cos 10, cos 20, cos 60, cos 10.
    assert AnchorAL(neighbours=2, size=3).rows(view).tolist() == [2, 3, 5]


def test_anchors_are_as_many_of_each_class_and_spread_out():
    group = np.repeat([0, 1, 2], [60, 60, 20])
    rng = np.random.default_rng(0)
    angle = group * 2.0 + 0.01 * rng.normal(size=140)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    labelled = np.flatnonzero(np.arange(140) % 4 == 0)
    codes = (group[labelled] == 2).astype(int)
    for seed in range(5):
        view = view_at(points, labelled, codes, points=points, seed=seed)
        anchors = AnchorAL(anchors=2)._draw_anchors(view, 0)
        assert sorted(group[anchors]) == [0, 1]
        assert len(AnchorAL(anchors=2)._draw_anchors(view, 1)) == 2


def test_anchors_are_drawn_anew_each_round():
    pool = Pool(np.random.default_rng(0).normal(size=(300, 3)))
    views = [view_at(pool, np.arange(100), np.arange(100) % 2, seed=s) for s in range(6)]
    assert len({tuple(AnchorAL(2, 5).rows(v).tolist()) for v in views}) == 6
    assert np.array_equal(AnchorAL(2, 5).rows(views[0]), AnchorAL(2, 5).rows(views[0]))


def test_anchoral_on_texts_stays_near_the_words(texts, view_of):
    view = view_of(texts, each=1)
    rows = AnchorAL(anchors=1, neighbours=4).rows(view)
    assert texts.y[rows].sum() >= 3


def test_anchoral_of_copies():
    view = view_at(np.zeros((30, 2)), np.arange(15), np.arange(15) % 2, batch=4)
    assert len(AnchorAL(anchors=3, neighbours=2).rows(view)) >= 4


# ----------------------------------------------------------------- of both


@EITHER
@pytest.mark.parametrize("each", [0, 1, 2])
@pytest.mark.parametrize("batch", [1, 60])
@pytest.mark.parametrize("name", ["toy", "toy3", "texts"])
def test_enough_rows_in_order_and_none_labelled(rule, each, batch, name, view_of, request):
    view = view_of(request.getfixturevalue(name), each=each, batch=batch)
    rows = rule.rows(view)
    assert rows.dtype == np.int64
    assert len(rows) >= batch
    assert (np.diff(rows) > 0).all()
    assert np.isin(rows, view.rows).all()
    assert np.array_equal(rows, rule.rows(view))


@EITHER
def test_nothing_labelled_gives_a_small_random_sample(rule):
    pool = Pool(np.random.default_rng(0).normal(size=(200, 2)))
    size = 5 if isinstance(rule, SEALS) else 6
    samples = [rule.rows(view_at(pool, seed=s)) for s in range(5)]
    assert {len(rows) for rows in samples} == {size}
    assert len({tuple(rows.tolist()) for rows in samples}) == 5


@EITHER
def test_whole_pool_as_a_batch(rule):
    view = view_at(np.random.default_rng(0).normal(size=(20, 2)), [3, 4], [0, 1], batch=18)
    assert np.array_equal(rule.rows(view), view.rows)


@EITHER
def test_second_query_after_teaching(rule):
    """A peer's SEALS crashes on it."""
    X = np.random.default_rng(0).normal(size=(120, 3))
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), "margin", candidates=rule)
    for _ in range(4):
        rows = learner.query(6).rows
        learner.teach(rows, (X[rows, 0] > 0.3).astype(int))
    assert len(learner.labelled[0]) == 24


@EITHER
def test_skipped_rows_stay_out(rule):
    X = np.random.default_rng(0).normal(size=(60, 2))
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), "margin", candidates=rule)
    learner.teach([0, 1], [0, 1])
    skipped = learner.query(5).rows
    learner.skip(skipped)
    assert not set(learner.query(5).rows) & set(skipped)


@pytest.mark.parametrize("make", [lambda: SEALS(0), lambda: AnchorAL(0), lambda: AnchorAL(size=0)])
def test_numbers_are_checked(make):
    with pytest.raises(InputError, match="must be at least 1"):
        make()
