"""Each library's way to say that a value is missing is known, and nothing else is taken for it."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from motherlode._rows.gaps import is_gap

GAPS = [
    None,
    float("nan"),
    np.float32("nan"),
    np.datetime64("NaT"),
    np.timedelta64("NaT"),
    pd.NA,
    pd.NaT,
    Decimal("NaN"),
]
VALUES = [0, "", "nan", False, np.bool_(False), np.str_(""), float("inf"), np.int8(3), Decimal(0),
          date(2026, 8, 31), pd.Timestamp(0), [None], np.array([np.nan, 1.0]), {}]  # fmt: skip


@pytest.mark.parametrize("value", GAPS, ids=repr)
def test_a_gap_of_any_library(value):
    assert is_gap(value)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_no_gap(value):
    assert not is_gap(value)
