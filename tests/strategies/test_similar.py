import itertools

import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract

from motherlode.errors import InputError
from motherlode.strategies._similar import FLQMI, GCMI, similarity

EITHER = pytest.mark.parametrize("strategy", [FLQMI(), FLQMI(eta=0.1), GCMI()], ids=str)


def turned(degrees, known, codes=None, **settings):
    """A view of points at angles on a circle; rows ``known`` are positive unless told."""
    angle = np.deg2rad(degrees)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    P = binary(np.full(len(points), 0.5))
    return given_view(P, known, [1] * len(known) if codes is None else codes, points=points,
                      **settings)  # fmt: skip


def objective(S, rows, eta):
    """``I(A; Q)`` of rows of a similarity matrix of shape (n, |Q|)."""
    A = S[list(rows)]
    return A.max(axis=0).sum() + eta * A.max(axis=1).sum()


def test_gcmi_by_hand():
    view = turned([0, 90, 45, 180, 30], [0, 1])
    expected = [
        (1 + np.sqrt(0.5)) / 2,
        ((1 - 1) / 2 + (1 + 0) / 2) / 2,
        ((1 + np.sqrt(0.75)) / 2 + (1 + 0.5) / 2) / 2,
    ]
    assert np.allclose(GCMI().utilities(view), expected)


def test_similarity_of_a_row_of_zeros_is_a_half():
    view = given_view(binary([0.5] * 3), [], [], points=np.array([[0.0, 0], [1, 0], [-2, 0]]))
    assert np.allclose(similarity(view.pool, np.arange(3), np.array([0, 1])),
                       [[0.5, 0.5], [0.5, 1], [0.5, 0]])  # fmt: skip


def test_flqmi_serves_each_positive_and_gcmi_does_not():
    # Three positives at 0 degrees and one at 90; two rows near the former, one near the latter.
    view = turned([0, 0, 0, 90, 5, 6, 85, 200], [0, 1, 2, 3], batch=2)
    assert batch_of(GCMI(), view) == [5, 4]
    assert batch_of(FLQMI(eta=0.1), view) == [5, 6]


def test_a_large_eta_makes_flqmi_pure_retrieval():
    view = turned([0, 90, 1, 2, 80, 200], [0, 1], batch=3)
    assert batch_of(FLQMI(eta=1e6), view) == [2, 3, 4]


@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_flqmi_is_the_greedy_maximum(seed, eta):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(700, 4))
    known = np.arange(9)
    view = given_view(binary(np.full(700, 0.5)), known, [1] * 9, points=X, batch=12)
    S = similarity(view.pool, np.arange(700), known)
    chosen = []
    for row in batch_of(FLQMI(eta), view):
        rest = np.setdiff1d(view.rows, chosen)
        values = [objective(S, [*chosen, other], eta) for other in rest]
        assert objective(S, [*chosen, row], eta) == pytest.approx(max(values), abs=1e-9)
        chosen.append(row)


def test_flqmi_is_within_a_third_of_the_best_batch():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(8, 3))
    view = given_view(binary(np.full(8, 0.5)), [0, 1], [1, 1], points=X, batch=3)
    S = similarity(view.pool, np.arange(8), np.arange(2))
    best = max(objective(S, rows, 1.0) for rows in itertools.combinations(range(2, 8), 3))
    assert objective(S, batch_of(FLQMI(), view), 1.0) >= (1 - 1 / np.e) * best


@EITHER
@pytest.mark.parametrize("codes", [[], [0], [0, 0]])
def test_all_tie_at_zero_while_no_positive_is_known(strategy, codes):
    view = turned([0, 90, 45, 180, 30], list(range(len(codes))), codes, model=False, batch=2)
    assert (strategy.utilities(view) == 0).all()
    assert "no row of the positive class" in strategy.reasons(view, view.rows[:1])[0]


@EITHER
def test_negatives_are_not_read(strategy):
    degrees = [0, 90, 45, 180, 30, 10]
    one = turned(degrees, [0, 3], [1, 0], batch=2)
    other = turned(degrees, [0, 3], [1, 0], batch=2, minority=(0, 1))
    assert batch_of(strategy, one) == [5, 4]
    assert not np.allclose(strategy.utilities(one), strategy.utilities(other))


@EITHER
def test_texts_are_compared_by_their_words(strategy, texts, view_of):
    view = view_of(texts, each=1, batch=5)
    same_contract(strategy, view)
    assert texts.y[batch_of(strategy, view)].sum() >= 4
    said = strategy.reasons(view, view.rows[:1])[0]
    assert f"row {texts.some(1)[1]}, a known positive" in said


@EITHER
def test_order_of_rows_does_not_matter(strategy):
    rng = np.random.default_rng(0)
    degrees, order = rng.uniform(0, 360, 30), rng.permutation(30)
    place = np.argsort(order)
    asked = batch_of(strategy, turned(degrees, [0, 1], batch=6))
    moved = batch_of(strategy, turned(degrees[order], place[[0, 1]].tolist(), batch=6))
    assert order[moved].tolist() == asked


@EITHER
@pytest.mark.parametrize("each", [0, 1, 2])
@pytest.mark.parametrize("name", ["toy", "toy3"])
def test_contract(strategy, each, name, view_of, request):
    same_contract(strategy, view_of(request.getfixturevalue(name), each=each, batch=7))


@EITHER
def test_copies_and_whole_pool(strategy):
    same_contract(strategy, turned([0] * 9, [0], batch=8))


def test_unit_vectors_are_made_once(toy, view_of):
    pool = view_of(toy).pool
    assert pool.unit_vectors is pool.unit_vectors
    assert np.allclose(np.linalg.norm(pool.unit_vectors, axis=1), 1)


def test_eta_is_checked():
    with pytest.raises(InputError, match="eta is -1"):
        FLQMI(eta=-1)
