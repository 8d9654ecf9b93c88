"""Benchmark data sets as the simulation takes them, whole or cut down."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import datasets
from benchmarks.efficiency.setting import RARE
from motherlode.errors import InputError
from motherlode.simulation import Dataset

LARGE = 25_000
"""Rows from which on a set is pointed out in the table."""

_HALVES = {"develop": datasets.DEVELOP, "judge": datasets.JUDGE}


@dataclass(frozen=True, eq=False)
class Prepared:
    """A set to simulate on, and what the table has to say of its size."""

    dataset: Dataset
    note: str

    @property
    def ratio(self) -> float:
        """Others for each positive."""
        positive = self.dataset.is_positive
        return float((~positive).sum() / positive.sum())

    @property
    def is_rare(self) -> bool:
        """Whether it holds at least `RARE` others for each positive."""
        return round(self.ratio) >= RARE

    @property
    def pool_rows(self) -> int:
        """Rows of the pool, about; the split rounds by class."""
        return round(0.6 * len(self.dataset.labels))


def chosen(names: list[str]) -> list[str]:
    """Names with "develop" and "judge" replaced by the sets of that half.

    Raises
    ------
    InputError
        If a name is unknown.
    """
    wanted = [known for name in names for known in _HALVES.get(name, (name,))]
    for name in wanted:
        if name not in datasets.NAMES:
            raise InputError(
                f"there is no data set {name!r}; choose from "
                f"{', '.join([*_HALVES, *datasets.NAMES])}"
            )
    return list(dict.fromkeys(wanted))


def prepare(name: str, max_rows: int | None = None) -> Prepared:
    """Load a set, and cut it down if it has more than `max_rows` rows."""
    loaded = datasets.load(name)
    n = len(loaded.labels)
    data, labels = loaded.data, loaded.labels
    note = "large" if n > LARGE else ""
    if max_rows is not None and n > max_rows:
        kept = stratified(labels, max_rows)
        data = [data[row] for row in kept] if isinstance(data, list) else data[kept]
        labels = labels[kept]
        note = f"stratified sample of {n:,} rows, seed 0"
    return Prepared(Dataset(name, data, labels, minority=1), note)


def stratified(labels: NDArray[np.int8], size: int) -> NDArray[np.int64]:
    """Rows of a random sample, in their old order, that keeps the share of positives; seed 0.

    The number of positives is rounded, to no fewer than four: less than that cannot be split
    into a pool and a test part with something to find in the one and to rank in the other.
    """
    rng = np.random.default_rng(0)
    positives = np.flatnonzero(labels == 1)
    n_positive = max(round(len(positives) * size / len(labels)), min(4, len(positives)))
    drawn = [
        rng.choice(positives, n_positive, replace=False),
        rng.choice(np.flatnonzero(labels == 0), size - n_positive, replace=False),
    ]
    return np.sort(np.concatenate(drawn))
