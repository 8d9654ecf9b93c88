import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import log_softmax
from scipy.stats import chisquare

from motherlode import InputError, Pool
from motherlode._round.selection import Stochastic, TopK
from motherlode._round.training_set import TrainingSet
from motherlode._round.view import View

POOL = Pool(np.zeros((200, 1)))


def view(n, seed=0):
    """Rows 100, 101, …, of which a selection needs nothing but their ids and the chance."""
    none = np.empty(0, dtype=np.int64)
    training = TrainingSet(
        POOL,
        np.arange(2),
        none,
        none,
        (1,),
        (seed,),
    )
    return View(
        training,
        np.arange(100, 100 + n),
        unfitted=None,
        model=None,
    )


utilities = arrays(np.float64, st.integers(1, 12), elements=st.floats(-1e3, 1e3))
selections = st.one_of(
    st.just(TopK()),
    st.builds(
        Stochastic,
        st.sampled_from(["rank", "softmax"]),
        st.sampled_from([0, 0.5, 1, 10, 5000]),
        st.sampled_from([0, 0.1, 1]),
    ),
)


@given(selections, utilities, st.integers(1, 12), st.integers(0, 5))
def test_a_batch_is_of_different_candidates(selection, u, n, seed):
    n = min(n, len(u))
    chosen = selection.choose(view(len(u), seed), u, n)
    assert len(chosen.rows) == n
    assert len(set(chosen.rows)) == n
    assert chosen.rows.dtype == np.int64
    assert ((chosen.rows >= 100) & (chosen.rows < 100 + len(u))).all()
    again = selection.choose(view(len(u), seed), u, n)
    assert np.array_equal(chosen.rows, again.rows)


@given(utilities, st.integers(1, 12), st.integers(0, 5))
def test_top_k_are_the_highest_best_first(u, n, seed):
    n = min(n, len(u))
    chosen = TopK().choose(view(len(u), seed), u, n)
    assert u[chosen.rows - 100].tolist() == np.sort(u)[::-1][:n].tolist()
    assert chosen.probabilities is None


def test_ties_are_broken_at_random():
    u = np.array([0.0, 1, 1, 1, 1, 2])
    first = [TopK().choose(view(6, seed), u, 2).rows.tolist() for seed in range(2000)]
    assert {rows[0] for rows in first} == {105}
    counts = np.bincount([rows[1] for rows in first])[101:105]
    assert counts.sum() == 2000
    assert chisquare(counts).pvalue > 0.001


def weights(selection, u):
    """The chances of a first draw, written out; for utilities without ties."""
    if selection.weighting == "rank":
        w = (np.argsort(np.argsort(-u)) + 1.0) ** -selection.coldness
    elif selection.weighting == "softmax":
        w = np.exp(log_softmax(selection.coldness * u / u.std()))
    else:
        w = u**selection.coldness
    return (1 - selection.explore) * w / w.sum() + selection.explore / len(u)


KINDS = [
    Stochastic("rank", 1.0, 0.1),
    Stochastic("rank", 2.0, 0.0),
    Stochastic("softmax", 1.5, 0.2),
    Stochastic("power", 2.0, 0.05),
    Stochastic("power", 1.0, 1.0),
]


@given(
    st.sampled_from(KINDS),
    arrays(np.float64, st.integers(2, 9), elements=st.floats(0.1, 10), unique=True),
    st.integers(0, 3),
)
def test_probabilities_are_those_of_drawing_one_after_the_other(selection, u, seed):
    chosen = selection.choose(view(len(u), seed), u, len(u))
    left = weights(selection, u)
    for row, probability in zip(chosen.rows - 100, chosen.probabilities, strict=True):
        assert probability == pytest.approx(left[row] / left.sum(), rel=1e-6)
        left[row] = 0.0
    assert chosen.probabilities[-1] == pytest.approx(1)


