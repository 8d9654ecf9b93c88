from dataclasses import dataclass

import numpy as np
import pytest
from given import binary, given_view
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motherlode import InputError
from motherlode.strategies import (
    KDE,
    LOF,
    Entropy,
    Interleave,
    LeastConfidence,
    Margin,
    Mixture,
    MostLikely,
    Power,
    Product,
    Random,
    Ranks,
    Strategy,
    Sum,
    Weighted,
)

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(32, 2))
P = binary(np.append([0.1, 0.9], RNG.uniform(0.01, 0.99, 30)))


@pytest.fixture
def view():
    return given_view(P, [0, 1], [0, 1], points=POINTS)


@dataclass(frozen=True)
class Given(Strategy):
    """Utilities written down in the test, one a candidate."""

    values: tuple[float, ...]
    needs = "nothing"

    def utilities(self, view):
        return np.array(self.values)


@dataclass(frozen=True)
class GivenLog(Given):
    logarithmic = True


def small(n, **settings):
    return given_view(binary(np.linspace(0.1, 0.9, n + 2)), [0, n + 1], [0, 1], **settings)


# Arithmetic


def test_products_powers_and_sums_act_on_what_is_measured():
    two, log = Given((1.0, 4.0, 9.0)), GivenLog((0.0, np.log(2), np.log(3)))
    view = small(3)
    assert np.exp((two * log).utilities(view)) == pytest.approx([1, 8, 27])
    assert np.exp((two * log**2).utilities(view)) == pytest.approx([1, 16, 81])
    assert np.exp((two**0.5).utilities(view)) == pytest.approx([1, 2, 3])
    assert (two + two).utilities(view) == pytest.approx([2, 8, 18])
    assert np.exp((two + log).utilities(view)) == pytest.approx([2, 6, 12])
    assert (3 * two).utilities(view) == pytest.approx([3, 12, 27])
    assert np.exp((log * 3).utilities(view)) == pytest.approx([3, 6, 9])
    assert np.exp((0.5 * log + 2 * two).utilities(view)) == pytest.approx([2.5, 9, 19.5])
    assert np.exp((two * two**-1).utilities(view)) == pytest.approx([1, 1, 1])


def test_information_density_in_one_line(view):
    line = Entropy() * KDE(region="dense") ** 0.5
    by_hand = np.log(Entropy().utilities(view)) + 0.5 * KDE("dense").utilities(view)
    assert line.utilities(view) == pytest.approx(by_hand)


def test_a_density_beyond_floating_point_still_counts():
    tiny = GivenLog((-2000.0, -1000.0, -1500.0))
    one = Given((1.0, 1.0, 1.0))
    assert (one * tiny**0.5).utilities(small(3)) == pytest.approx([-1000, -500, -750])
    assert (tiny + tiny).utilities(small(3)) == pytest.approx(np.array(tiny.values) + np.log(2))


def test_a_product_with_zero_is_last_and_finite():
    u = (Given((0.0, 1.0, 2.0)) * Given((5.0, 1.0, 1.0))).utilities(small(3))
    assert np.isfinite(u).all()
    assert u.argmin() == 0


def test_negative_utilities_have_no_product():
    low = Given((-1.0, 1.0, 2.0))
    for combined in (low * Margin(), low**2):
        with pytest.raises(InputError, match=r"negative utilities.*Ranks\(Given"):
            combined.utilities(small(3))
    assert (low + low).utilities(small(3)) == pytest.approx([-2, 2, 4])
    assert np.isfinite((Ranks(low) * Margin()).utilities(small(3))).all()


def test_what_cannot_be_combined():
    for wrong in ("margin", None, object()):
        with pytest.raises(TypeError):
            Margin() * wrong
        with pytest.raises(TypeError):
            Margin() + wrong
        with pytest.raises(InputError, match="was given"):
            Interleave(Margin(), wrong)
        with pytest.raises(InputError, match="was given"):
            Mixture(wrong)
    for weight in (-1, np.inf, np.nan):
        with pytest.raises(InputError, match="A weight is"):
            weight * Margin()


def test_what_is_measured_is_measured_once_a_round(view):
    calls = []

    @dataclass(frozen=True)
    class Costly(Strategy):
        def utilities(self, view):
            calls.append(len(view))
            return np.ones(len(view))

    together = Interleave(Costly(), Costly() * Margin(), Ranks(Costly()) + 2 * Costly())
    together.utilities(view)
    together.reasons(view, view.rows[:3])
    assert calls == [30]


def test_names_read_as_they_were_written():
    half = Entropy() * KDE(region="dense") ** 0.5
    assert str(half) == "Entropy * KDE(region='dense') ** 0.5"
    assert str((Margin() + LOF()) * Entropy()) == "(Margin + LOF) * Entropy"
    assert str((Margin() * LOF()) ** 2) == "(Margin * LOF) ** 2"
    assert str(0.3 * LOF() + Margin()) == "0.3 * LOF + Margin"
    assert str(Ranks(Margin())) == "Ranks(Margin)"
    assert str(Interleave(Margin(), Random())) == "Interleave(Margin, Random)"


def test_combinations_are_values():
    assert Margin() * Entropy() == Product((Margin(), Entropy()))
    assert Margin() ** 2 == Power(Margin(), 2.0)
    assert Margin() + Entropy() == Sum((Margin(), Entropy()))
    assert 2 * Margin() == Margin() * 2 == Weighted(Margin(), 2.0)
    assert Interleave(Margin(), Entropy()) != Interleave(Entropy(), Margin())
    assert Interleave(Margin()) != Mixture(Margin())
    assert Mixture(Margin(), Random()) == Mixture(Margin(), Random(), weights=[1, 1])
    assert Mixture(Margin(), Random()) != Mixture(Margin(), Random(), weights=[2, 1])


