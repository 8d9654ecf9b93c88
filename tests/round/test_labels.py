import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from motherlode._round.labels import Labels, declared_classes, minority_codes
from motherlode.errors import InputError


def labels(classes=("no", "yes"), n=20):
    return Labels(declared_classes(classes), n)


def test_rows_and_labels_keep_the_order_taught():
    taught = labels()
    assert taught.add([7, 3], ["yes", "no"]) == 2
    assert taught.add([12], ["no"]) == 1
    assert taught.rows.tolist() == [7, 3, 12]
    assert taught.rows.dtype == np.int64
    assert taught.codes.tolist() == [1, 0, 0]
    assert taught.counts().tolist() == [2, 1]
    assert len(taught) == 3


@pytest.mark.parametrize(
    "rows",
    [
        [4, 2],
        (4, 2),
        np.array([4, 2]),
        np.array([4, 2], np.uint8),
        pd.Series([4, 2]),
        range(4, 1, -2),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "given",
    [["yes", "no"], ("yes", "no"), np.array(["yes", "no"]), pd.Series(["yes", "no"])],
    ids=lambda g: type(g).__name__,
)
def test_rows_and_labels_of_any_form(rows, given):
    taught = labels()
    taught.add(rows, given)
    assert taught.rows.tolist() == [4, 2]
    assert taught.codes.tolist() == [1, 0]


class Tensor:
    """An array in all but its type, as the tensors of PyTorch and TensorFlow are."""

    def __init__(self, values):
        self.values = np.array(values, dtype=object)

    def __array__(self, dtype=None, copy=None):
        return self.values

    def __iter__(self):
        return iter([Tensor(value) for value in self.values])


CONTAINERS = {
    "tensor": Tensor,
    "tensor, one column": lambda values: Tensor([[value] for value in values]),
    "arrow": pa.array,
    "arrow, chunked": lambda values: pa.chunked_array([values[:1], values[1:]]),
    "arrow, table": lambda values: pa.table({"c": values}),
    "polars": pl.Series,
    "polars, frame": lambda values: pl.DataFrame({"c": values}),
    "pandas": lambda values: pd.Series(values, index=[f"r{i}" for i in range(len(values))]),
    "pandas, the rows' index": lambda values: pd.Series(values, index=[4, 2, 9, 3]),
    "pandas, counted": pd.Series,
    "pandas, nullable": lambda values: pd.Series(values).convert_dtypes(),
    "pandas, frame": lambda values: pd.DataFrame({"c": values}),
    "pandas, index": pd.Index,
    "one column": lambda values: np.array(values, dtype=object)[:, None],
    "objects": lambda values: np.array(values, dtype=object),
    "lists of one": lambda values: [[value] for value in values],
    "tuple": tuple,
    "generator": lambda values: (value for value in values),
    "iterator": iter,
    "values of a dict": lambda values: dict(enumerate(values)).values(),
}


@pytest.mark.parametrize("form", CONTAINERS)
def test_any_container_of_labels_and_of_rows(form):
    make = CONTAINERS[form]
    given = labels()
    assert given.add([4, 2, 9, 3], make(["yes", "no", "no", "yes"])) == 4
    assert given.rows.tolist() == [4, 2, 9, 3]
    assert given.codes.tolist() == [1, 0, 0, 1]
    other = labels()
    other.add(make([4, 2, 9, 3]), ["yes", "no", "no", "yes"])
    assert other.rows.tolist() == [4, 2, 9, 3]
    assert other.codes.tolist() == [1, 0, 0, 1]


@pytest.mark.parametrize("form", CONTAINERS)
def test_a_missing_label_leaves_its_row_as_it_is(form):
    taught = labels()
    taught.add([2], ["no"])
    assert taught.add([4, 2, 9, 3], CONTAINERS[form](["yes", None, None, "no"])) == 2
    assert dict(zip(taught.rows.tolist(), taught.codes.tolist(), strict=True)) == {
        2: 0,
        4: 1,
        3: 0,
    }
    numbers = labels((0, 1))
    numbers.add([4, 2, 9, 3], CONTAINERS[form]([1, None, None, 0]))
    assert numbers.rows.tolist() == [4, 3]
    assert numbers.codes.tolist() == [1, 0]


def test_every_way_to_write_a_missing_label():
    gaps = [None, float("nan"), np.nan, np.float32("nan"), pd.NA, pd.NaT]
    taught = labels()
    assert taught.add(range(8), [*gaps, "yes", "no"]) == 2
    assert taught.rows.tolist() == [6, 7]
    assert taught.add([0, 1], np.ma.array(["yes", "no"], mask=[True, False])) == 1
    assert taught.rows.tolist() == [6, 7, 1]


def test_a_set_of_rows_may_get_one_label():
    taught = labels()
    taught.add({9, 3, 4}, ["yes"] * 3)
    assert taught.rows.tolist() == [3, 4, 9]


def test_one_row_alone_and_none_at_all():
    taught = labels()
    assert taught.add(5, "yes") == 1
    assert taught.add([], []) == 0
    assert taught.add(np.array([], dtype=np.int64), np.array([])) == 0
    assert taught.rows.tolist() == [5]


@pytest.mark.parametrize(
    ("classes", "taught", "code"),
    [([0, 1], np.int8(1), 1), ([0, 1], 1.0, 1), ([False, True], np.bool_(True), 1), ([3, 2], 2, 1)],
)
def test_a_label_is_known_by_its_value(classes, taught, code):
    known = labels(classes)
    known.add([0], [taught])
    assert known.codes.tolist() == [code]


def test_the_same_label_again_changes_nothing():
    taught = labels()
    taught.add([7, 3], ["yes", "no"])
    assert taught.add([3, 7, 3], ["no", "yes", "no"]) == 0
    assert taught.rows.tolist() == [7, 3]


def test_a_correction_keeps_the_place():
    taught = labels()
    taught.add([7, 3], ["yes", "no"])
    assert taught.add([7, 9], ["no", "no"], correct=True) == 2
    assert taught.rows.tolist() == [7, 3, 9]
    assert taught.codes.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("rows", "given", "words"),
    [
        ([1, 20], ["no", "no"], "Row 20 is not in the pool, whose rows are 0 to 19"),
        ([1, -1], ["no", "no"], "Row -1 is not in the pool"),
        ([1.0], ["no"], "whole numbers from 0 to 19"),
        ([True], ["no"], "bool"),
        (["1"], ["no"], "whole numbers"),
        ([[1, 2]], ["no", "no"], r"shape \(1, 2\)"),
        ([[1, 2], [3]], ["no", "no"], "different lengths"),
        (None, ["no"], "whole numbers"),
        ({1, 2}, ["no", "yes"], "a set, which has no order"),
        ([1], {"no"}, "labels are a set"),
        ({1: "no"}, ["no"], "rows are a dict"),
        ([1], {1: "no"}, "labels are a dict"),
        ([1, 2], pd.DataFrame({"a": ["no"] * 2, "b": ["no"] * 2}), "frame of 2 columns"),
        ([1, 2], np.array([["no", "no"], ["no", "no"]]), r"shape \(2, 2\)"),
        ([1, 2], pd.Series(["no", "yes"], index=[2, 1]), "index holds the rows in another order"),
        ([1, 2], pd.DataFrame({"a": ["no", "yes"]}, index=[2, 1]), "another order"),
        (pa.array([1, None]), ["no", "no"], "rows hold None"),
        ([1, 2], ["no"], "2 rows and 1 labels"),
        ([1, 2], "no", "2 rows and 1 labels"),
        ([1, 2], ["no", "maybe"], r"Label 'maybe' \(number 2 of those given\)"),
        ([1], [["no", "yes"]], r"shape \(1, 2\)"),
        ([1], [("maybe",)], "Label 'maybe'"),
        ([1], [0], "Label 0"),
        ([1, 1], ["no", "yes"], "Row 1 is labelled 'no' and now 'yes'"),
        ([7], ["no"], "Row 7 is labelled 'yes' and now 'no'"),
        ([2, 7], ["no", "no"], "nothing of this call was recorded"),
    ],
)
def test_bad_labels_are_named_and_nothing_is_recorded(rows, given, words):
    taught = labels()
    taught.add([7], ["yes"])
    with pytest.raises(InputError, match=words) as raised:
        taught.add(rows, given)
    assert "\n" not in str(raised.value)
    assert taught.rows.tolist() == [7]
    assert taught.codes.tolist() == [1]