@pytest.mark.parametrize("selection", KINDS, ids=str)
def test_rows_are_drawn_as_often_as_they_should_be(selection):
    u = np.array([3.0, 1.0, 0.5, 2.0])
    w = weights(selection, u)
    draws = np.array([selection.choose(view(4, seed), u, 2).rows - 100 for seed in range(3000)])
    assert chisquare(np.bincount(draws[:, 0], minlength=4), 3000 * w).pvalue > 0.001
    pairs = [(i, j) for i in range(4) for j in range(4) if i != j]
    expected = [w[i] * w[j] / (1 - w[i]) for i, j in pairs]
    seen = [int(((draws[:, 0] == i) & (draws[:, 1] == j)).sum()) for i, j in pairs]
    assert chisquare(seen, 3000 * np.array(expected)).pvalue > 0.001


def test_equal_ranks_are_shared_out_at_random():
    u = np.array([1.0, 1.0, 1.0, 1.0])
    first = [Stochastic(explore=0).choose(view(4, seed), u, 1).rows[0] for seed in range(2000)]
    assert chisquare(np.bincount(first)[100:]).pvalue > 0.001


def test_explore_bounds_how_rare_a_draw_can_be():
    u = np.arange(50.0)
    for explore in (0.1, 0.5):
        for seed in range(50):
            selection = Stochastic("softmax", 50.0, explore)
            probabilities = selection.choose(view(50, seed), u, 10).probabilities
            assert probabilities.min() >= explore / 50


def test_explore_alone_is_uniform():
    chosen = Stochastic("softmax", 50.0, explore=1).choose(view(5), np.arange(5.0), 5)
    assert chosen.probabilities == pytest.approx(1 / np.array([5, 4, 3, 2, 1]))


@pytest.mark.parametrize("coldness", [2000.0, 1e6])
@pytest.mark.parametrize("weighting", ["rank", "softmax", "power"])
def test_a_cold_draw_is_the_top_k_and_still_has_probabilities(weighting, coldness):
    u = np.array([5.0, 1.0, 4.0, 2.0, 3.0])
    chosen = Stochastic(weighting, coldness, explore=0).choose(view(5), u, 4)
    assert chosen.rows.tolist() == [100, 102, 104, 103]
    assert chosen.probabilities == pytest.approx(1)


@pytest.mark.parametrize("u", [np.zeros(4), np.full(4, 1e-9), np.full(4, 7.0)], ids=str)
@pytest.mark.parametrize("weighting", ["softmax", "power"])
def test_equal_utilities_are_drawn_alike(weighting, u):
    chosen = Stochastic(weighting).choose(view(4), u, 4)
    assert chosen.probabilities == pytest.approx(1 / np.array([4, 3, 2, 1]))


@pytest.mark.parametrize("selection", KINDS[:4], ids=str)
def test_weighted_means_of_what_was_drawn_are_unbiased(selection):
    """LURE, Farquhar, Gal & Rainforth (2021), eq. 3, on a pool whose mean is known."""
    rng = np.random.default_rng(0)
    N, M, u = 12, 5, np.linspace(0.2, 3, 12)
    loss = u + rng.normal(size=N)  # what is asked for is not like the rest
    estimates, naive = [], []
    for seed in range(2000):
        chosen = selection.choose(view(N, seed), u, M)
        m, drawn = np.arange(1, M + 1), loss[chosen.rows - 100]
        gap = 1 / ((N - m + 1) * chosen.probabilities) - 1
        estimates.append(np.mean((1 + (N - M) / (N - m) * gap) * drawn))
        naive.append(drawn.mean())
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - loss.mean()) < 4 * error
    assert abs(np.mean(naive) - loss.mean()) > 4 * error


def test_power_needs_utilities_that_are_not_negative():
    with pytest.raises(InputError, match="not negative"):
        Stochastic("power").choose(view(3), np.array([-1.0, 0, 1]), 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"weighting": "best"}, "weighting is 'best'"),
        ({"coldness": -1}, "coldness is -1"),
        ({"coldness": np.inf}, "coldness is inf"),
        ({"coldness": np.nan}, "coldness is nan"),
        ({"explore": 1.5}, "explore is 1.5"),
        ({"explore": np.nan}, "explore is nan"),
    ],
)
def test_bad_settings_are_named(arguments, words):
    with pytest.raises(InputError, match=words):
        Stochastic(**arguments)
