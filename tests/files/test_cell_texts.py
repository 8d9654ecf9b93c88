"""Values as people see them: every digit of the file, and nothing added."""

import datetime
import decimal
import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode._files.cell_texts import format_cells, kind_of_cells, list_values

UTC = datetime.UTC


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([2003, 123456789, -1, None], pa.int64(), ["2003", "123456789", "-1", None]),
        ([2**53 + 1, 2**64 - 1], pa.uint64(), ["9007199254740993", "18446744073709551615"]),
        ([1234567.891, 98765432.1, 0.1 + 0.2], None,
         ["1234567.891", "98765432.1", "0.30000000000000004"]),
        ([0.1, 16777216.0, float("nan")], pa.float32(), ["0.1", "16777216.0", None]),
        ([np.float16(0.1)], pa.float16(), ["0.1"]),
        ([float("inf"), float("-inf")], None, ["inf", "-inf"]),
        ([decimal.Decimal("1.50"), decimal.Decimal("0.0000001000")], pa.decimal128(20, 10),
         ["1.5000000000", "0.0000001000"]),
        ([True, False, None], None, ["true", "false", None]),
        ([datetime.date(2023, 12, 31)], None, ["2023-12-31"]),
        ([datetime.datetime(2023, 12, 31, 8, 5)], pa.timestamp("s"), ["2023-12-31 08:05:00"]),
        ([datetime.datetime(2023, 12, 31, 8, 5)], pa.timestamp("us"), ["2023-12-31 08:05:00"]),
        ([datetime.datetime(2023, 12, 31, 8, 5, 0, 120_000)], None, ["2023-12-31 08:05:00.12"]),
        ([1700000000000000001], pa.timestamp("ns"), ["2023-11-14 22:13:20.000000001"]),
        ([datetime.datetime(2023, 12, 31, 8, 5, tzinfo=UTC)], pa.timestamp("ms", "UTC"),
         ["2023-12-31 08:05:00Z"]),
        ([datetime.time(8, 5)], pa.time64("us"), ["08:05:00"]),
        ([datetime.timedelta(hours=5)], None, ["5:00:00"]),
        (["", "  x", None, "=1"], None, ["", "  x", None, "=1"]),
        (["a"], pa.large_string(), ["a"]),
        (["a"], pa.string_view(), ["a"]),
        ([b"abc"], None, ["3 bytes"]),
        ([[1, 2]], None, ["2 numbers"]),
        ([{"a": 1}], None, ["1 values"]),
        ([None, None], pa.null(), [None, None]),
    ],
)  # fmt: skip
def test_cells(values, kind, texts):
    assert format_cells(pa.chunked_array([pa.array(values, kind)])) == texts


def test_a_category_is_its_value():
    assert format_cells(pa.chunked_array([pa.array(["b", "a"]).dictionary_encode()])) == ["b", "a"]


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none()))
def test_whole_numbers_lose_no_digit(values):
    column = pa.chunked_array([pa.array(values, pa.int64())])
    assert format_cells(column) == [None if v is None else str(v) for v in values]
    assert json.loads(json.dumps(list_values(column))) == values


@given(st.lists(st.floats(allow_nan=False, width=32)))
def test_narrow_numbers_mean_the_same_at_their_own_width(values):
    texts = format_cells(pa.chunked_array([pa.array(values, pa.float32())]))
    assert [np.float32(text) for text in texts] == [np.float32(v) for v in values]
    assert all(len(text) <= len("-1234567890123456.0") for text in texts)


@given(st.lists(st.floats(allow_nan=False)))
def test_wide_numbers_are_read_back(values):
    texts = format_cells(pa.chunked_array([pa.array(values, pa.float64())]))
    assert [float(text) for text in texts] == values


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (pa.int8(), "number"), (pa.float32(), "number"), (pa.decimal128(5, 2), "number"),
        (pa.bool_(), "boolean"), (pa.date32(), "date"), (pa.timestamp("s"), "date"),
        (pa.string(), "text"), (pa.dictionary(pa.int32(), pa.int64()), "number"),
    ],
)  # fmt: skip
def test_kinds(kind, said):
    assert kind_of_cells(kind) == said
