"""Labelling sessions rehearsed on data whose labels are all known.

`run` rehearses one, `simulate` compares strategies over data sets and seeds, and `write_report`
makes a page of the comparison.
"""

from ._curves import LearningCurvesDisplay
from ._dataset import Dataset, split
from ._grid import simulate
from ._identity import versions
from ._record import METRICS, Round, Run
from ._report import write_report
from ._results import Curve, Estimate, Results
from ._run import run
from ._start import starting_rows

__all__ = [
    "METRICS",
    "Curve",
    "Dataset",
    "Estimate",
    "LearningCurvesDisplay",
    "Results",
    "Round",
    "Run",
    "run",
    "simulate",
    "split",
    "starting_rows",
    "versions",
    "write_report",
]
