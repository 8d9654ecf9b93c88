import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_matrix
from sklearn.preprocessing import FunctionTransformer

from motherlode.simulation import Dataset
from motherlode.simulation._identity import describe, fingerprint

LABELS = ["a", "a", "b"]
X = np.arange(6.0).reshape(3, 2)
TEXTS = ["red", "green", "blue"]

SAME_AND_CHANGED = {
    "array": (lambda: X.copy(), lambda: X + np.array([0, 1e-9])),
    "order in memory": (lambda: np.asfortranarray(X), lambda: X.T.reshape(3, 2)),
    "sparse": (lambda: csr_matrix(X), lambda: csr_matrix(X * 2)),
    "texts": (lambda: ["".join(list(t)) for t in TEXTS], lambda: ["red", "green", "blu"]),
    "shifted texts": (lambda: list(TEXTS), lambda: ["re", "dgreen", "blue"]),
    "pandas": (lambda: pd.DataFrame(X), lambda: pd.DataFrame(X[::-1])),
    "pandas names": (
        lambda: pd.DataFrame(X, columns=["u", "v"]),
        lambda: pd.DataFrame(X, columns=["u", "w"]),
    ),
    "polars": (lambda: pl.DataFrame({"w": TEXTS}), lambda: pl.DataFrame({"w": TEXTS[::-1]})),
}


@pytest.mark.parametrize(("make", "change"), SAME_AND_CHANGED.values(), ids=SAME_AND_CHANGED)
def test_equal_data_has_one_fingerprint_and_changed_data_another(make, change):
    once, again = (fingerprint(Dataset("d", make(), LABELS)) for _ in range(2))
    assert once == again
    assert fingerprint(Dataset("d", change(), LABELS)) != once


def test_labels_and_the_positive_class_count_too():
    base = fingerprint(Dataset("d", X, ["a", "b", "c"], "b"))
    assert fingerprint(Dataset("d", X, ["b", "a", "c"], "b")) != base
    assert fingerprint(Dataset("d", X, ["a", "b", "c"], "c")) != base
    assert base.startswith("3 rows, 1 of b, checksum ")


def test_descriptions_hold_no_address():
    text = describe(FunctionTransformer(func=lambda x: x))
    assert "<lambda>" in text
    assert "0x" not in text


def test_what_a_long_description_leaves_out_still_counts():
    long, again, other = (
        FunctionTransformer(kw_args={f"name{i}": i for i in range(400)} | {"name399": last})
        for last in (1, 1, 2)
    )
    assert describe(long) == describe(again) != describe(other)
    assert "\n" not in describe(long)
