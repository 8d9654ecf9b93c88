"""Where points lie among each other: pure functions of a matrix of points.

Work goes in blocks, so memory stays linear in the number of points.
"""

from ._centres import NearestCentre
from ._density import (
    EXACT_DENSITY_ROWS,
    Bandwidth,
    Density,
    bandwidth_of,
    exact_density,
    in_order,
    log_density,
    truncated_density,
    with_own_kernel,
)
from ._exact import neighbours_of_some, squared_lengths
from ._graph import Neighbours
from ._neighbours import nearest_neighbours
from ._outliers import local_outlier_factor, outlier_factor
from ._progress import Progress, silent
from ._similarity import mean_similarity

__all__ = [
    "EXACT_DENSITY_ROWS",
    "Bandwidth",
    "Density",
    "NearestCentre",
    "Neighbours",
    "Progress",
    "bandwidth_of",
    "exact_density",
    "in_order",
    "local_outlier_factor",
    "log_density",
    "mean_similarity",
    "nearest_neighbours",
    "neighbours_of_some",
    "outlier_factor",
    "silent",
    "squared_lengths",
    "truncated_density",
    "with_own_kernel",
]
