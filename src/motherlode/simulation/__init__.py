"""Labelling sessions rehearsed on data whose labels are all known.

`run` rehearses one, `simulate` compares strategies over data sets and seeds, and `write_report`
makes a page of the comparison.
"""

from .curves import LearningCurvesDisplay
from .dataset import Dataset, split
from .grid import simulate
from .identity import versions
from .record import METRICS, Round, Run
from .report import write_report
from .results import Curve, Estimate, Results
from .run import run
from .start import starting_rows

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
