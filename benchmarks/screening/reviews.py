"""Reviews as both programs get them: the same records, order and known inclusion."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.datasets.packages import NotFetched

STARTS = {"none": 0, "one": 1}
"""Inclusions known before the first record is read."""


@dataclass(frozen=True)
class Deal:
    """The records of a review in the order of one seed.

    Attributes
    ----------
    review : str
    records : DataFrame
        The columns "title" and "abstract", no gaps.
    included : array of shape (records,)
    """

    review: str
    records: pd.DataFrame
    included: NDArray[np.bool_]

    def known(self, start: str) -> NDArray[np.intp]:
        """Rows whose label is known at that start: as many of the first inclusions as it says."""
        return np.flatnonzero(self.included)[: STARTS[start]]

    def texts(self) -> list[str]:
        """A record as one text."""
        return (self.records["title"] + "\n" + self.records["abstract"]).str.strip().tolist()


def names(folder: Path) -> list[str]:
    """The reviews of a folder, those with fewest records first.

    Raises
    ------
    NotFetched
        If there is none.
    """
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise NotFetched(f"{folder} has no review: a review is a Parquet file in it")
    return sorted((file.stem for file in files), key=lambda name: len(_table(folder, name)))


def deal(folder: Path, review: str, seed: int) -> Deal:
    """A review in the random order of a seed: a file may list what was included first."""
    table = _table(folder, review)
    order = np.random.default_rng(seed).permutation(len(table))
    table = table.iloc[order].reset_index(drop=True)
    records = table[["title", "abstract"]].fillna("").apply(lambda column: column.str.strip())
    return Deal(review, records, table["included"].to_numpy(dtype=bool))


def _table(folder: Path, review: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{review}.parquet", columns=["title", "abstract", "included"])
