"""Conditions as people write them: dates, true and false, missing values, names with signs."""

import datetime as dt
from contextlib import suppress

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motherlode import InputError, Pool
from motherlode.pool._search import find_patterns, find_rows_that_meet, where

BERLIN = pa.timestamp("us", "Europe/Berlin")
TABLE = pa.table(
    {
        "amount": [5.5, 950.0, None, 2000.0],
        "class": ["a", "b", None, "c"],
        "Booking date": [
            dt.datetime(2026, 8, 1), dt.datetime(2026, 8, 1, 15), dt.datetime(2026, 8, 2), None,
        ],
        "due": pa.array([dt.date(2026, 7, 31), dt.date(2026, 8, 1), None, dt.date(2026, 8, 3)]),
        "is_new": [True, False, None, True],
        "seen": pa.array(
            [dt.datetime(2026, 7, 31, 23), dt.datetime(2026, 8, 1, 15), dt.datetime(2026, 8, 2),
             None], BERLIN,
        ),
        "id": ["P001", "P002", "P003", "12"],
    }
)  # fmt: skip
FRAMES = {
    "arrow": lambda table: table,
    "polars": pl.from_arrow,
    "pandas": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
}


@pytest.fixture(params=FRAMES)
def pool(request):
    return Pool(FRAMES[request.param](TABLE), "passthrough")


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("Booking date > 2026-08-01", [2]),
        ("`Booking date` == 2026-08-01", [0, 1]),
        ("Booking date != 2026-08-01", [2]),
        ("Booking date <= '2026-08-01 15:00'", [0, 1]),
        ("Booking date < 2026-08-01 15:00", [0]),
        ("2026-08-02 <= `Booking date`", [2]),
        ("due > 2026-08-01", [3]),
        ("due = '2026-08-01'", [1]),
        ("due in [2026-08-01, 2026-07-31]", [0, 1]),
        ("seen == 2026-08-01", [0, 1]),
        ("is_new == 'true'", [0, 3]),
        ("is_new = true", [0, 3]),
        ("is_new is False", [1]),
        ("not is_new", [1, 2]),
        ("is_new and amount > 1000", [3]),
        ("amount is null", [2]),
        ("amount IS NOT NULL AND amount < 900", [0]),
        ("amount == None", [2]),
        ("amount != null", [0, 1, 3]),
        ("amount in [null, 5.5]", [0, 2]),
        ("class <> 'a'", [1, 3]),
        ("class is missing", [2]),
        ("id == 'P002'", [1]),
        ("id = 12", [3]),
        ("id in [12, 'P001']", [0, 3]),
        ("id == 'amount is null'", []),
        ("amount > '$1,000'", [3]),
        ("1000 > amount >= 950", [1]),
        ("amount > 99999999999999999999999", []),
        ("amount not in [5.5]", [1, 3]),
        ("amount in []", []),
    ],
)
def test_what_people_write_is_understood_in_every_frame(pool, condition, rows):
    assert where(pool, condition).tolist() == rows


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("amont > 2", "did you mean 'amount'"),
        ("Amount > 2", "did you mean 'amount'"),
        ("class == a", "texts stand in quotes"),
        ("due > 3", "holds dates, and 3 is none; write it like 2026-08-31"),
        ("due > 2026-08-01 12:00", "dates without a time"),
        ("due == 2026-13-45", "holds dates"),
        ("amount > 2026-08-01", "holds numbers"),
        ("amount == 'much'", "write it like 12.5"),
        ("is_new == 3", "write 'is_new == true'"),
        ("id > 3", "in quotes, as in id > '3'"),
        ("amount > null", "'amount is null'"),
        ("amount is 3", "'is null'"),
        ("`class` is amount", "'is null'"),
        ("amount in class", "a list"),
        ("amount > = 3", "cannot be read"),
        ("amount > 'a", "cannot be read"),
        ("lambda: amount", "cannot be read"),
        ("amount.__class__ == 3", "names no column"),
        ("amount == [].append", "a side of a comparison"),
        ("due > class", "of different kinds"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_to_write(condition, said):
    with pytest.raises(InputError) as caught:
        where(Pool(TABLE, "passthrough"), condition)
    assert said in str(caught.value)
    assert "_column_" not in str(caught.value)


def test_a_text_also_means_the_value_that_the_file_has_so():
    table = pa.table({"amount": [5438.75, 12.5, 12.5], "cells": ["$5,438.75", "12.50", "12.5"]})
    written = {"amount": "cells"}

    def meet(condition):
        return np.flatnonzero(find_rows_that_meet(table, condition, written)).tolist()

    assert meet("amount == '$5,438.75'") == [0]
    assert meet("amount == '12.50'") == [1, 2]
    assert meet("amount in ['$5,438.75', 3]") == [0]
    assert meet("amount != '12.50'") == [0]
    assert meet("amount > '$5,000'") == [0]
    with pytest.raises(InputError, match="no column 'cells'"):
        meet("cells == '12.50'")


def test_a_per_cent_is_a_share_and_a_number_beside_per_cents_needs_the_sign():
    table = pa.table({"rate": [0.0793, 0.57, -0.06], "cells": ["7,93%", "57%", "-6 %"]})

    def meet(condition):
        found = find_rows_that_meet(table, condition, {"rate": "cells"})
        return np.flatnonzero(found).tolist()

    assert meet("rate >= 57%") == meet("rate > 0.1") == meet("rate in [57 %]") == [1]
    assert meet("-6% <= rate < 7.93%") == [2]
    assert meet("rate == '7,93%'") == meet("rate == 7.93%") == [0]
    with pytest.raises(InputError, match="so 5 may mean 5% or 500%; write it with the sign"):
        meet("rate > 5")


PARTS = st.sampled_from(
    [*TABLE.column_names, "`Booking date`", "and", "or", "not", "in", "is", "null", "true", "(",
     ")", "[", "]", ",", "==", "=", "<", ">=", "<>", "'a'", '"', "'", "`", "2026-08-01", "12.5",
     "-3", "5%", "1e999", "0123", "\0", "\n", "#", ";", "DROP TABLE event", "<script>", "lambda",
     ":=", "__import__('os')", "f'{amount}'", "{}", "*", ".", "\\", "🎁", "_column_0", "if", "else"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=12).map(" ".join)))
def test_any_text_is_a_condition_or_refused_in_a_sentence(text):
    with suppress(InputError):  # any other exception fails
        rows = where(Pool(TABLE, "passthrough"), text)
        assert set(rows.tolist()) <= {0, 1, 2, 3}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_words_are_patterns_that_mean_themselves_or_refused(words):
    try:
        patterns = find_patterns(words)
    except InputError:
        return
    assert all(pattern.search("") is None for pattern in patterns)
    if not set(words) & set('"“”„*\ufe0f'):
        assert all(pattern.search(words) for pattern in patterns)


@pytest.mark.parametrize("word", ["refund", "(a", "12.50", "$100", "🎁", "a*b", "[x]"])
def test_a_word_finds_itself_and_what_begins_with_it(word):
    (pattern,) = find_patterns(word)
    assert pattern.search(f"so {word}ed")
    assert not pattern.search(f"x{word[1:]}")
    (star,) = find_patterns(f"{word}*")
    assert star.pattern == pattern.pattern
