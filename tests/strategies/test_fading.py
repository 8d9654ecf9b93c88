"""Turns that fade with what was asked in vain."""

import numpy as np
import pytest
from given import batch_of, binary, given_view
from hypothesis import given, settings
from hypothesis import strategies as st

from motherlode import InputError
from motherlode.strategies import Fading, KCentre, Random, Typical
from motherlode.strategies._fading import _order

P = binary(np.linspace(0.01, 0.99, 400))


@settings(max_examples=25, deadline=None)
@given(
    weights=st.lists(st.floats(0.5, 5), min_size=1, max_size=4),
    halves=st.lists(st.sampled_from([1.0, 5.0, 50.0, np.inf]), min_size=4, max_size=4),
    n=st.integers(1, 300),
)
def test_the_first_turns_do_not_depend_on_those_after(weights, halves, n):
    halves = tuple(halves[: len(weights)])
    long = _order(tuple(weights), halves, 512)
    assert np.array_equal(_order(tuple(weights), halves, n), long[:n])


def test_without_fading_shares_are_exact():
    order = _order((3.0, 1.0), (np.inf, np.inf), 400)
    shares = np.cumsum(order == 0) - 0.75 * np.arange(1, 401)
    assert np.abs(shares).max() < 1


def test_an_arm_that_fades_leaves_the_turns_to_those_that_do_not():
    order = _order((1.0, 1.0), (5.0, np.inf), 1000)
    early, late = (order[:10] == 0).mean(), (order[-200:] == 0).mean()
    assert early >= 0.4
    assert late < 0.1


def test_rows_come_from_the_arm_whose_turn_it_is():
    view = given_view(P, [], [], batch=4)
    asked = Fading(Typical(), KCentre(), weights=[3, 1])
    said = asked.reasons(view, np.array(batch_of(asked, view)))
    assert sorted(text.split(":")[0] for text in said) == ["KCentre"] + ["Typical"] * 3


def test_values_compare_and_say_what_they_are():
    one = Fading(KCentre(), Random(), halved_after=[5, np.inf])
    assert one == Fading(KCentre(), Random(), halved_after=[5, np.inf])
    assert one != Fading(KCentre(), Random(), halved_after=[6, np.inf])
    assert len({one, Fading(KCentre(), Random(), halved_after=[5, np.inf])}) == 1
    with pytest.raises(InputError, match="halved_after"):
        Fading(KCentre(), Random(), halved_after=[0, 1])
