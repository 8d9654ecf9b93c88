import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from motherlode.errors import InputError
from motherlode.pool._columns import open_frame, read_column

FRAMES = [pd.DataFrame, pl.DataFrame, pa.table]


def read(values, make=pl.DataFrame):
    return read_column("c", open_frame(make({"c": values})).get_column("c"))


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize(
    ("values", "kind", "plain"),
    [
        ([1, None, -3], "numbers", [1, np.nan, -3]),
        ([0.5, float("nan"), 2], "numbers", [0.5, np.nan, 2]),
        ([True, None, False], "numbers", [1, np.nan, 0]),
        ([Decimal("1.5"), None], "numbers", [1.5, np.nan]),
        ([dt.date(1970, 1, 11), None], "dates", [10, np.nan]),
        ([dt.datetime(1970, 1, 2, 6), None], "dates", [1.25, np.nan]),
        ([dt.datetime(1970, 1, 2, tzinfo=dt.UTC), None], "dates", [1, np.nan]),
        ([dt.time(6), dt.time(0, 0, 1, 500_000), None], "dates", [0.25, 1.5 / 86_400, np.nan]),
        ([dt.timedelta(hours=36), -dt.timedelta(days=1), None], "dates", [1.5, -1, np.nan]),
    ],
)
def test_numbers_and_days(make, values, kind, plain):
    column = read(values, make)
    assert column.kind == kind
    assert column.values.dtype == np.float64
    np.testing.assert_allclose(column.values, plain)


@pytest.mark.parametrize("make", FRAMES)
def test_strings_keep_blanks_and_mark_gaps(make):
    column = read(["a", None, ""], make)
    assert column.kind == "strings"
    assert column.values.tolist() == ["a", None, ""]
    assert column.present == ["a", ""]


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize("values", [[None, None], [float("nan"), None]])
def test_columns_without_a_value_hold_nothing(make, values):
    assert read(values, make).kind == "nothing"


def test_zoned_times_in_objects_are_moments():
    east = dt.timezone(dt.timedelta(hours=6))
    frame = pd.DataFrame({"c": pd.Series([dt.datetime(1970, 1, 2, 6, tzinfo=east)], dtype=object)})
    assert read_column("c", open_frame(frame).get_column("c")).values.tolist() == [1]


@pytest.mark.parametrize("bad", [[1, 2], {"a": 1}, b"bytes", {1}])
def test_objects_that_are_no_plain_values_are_refused(bad):
    with pytest.raises(InputError, match=f"'c' holds {type(bad).__name__} values"):
        read(pd.Series([1, bad, None], dtype=object), pd.DataFrame)


def test_infinite_value_after_gaps_says_its_row():
    with pytest.raises(InputError, match=r"'c' holds -inf in row 2 "):
        read([None, 1.0, -np.inf])
