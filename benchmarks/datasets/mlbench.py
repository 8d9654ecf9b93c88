"""Statlog sets from the R package mlbench; its `.rda` files are read without R."""

from functools import partial

from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.packages import NotFetched, Package

PACKAGE = Package("apt", "r-cran-mlbench", "usr/lib/R/site-library/mlbench/data", "GPL-2")


def _read(name: str, target: str, positive: str) -> Rows:
    """The frame `name` of the file of that name; every feature of both sets is a number."""
    path = PACKAGE.path(f"{name}.rda")
    try:
        import pyreadr  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise NotFetched(
            "pip pyreadr is not installed: run benchmarks/datasets/fetch.sh pip"
        ) from None
    frame = pyreadr.read_r(str(path))[name]
    found = frame.pop(target).astype("str") == positive
    return Rows(frame.to_numpy("float32"), found.to_numpy(dtype=bool))


_tabular = partial(Entry, "tabular", package=PACKAGE, licence="UCI CC BY 4.0")

ENTRIES = {
    "shuttle_fpvopen": _tabular(
        Counts(58_000, 9, 171),
        read=partial(_read, "Shuttle", "Class", "Fpv.Open"),
        note="large, rare, easy once found",
    ),
    "shuttle_fpvclose": _tabular(
        Counts(58_000, 9, 50),
        read=partial(_read, "Shuttle", "Class", "Fpv.Close"),
        note="large, 1:1159",
    ),
    "letter_z": _tabular(
        Counts(20_000, 16, 734),
        read=partial(_read, "LetterRecognition", "lettr", "Z"),
        note="capital Z in twenty fonts",
    ),
}
