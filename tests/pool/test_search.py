"""Finding rows by words, by conditions on columns, and by likeness."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix

from motherlode import InputError, Pool
from motherlode.pool._search import containing, like, where

TABLE = {
    "amount": [5.0, 950.0, None, 2000.0],
    "country": ["BR", "NG", "DE", None],
    "the note": ["late refund", "ok", "Refund twice", "refunds"],
}


@pytest.fixture(params=[pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"])
def table(request):
    return Pool(request.param(TABLE))


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("amount > 900", [1, 3]),
        ("100 < amount <= 950", [1]),
        ("country == 'BR' or amount >= 2000", [0, 3]),
        ("country in ['BR', 'DE']", [0, 2]),
        ("country not in ['BR']", [1, 2]),
        ("not country == 'BR'", [1, 2, 3]),
        ("amount != 5 and country == 'NG'", [1]),
        ("`the note` == 'ok'", [1]),
        ("amount < 0", []),
    ],
)
def test_conditions_mean_the_same_in_every_frame(table, condition, rows):
    assert where(table, condition).tolist() == rows


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("amont > 3", "no column 'amont'"),
        ("amount >", "cannot be read"),
        ("__import__('os').system('true')", "only comparisons"),
        ("amount > len('a')", "a column, a number or a quoted text"),
        ("amount is 3", "'is'"),
        ("country in 'BR' + 'DE'", "a list"),
        ("((country))", "'country' alone"),
        ("not amount", "'amount' alone"),
        ("amount > 900 and country", "'country' alone"),
        ("1 == 1", "names no column"),
        ("'a' in ['a']", "names no column"),
        ("amount > 900 or not 1 < 2 < 3", "names no column"),
        ("not " * 110 + "amount > 3", "nested more than 30 deep"),
        ("amount > " + "-" * 480 + "3", "nested more than 30 deep"),
        ("amount in " + "[" * 95 + "]" * 95, "nested more than 30 deep"),
        ("(" * 3_000 + "amount > 3" + ")" * 3_000, "cannot be read"),
        ("-" * 100_000 + "amount > 3", "cannot be read"),
        ("amount > 3 \0", "cannot be read"),
    ],
)
def test_a_bad_condition_gets_one_sentence(table, condition, said):
    with pytest.raises(InputError, match=said) as caught:
        where(table, condition)
    assert "\n" not in str(caught.value)


def test_a_column_of_true_and_false_is_a_condition():
    pool = Pool(pa.table({"is_late": [True, False, None], "amount": [1, 2, 3]}))
    assert where(pool, "is_late").tolist() == [0]
    assert where(pool, "((is_late)) or amount == 3").tolist() == [0, 2]


def test_a_long_condition_that_is_not_nested_is_met():
    pool = Pool(pa.table({"amount": [1, 5]}))
    assert where(pool, " and ".join(["amount > 3"] * 200)).tolist() == [1]


def test_a_condition_needs_columns():
    with pytest.raises(InputError, match="no column names"):
        where(Pool(np.eye(3)), "a > 1")


def test_words_are_found_in_any_case_and_at_the_start_of_longer_ones(table):
    assert containing(table, "refund").tolist() == [0, 2, 3]
    assert containing(table, "REFUND late").tolist() == [0]
    assert containing(table, '"refund twice"').tolist() == [2]
    assert containing(Pool(["unrefunded", "a (b)"]), "refund").tolist() == []
    assert containing(Pool(["unrefunded", "a b (c)"]), "b").tolist() == [1]


@pytest.mark.parametrize(
    ("words", "rows"), [("$100", [0]), ("#win", [1]), ('"(a"', [3]), ("win", [1, 2]), ("in", [])]
)
def test_words_may_begin_with_any_sign(words, rows):
    pool = Pool(["price $100 today", "#win now", "no a#win", "see (a) and US$100"])
    assert containing(pool, words).tolist() == rows


def test_words_need_texts():
    with pytest.raises(InputError, match="holds none"):
        containing(Pool(np.eye(3)), "a")
    with pytest.raises(InputError, match="no word"):
        containing(Pool(["a b"]), "  ")


def test_like_gives_the_nearest_other_rows_first():
    pool = Pool(np.array([[0.0], [10.0], [1.0], [3.0], [8.5]]))
    assert like(pool, 0, 2).tolist() == [2, 3]
    assert like(pool, [0, 1], 2).tolist() == [2, 4]
    assert len(like(pool, [0, 1], 99)) == 3


def test_like_goes_by_cosine_for_sparse_features():
    pool = Pool(csr_matrix([[1.0, 0.0], [0.1, 0.1], [9.0, 1.0]]))
    assert like(pool, [0], 1).tolist() == [2]


def test_like_refuses_an_example_outside_the_pool():
    with pytest.raises(InputError, match="rows 0 to 2"):
        like(Pool(np.eye(3)), 3)
