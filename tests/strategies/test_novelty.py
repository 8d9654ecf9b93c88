import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.learner._candidates import RandomRows
from motherlode.strategies import KCentre, LocalNovelty, Random, _coverage

# A smooth majority at every whole number, three rows close together, and one far outlier.
LINE = [*range(11), 5.4, 5.5, 5.6, 40]
GROUP, OUTLIER = {11, 12, 13}, 14


def at(xs, labelled=(), **settings):
    """A view of points on a line."""
    points = np.asarray(xs, dtype=float).reshape(-1, 1)
    P = binary(np.full(len(xs), 0.5))
    return given_view(P, list(labelled), [0] * len(labelled), points=points, **settings)


def test_local_novelty_by_hand():
    view = at(LINE, [0], batch=1)
    strategy = LocalNovelty(neighbours=2)
    worth = dict(zip(view.rows.tolist(), strategy.pick(view).worth, strict=True))
    # 5.5 is 5.5 from the label and 0.1 from its second neighbour.
    assert worth[12] == pytest.approx(55)
    # After it, 5.6 is 0.1 from what is known and 0.2 from its second neighbour, 40 is 34.5 and 31.
    assert worth[13] == pytest.approx(0.5)
    assert worth[OUTLIER] == pytest.approx(34.5 / 31)
    assert batch_of(strategy, view) == [12]
    assert strategy.reasons(view, np.array([12])) == [
        "LocalNovelty(neighbours=2): 55 times as far from all labelled rows as from its neighbours"
    ]


def test_it_asks_one_row_of_a_group_and_then_elsewhere():
    first, second = batch_of(LocalNovelty(2), at(LINE, [0], batch=2))
    assert first in GROUP
    assert second not in GROUP
    assert batch_of(KCentre(), at(LINE, [0], batch=1)) == [OUTLIER], "the outlier is for another"


def test_rows_of_a_batch_count_as_labelled():
    one_by_one, labelled = [], [0]
    for _ in range(4):
        one_by_one += batch_of(LocalNovelty(2), at(LINE, labelled, batch=1))
        labelled.append(one_by_one[-1])
    assert batch_of(LocalNovelty(2), at(LINE, [0], batch=4)) == one_by_one


def test_the_first_row_is_drawn_at_random():
    firsts = {batch_of(LocalNovelty(), at(LINE, batch=1, seed=(s, 0)))[0] for s in range(40)}
    assert len(firsts) > 8


def test_copies_are_close_and_not_infinitely_so():
    view = at([*range(0, 100, 10), *[200] * 5], [0], batch=1)
    # Copies have no second neighbour apart; a twentieth of the median reach, 10, stands in.
    assert LocalNovelty(2).pick(view).worth.max() == pytest.approx(200 / 0.5)


@pytest.mark.parametrize("xs", [[3.0], [2.0] * 8, [1.0, 4.0]], ids=["one", "copies", "two"])
def test_pools_with_nothing_to_tell(xs):
    for labelled in ([], [0])[: len(xs)]:
        same_contract(LocalNovelty(), at(xs, labelled, batch=1))


def planted(seed, spread=0.15):
    """1,000 rows of a bell in five dimensions; twelve of them are a tight group inside it."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(1000, 5))
    X[:12] = 0.7 * rng.normal(size=5) + spread * X[:12]
    order = rng.permutation(1000)
    return X[order], (order < 12).astype(int)


def labels_to_first(strategy, X, y, limit, **settings):
    learner = ActiveLearner(Pool(X), [0, 1], strategy=strategy, minority=1, **settings)
    seen = []
    while 1 not in seen and len(seen) < limit:
        rows = learner.query(5).rows
        seen += y[rows].tolist()
        learner.teach(rows, y[rows])
    return seen.index(1) + 1 if 1 in seen else limit + 1


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_a_group_in_the_midst_that_others_miss(seed):
    X, y = planted(seed)
    assert labels_to_first(LocalNovelty(), X, y, 20) <= 5
    assert labels_to_first(KCentre(), X, y, 20) == 21
    assert labels_to_first(Random(), X, y, 5) == 6


def test_few_candidates_stand_for_themselves():
    X, y = planted(0)
    assert labels_to_first(LocalNovelty(5), X, y, 40, candidates=RandomRows(400)) <= 25


def test_a_large_pool_is_stood_for_by_a_sample(monkeypatch):
    monkeypatch.setattr(_coverage, "SAMPLE_ROWS", 1_000)
    X = np.random.default_rng(0).normal(size=(1_500, 2))
    learner = ActiveLearner(Pool(X), [0, 1], strategy=LocalNovelty(), minority=1)
    learner.teach([0], [0])
    u = learner.query(1_499).utilities
    assert len(u) == 1_499
    assert (u == 0).sum() >= 490


def test_no_neighbours_is_an_error():
    with pytest.raises(InputError, match="neighbours is 0"):
        LocalNovelty(0)
