import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from motherlode.errors import LeakWarning
from motherlode.pool._leaks import find_leaks
from motherlode.simulation import Dataset, simulate

LABELS = ["yes" if i % 9 == 0 else "no" for i in range(60)]
FRAME = {
    "same": LABELS,
    "coded": [7 if label == "yes" else 3 for label in LABELS],
    "gaps": [float(i) if label == "yes" else None for i, label in enumerate(LABELS)],
    "near": ["yes", *LABELS[1:59], "yes"],
    "finer": [f"{label}{i % 2}" for i, label in enumerate(LABELS)],
    "other": ["a", "b"] * 30,
    "constant": [1] * 60,
}
LEAKS = {
    "same": "equals the label",
    "coded": "maps one to one onto the label",
    "gaps": "has its gaps where the label is of one class",
}


@pytest.mark.parametrize("make", [pa.table, pd.DataFrame, pl.DataFrame])
def test_columns_that_give_the_label_away_are_found(make):
    assert find_leaks(make(FRAME), range(60), LABELS) == LEAKS


def test_only_labelled_rows_count():
    frame = pa.table({"x": ["a"] * 20 + ["b"] * 20 + ["a", "b", "c"] * 20})
    rows, labels = list(range(10, 30)), ["p"] * 10 + ["n"] * 10
    assert find_leaks(frame, rows, labels) == {"x": "maps one to one onto the label"}
    assert find_leaks(frame, [*rows, 41], [*labels, "p"]) == {}


def test_what_chance_may_do_is_no_leak_but_equal_words_are():
    frame = pa.table({"x": [1, 0, 0, 0, 1], "y": ["p", "n", "n", "n", "n"]})
    assert find_leaks(frame, range(4), ["p", "n", "n", "n"]) == {"y": "equals the label"}
    assert find_leaks(frame, range(3), ["n", "n", "n"]) == {}


def test_the_label_may_show_late_in_many_rows():
    n = 25_000
    labels = np.array(["n"] * n)
    labels[[150, 20_000]] = "p"
    x = (labels == "p").astype(float)
    late = x.copy()
    late[24_999] = 1
    assert find_leaks(np.column_stack([x, late]), range(n), labels.tolist()) == {
        "0": "maps one to one onto the label"
    }


@pytest.mark.parametrize("data", [["some text"] * 60, np.ones((60, 2, 2))])
def test_other_data_have_no_columns(data):
    assert find_leaks(data, range(60), LABELS) == {}


def test_a_simulation_warns_of_a_leak():
    data = pa.table({"x": list(range(60)), "coded": FRAME["coded"]})
    dataset = Dataset("d", data, LABELS, "yes")
    with pytest.warns(LeakWarning, match="Column 'coded' of the data set 'd' maps one to one"):
        simulate(dataset, "random", seeds=1, budget=10)
