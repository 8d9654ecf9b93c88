"""Simulations of labelling sessions, on data whose labels are all known.

`run` simulates one session, `simulate` compares strategies over data sets and seeds, and
`write_report` makes a page of the comparison.
"""

from ._curves import LearningCurvesDisplay
from ._dataset import Dataset, split
from ._grid import simulate
from ._identity import versions
from ._patients import patients
from ._record import ROUND_METRICS, Round, Run
from ._report import write_report
from ._results import Curve, Results, SeedMean
from ._run import run
from ._start import starting_rows

__all__ = [
    "ROUND_METRICS",
    "Curve",
    "Dataset",
    "LearningCurvesDisplay",
    "Results",
    "Round",
    "Run",
    "SeedMean",
    "patients",
    "run",
    "simulate",
    "split",
    "starting_rows",
    "versions",
    "write_report",
]