def test_the_most_demanding_part_says_what_a_combination_needs():
    assert (KDE() * LOF()).needs == "geometry"
    assert (KDE() * Margin()).needs == "model"
    assert Interleave(Random(), KDE()).needs == "geometry"

    @dataclass(frozen=True)
    class Odd(Strategy):
        needs = "patience"

        def utilities(self, view):
            return np.ones(len(view))

    seen = small(3)
    assert np.isfinite((Odd() * Margin()).utilities(seen)).all()
    assert all((Odd() * Random()).reasons(seen, seen.rows))


# Ranks


def test_ranks_share_ties():
    u = Ranks(Given((5.0, -1.0, 5.0, 7.0))).utilities(small(4))
    assert u == pytest.approx(np.array([2.5, 1, 2.5, 4]) / 4)


@given(arrays(np.float64, 7, elements=st.floats(-1e6, 1e6)))
def test_ranks_keep_the_order_and_lie_between_zero_and_one(values):
    u = Ranks(Given(tuple(values))).utilities(small(7))
    assert ((u > 0) & (u <= 1)).all()
    assert (np.subtract.outer(u, u) > 0).tolist() == (
        np.subtract.outer(values, values) > 0
    ).tolist()


# Turns

A = Given((9.0, 8.0, 7.0, 1.0, 2.0, 3.0))
B = Given((9.5, 1.0, 2.0, 8.0, 7.0, 3.0))


def best_first(strategy, view):
    return (view.rows[np.argsort(-strategy.utilities(view))] - 1).tolist()


def test_interleave_takes_the_best_of_each_in_turn():
    """A names 0 1 2 5 4 3 and B names 0 3 4 5 2 1; both name row 0 first."""
    view = small(6, batch=5)  # of two labels: it is A's turn
    assert best_first(Interleave(A, B), view)[:5] == [0, 3, 1, 4, 2]
    assert best_first(Interleave(A), view) == best_first(A, view)


def test_turns_go_on_where_the_labels_end():
    three = given_view(binary(np.linspace(0.1, 0.9, 9)), [0, 7, 8], [0, 1, 1], batch=5)
    assert best_first(Interleave(A, B), three)[:5] == [0, 1, 3, 2, 4]


def test_no_two_rows_have_the_same_turn(view):
    for strategy in (
        Interleave(Random(), MostLikely(), Margin()),
        Mixture(Margin(), Random()),
        Interleave(Given((1.0,) * 30), Given((1.0,) * 30)),
        Interleave(Given((1.0,) * 30), Random(), weights=[2, 1]),
    ):
        assert len(np.unique(strategy.utilities(view))) == 30


def test_reasons_name_the_part_that_asked():
    view = given_view(P, [0, 1], [0, 1], points=POINTS, batch=9)
    strategy = Interleave(MostLikely(), Random(), LOF())
    first = view.rows[np.argsort(-strategy.utilities(view))[:9]]
    said = [reason.split()[0].strip(":") for reason in strategy.reasons(view, first)]
    assert said == ["LOF", "MostLikely", "Random"] * 3


def test_rows_named_by_nobody_else_keep_their_place_in_a_batch():
    n = 12
    view = given_view(P, [0, 1], [0, 1], points=POINTS, batch=n)
    strategy = Interleave(MostLikely(), LeastConfidence())
    asked = set(view.rows[np.argsort(-strategy.utilities(view))[:n]])
    for part in strategy.parts:
        mine = view.rows[np.argsort(-part.utilities(view))[: n // 2]]
        assert set(mine) <= asked


def test_a_mixture_draws_by_weight():
    first = [
        given_view(binary(np.linspace(0.1, 0.9, 8)), [0, 7], [0, 1], seed=(seed, 0))
        for seed in range(800)
    ]
    best_of_a = Given((1.0, 9.0, 0, 0, 0, 0))
    best_of_b = Given((1.0, 0, 9.0, 0, 0, 0))
    mixed = Mixture(best_of_a, best_of_b, weights=[3, 1])
    firsts = np.array([np.argmax(mixed.utilities(view)) for view in first])
    assert set(firsts) == {1, 2}
    assert (firsts == 1).mean() == pytest.approx(0.75, abs=0.06)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Interleave(), "at least one"),
        (lambda: Mixture(), "at least one"),
        (lambda: Mixture(Margin(), weights=[1, 2]), "1 strategies and the weights"),
        (lambda: Mixture(Margin(), Random(), weights=[1, 0]), "positive weight"),
        (lambda: Mixture(Margin(), Random(), weights=[1, np.nan]), "positive weight"),
    ],
)
def test_bad_mixtures_are_named(make, words):
    with pytest.raises(InputError, match=words):
        make()


# What a strategy of somebody's own may get wrong


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((1.0, 2.0), r"shape \(2,\) for 3 candidates"),
        ((1.0, np.nan, 2.0), r"gave nan \(first for row 2\)"),
        ((1.0, 2.0, -np.inf), r"gave -inf \(first for row 3\)"),
    ],
)
def test_wrong_utilities_are_named(started, toy, values, words):
    view = small(3)
    with pytest.raises(InputError, match=words):
        Given(values).compute_utilities(view)
