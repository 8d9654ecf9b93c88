"""What models are fitted on, and which rows a fit presumes negative."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import Pool
from motherlode._round.training_set import (
    NONE_PRESUMED,
    PresumedNegatives,
    Presumption,
    TrainingSet,
)
from motherlode.pool._copies import Copies

POOL = Pool(np.arange(20.0)[:, None])
COPIES = Copies(np.array([0, 10, 11]), np.array([0, 0, 0]))


def known(rows=(0, 1, 2), codes=(2, 1, 0), minority=(2,), **settings):
    arrays = np.array(rows, dtype=np.int64), np.array(codes, dtype=np.int64)
    return TrainingSet(POOL, np.array(["a", "b", "c"]), *arrays, minority, (0, 1), **settings)


def test_rows_left_are_neither_labelled_nor_skipped():
    training = known(skipped=np.array([5, 2]), copies=COPIES)
    assert training.left.ids.tolist() == [3, 4, *range(6, 20)]
    assert training.unlabelled.ids.tolist() == [3, 4, *range(6, 10), *range(12, 20)]
    assert training.speaks_for.tolist() == [3, 1, 1]


@pytest.mark.parametrize(
    ("codes", "minority", "other"),
    [
        ((2, 1, 1, 0), (2,), "b"),  # the commonest labelled one
        ((2, 2, 2, 2), (2,), "a"),  # or else the first declared
        ((0, 0, 2, 1), (0,), "b"),  # of two that are as common the first declared
        ((0, 1, 1, 2), (0, 1), "c"),
    ],
)
def test_presumed_negatives_take_one_class(codes, minority, other):
    training = known((0, 1, 2, 3), codes, minority)
    assert training.classes[training.other] == other
    rows, codes, weights = training.examples(PresumedNegatives(np.array([7, 8]), 0.5))
    assert rows.tolist() == [0, 1, 2, 3, 7, 8]
    assert training.classes[codes[4:]].tolist() == [other, other]
    assert weights.tolist() == [1, 1, 1, 1, 0.5, 0.5]


@pytest.mark.parametrize(
    ("rule", "counts", "weighted", "found"),
    [
        (Presumption(100), (1, 0, 5000), True, (100, 1.0)),
        (Presumption(100), (1, 31, 5000), True, (85, 1.0)),
        (Presumption(100), (9, 500, 5000), True, (0, 1.0)),
        (Presumption(100), (9, 0, 30), True, (30, 1.0)),
        (Presumption(300, 2.0), (10, 500, 5000), True, (300, 20 / 300)),
        (Presumption(300, 2.0), (500, 5, 5000), True, (300, 1.0)),
        (Presumption(300, 2.0), (10, 5, 5000), False, (20, 1.0)),
        (Presumption(300, 2.0), (10, 5, 7), False, (7, 1.0)),
        (Presumption(300, 2.0), (10, 5, 0), True, (0, 1.0)),
    ],
)
def test_size_and_weight_by_hand(rule, counts, weighted, found):
    assert rule.size_and_weight(*counts, weighted=weighted) == pytest.approx(found)


def test_a_model_that_is_told_gets_as_many_rows_however_many_are_labelled():
    assert Presumption(100).size_and_weight(20, 150, 5000, told=True) == (100, 1.0)
    assert Presumption(100).size_and_weight(20, 150, 30, told=True) == (30, 1.0)
    assert Presumption(300, 2.0).size_and_weight(30, 30, 5000, told=True) == (300, 0.2)


def test_one_row_is_presumed_while_no_negative_is_labelled():
    assert Presumption(0).size_and_weight(1, 0, 50) == (1, 1.0)


def test_rows_presumed_negative_are_unlabelled_and_none_without_a_positive():
    training, rng = known(skipped=np.array([5]), copies=COPIES), np.random.default_rng(0)
    presumed = training.presume(Presumption(99), rng)
    assert sorted(presumed.rows.tolist()) == training.unlabelled.ids.tolist()
    alone = known(codes=(1, 1, 0))
    assert alone.presume(Presumption(99), rng) is NONE_PRESUMED


def test_one_class_suffices_with_presumed_negatives_only():
    training = known(codes=(2, 2, 2))
    assert not training.suffices()
    assert training.suffices(PresumedNegatives(np.array([9])))
    assert known().suffices()


def test_a_fit_and_held_out_rows_cover_the_presumed_negatives():
    training = known(range(6), (2, 2, 2, 0, 0, 0))
    presumed = PresumedNegatives(np.array([17, 18, 19]), 0.5)
    fitted = training.fit(LogisticRegression(), presumed)
    assert fitted.n_labels == 9
    assert fitted.predict_proba(np.array([[19.0]]))[0].argmax() == 0
    P = training.hold_out(LogisticRegression(), presumed, folds=3)
    assert P.shape == (9, 3)
    assert training.positive(P) == pytest.approx(P[:, 2])
