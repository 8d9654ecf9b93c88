"""The array types of signatures."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""One float64 a row, or a matrix of them."""

Rows = NDArray[np.int64]
"""Global row ids of a pool: 0 … n-1, fixed for its life."""

Codes = NDArray[np.int64]
"""Labels as positions in the declared classes."""

Matrix = Any
"""What a scikit-learn model reads: an ndarray, a scipy sparse matrix, a frame or a list."""