def test_a_correction_may_not_contradict_itself():
    taught = labels()
    taught.add([7], ["yes"])
    with pytest.raises(InputError, match="Row 7 is labelled 'no' and now 'yes'"):
        taught.add([7, 7], ["no", "yes"], correct=True)
    assert taught.codes.tolist() == [1]


# Classes


@pytest.mark.parametrize(
    "classes",
    [["b", "a"], ("b", "a"), np.array(["b", "a"]), pd.Series(["b", "a"]), iter(["b", "a"])],
    ids=lambda c: type(c).__name__,
)
def test_classes_keep_their_order(classes):
    assert declared_classes(classes).tolist() == ["b", "a"]


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ([], "at least two"),
        (["only"], "at least two"),
        ("ab", "give a list"),
        (2, "give a list"),
        (None, "give a list"),
        ({"a", "b"}, "order"),
        (["a", "b", "a"], "'a' is declared twice"),
        ([0, 1, 1.0], "1.0 is declared twice"),
        ([0, 1] * 50_000, "holds 100,000 values, 2 of them different"),
        ([0, "1"], "not of one type"),
        ([True, 2], "not of one type"),
        ([None, "a"], "not of one type"),
        ([(1,), (2,)], "not of one type"),
        ([0.5, 1.0], "0.5 is no whole number"),
        ([0.0, float("nan")], "nan is no whole number"),
    ],
)
def test_bad_classes_are_named(classes, words):
    with pytest.raises(InputError, match=words):
        declared_classes(classes)


# Who is sought by name

TWO, THREE = declared_classes(["a", "b"]), declared_classes(["a", "b", "c"])


def test_declared_minorities():
    assert minority_codes(TWO, "a") == (0,)
    assert minority_codes(THREE, ["c", "a"]) == (0, 2)
    assert minority_codes(THREE, ("b",)) == (1,)
    assert minority_codes(THREE, np.array(["b", "b"])) == (1,)
    assert minority_codes(declared_classes([0, 1]), np.int64(0)) == (0,)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ("z", "minority names 'z'"),
        (["a", "z"], "minority names 'z'"),
        (1, "minority names 1"),
        ([], "at least one class"),
        (["a", "b"], "not all"),
    ],
)
def test_bad_minorities_are_named(declared, words):
    with pytest.raises(InputError, match=words):
        minority_codes(TWO, declared)
