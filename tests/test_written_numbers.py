"""A number is written with its interval, rounded so that nothing is promised that is not held."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode._inert.written_numbers import Kind, write_ends, write_number
from motherlode.estimation import Estimate

PARTS = re.compile(
    r"(?P<sure>at least |at most )?(?P<value>\S+)(?: %)? "
    r"\(95 %: (?P<low>\S+) to (?P<high>\S+)(?: %)?\)"
)
SHARES = st.floats(0, 1)
# Numbers so small that nobody writes them out are left to others.
NUMBERS = st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9)


def read(text: str) -> float:
    return float(text.replace(",", ""))


def parts(said: str) -> tuple[str, float, float, float]:
    found = PARTS.fullmatch(said)
    assert found is not None, said
    return found["sure"] or "", *(read(found[name]) for name in ("value", "low", "high"))


def close(exact: float) -> float:
    """Arithmetic noise, which is not written."""
    return 1e-11 * abs(exact) + 1e-12


@given(st.lists(SHARES, min_size=3, max_size=3).map(sorted))
def test_a_written_interval_of_a_share_holds_the_true_one(three: list[float]) -> None:
    low, value, high = three
    if low == high:
        return
    sure, number, least, most = parts(write_number(value, low, high, 0.95, "share"))
    assert least <= 100 * low + close(100 * low)
    assert most >= 100 * high - close(100 * high)
    assert least <= number <= most
    assert 0 <= least < most <= 100
    # A share that is not known is never called nothing or all.
    assert bool(sure) or 0 < number < 100


@given(st.lists(st.integers(0, 10**9), min_size=3, max_size=3).map(sorted))
def test_counts_are_whole_and_their_written_interval_holds_the_true_one(three: list[int]) -> None:
    low, value, high = three
    if low == high:
        assert write_number(value, low, high, 0.95, "count") == f"{value:,} (known)"
        return
    sure, number, least, most = parts(write_number(value, low, high, 0.95, "count"))
    assert not sure
    assert number == int(number)
    assert least <= low < high <= most
    assert least <= number <= most
    # Rounding outwards costs at most a tenth at each end.
    assert low - least <= 0.1 * low
    assert most - high <= 0.1 * high


@given(st.lists(NUMBERS, min_size=3, max_size=3).map(sorted))
def test_any_other_number_is_held_too(three: list[float]) -> None:
    low, value, high = three
    if low == high:
        return
    _, number, least, most = parts(write_number(value, low, high, 0.95, "number"))
    assert least <= low + close(low)
    assert most >= high - close(high)
    assert least <= number <= most


@given(SHARES, SHARES)
def test_a_number_has_no_more_digits_than_its_interval_carries(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if high - low < 0.01 or low < 0.1:
        return
    said = write_number((low + high) / 2, low, high, 0.95, "share")
    decimals = max((len(digits) for digits in re.findall(r"\.(\d+)", said)), default=0)
    assert decimals <= (1 if high - low < 0.1 else 0)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (1.0, "share", "100 % (known)"),
        (0.9999, "share", "over 99.9 % (known)"),
        (0.0, "share", "0 % (known)"),
        (12 / 700, "share", "1.71 % (known)"),
        (1234567, "count", "1,234,567 (known)"),
    ],
)
def test_what_is_known_is_said_to_be_known(value: float, kind: Kind, said: str) -> None:
    assert write_number(value, value, value, 0.95, kind) == said


def test_an_end_that_has_no_end_is_written() -> None:
    assert write_ends(3, float("inf"), "count") == ("3", "∞")
    assert write_number(5, 3, float("inf"), 0.9, "count") == "5 (90 %: 3 to ∞)"


def test_bounds_for_skipped_rows_follow_a_change_and_are_written() -> None:
    positives = Estimate(100, 55, 167, kind="count", bounds=(50, 190))
    left = positives.through(lambda n: n - 10)
    assert left.write() == "90 (95 %: 45 to 160); whatever the undecided rows are: 40 to 180"
    share = positives.through(lambda n: 10 / n, "share")
    assert share.bounds == (10 / 190, 10 / 50)
    assert share.write().endswith("whatever the undecided rows are: 5.2 to 20 %")
