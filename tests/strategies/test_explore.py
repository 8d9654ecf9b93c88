import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract

from motherlode.errors import InputError
from motherlode.strategies._density import LOF
from motherlode.strategies._explore import ExploreMix, Unvisited
from motherlode.strategies._uncertainty import Margin


def on_a_line(x, rows, codes, **settings):
    """Rows at given places of a line, equally uncertain all of them."""
    x = np.asarray(x, dtype=float)[:, None]
    return given_view(np.full((len(x), 2), 0.5), rows, codes, points=x, **settings)


def test_unvisited_by_hand():
    # Gaps to the nearest neighbour are 1, 1, 2 and 4: s = 1.5, delta = 4.5.
    view = on_a_line([0.0, 1.0, 3.0, 7.0], [0], [0], batch=1)
    G = np.exp(-np.array([1.0, 9.0, 49.0]) / 4.5)
    u = Unvisited().utilities(view)
    assert np.array_equal(np.argsort(-u), np.argsort(G))
    assert batch_of(Unvisited(), view) == [3]


def test_unvisited_counts_its_own_picks():
    """The second outlier beside the first is no longer unvisited."""
    view = on_a_line([0.0, 1.0, 2.0, 20.0, 20.1, -9.0], [1], [0], batch=2)
    assert batch_of(Unvisited(), view) == [4, 5]


def test_unvisited_tells_rows_apart_where_the_kernel_underflows():
    far = np.r_[np.arange(50.0), 1e3, 2e3, 3e3]
    view = on_a_line(far, np.arange(50), np.zeros(50), batch=1)
    assert np.exp(-(1e3**2) / 2) == 0.0
    assert np.argsort(-Unvisited().utilities(view)).tolist() == [2, 1, 0]


def test_unvisited_matches_the_definition_pick_by_pick():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(40, 3))
    view = given_view(np.full((40, 2), 0.5), [1, 2, 3], [0, 0, 1], points=X, batch=10)
    D = ((X[:, None] - X) ** 2).sum(axis=2)
    s = np.median(np.sqrt(np.where(np.eye(40, dtype=bool), np.inf, D).min(axis=1)))
    taken = [1, 2, 3]
    while len(taken) < 13:
        G = np.exp(-D[:, taken] / (2 * s**2)).sum(axis=1)
        taken.append(min(set(range(40)) - set(taken), key=lambda i, G=G: G[i]))
    assert batch_of(Unvisited(), view) == taken[3:]


def test_unvisited_with_twins_only():
    same_contract(Unvisited(), on_a_line([2.0] * 5, [0], [1], batch=3))
    same_contract(Unvisited(), on_a_line([2.0] * 5, [], [], batch=5, model=False))


def test_exploits_the_smallest_margin_and_explores_the_least_visited():
    """Both known ports have one of these the wrong way round."""
    P = binary([0.9, 0.51, 0.99, 0.01, 0.2])
    x = np.array([[0.0], [0.1], [0.2], [0.3], [9.0]])
    view = given_view(P, [0], [1], points=x, batch=2)
    assert batch_of(ExploreMix(explore="gaussian", share=0.0), view)[0] == 1
    assert batch_of(ExploreMix(explore="gaussian", share=1.0), view)[0] == 4


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_share_of_exploring(share):
    P = binary(np.linspace(0.1, 0.9, 3000))
    mix = ExploreMix(Margin(), "random", share)
    view = given_view(P, [0, 2999], [0, 1], batch=1000)
    asked = np.array(batch_of(mix, view))
    explored = np.mean([arm == "Random" for arm in mix.arms(view, asked)])
    assert abs(explored - share) < 0.04  # three deviations
    assert len(set(asked)) == 1000


def test_any_strategy_explores():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    X[7] = 30.0
    view = given_view(np.full((60, 2), 0.5), [0, 1], [0, 1], points=X, batch=1)
    mix = ExploreMix(Margin(), LOF(), share=1.0)
    assert batch_of(mix, view) == [7]
    assert mix.reasons(view, np.array([7]))[0].startswith("LOF")
    assert mix.needs == "model"


@pytest.mark.parametrize("explore", ["random", "gaussian"])
@pytest.mark.parametrize("labels", [([], []), ([3], [0]), ([3], [1])])
def test_no_label_and_one_class(explore, labels):
    x = np.random.default_rng(0).normal(size=(30, 2))
    view = given_view(np.full((30, 2), 0.5), *labels, points=x, model=False, batch=6)
    same_contract(ExploreMix(explore=explore), view)


def test_three_classes_and_certain_probabilities():
    rng = np.random.default_rng(0)
    Q = np.eye(3)[rng.integers(3, size=50)]
    view = given_view(Q, [0, 1], [0, 2], points=rng.normal(size=(50, 2)), batch=10)
    same_contract(ExploreMix(explore="gaussian"), view)


def test_refuses():
    with pytest.raises(InputError, match="share is 2"):
        ExploreMix(share=2)
    with pytest.raises(InputError, match="explore is 'lof'"):
        ExploreMix(explore="lof")


def test_name():
    assert str(ExploreMix(explore="gaussian")) == "ExploreMix(Margin, gaussian, share=0.5)"
