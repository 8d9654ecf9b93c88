"""How a value says that there is none, in any library."""

from decimal import Decimal
from typing import Any

import numpy as np


def is_gap(value: Any) -> bool:
    """Tell whether a value stands for a missing one: None, NaN, NaT, or the gap of pandas.

    Parameters
    ----------
    value : object
        One value; a list or an array is none of these, whatever it holds.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_gap(None), is_gap(float("nan")), is_gap(np.datetime64("NaT"))
    (True, True, True)
    >>> is_gap(0), is_gap(""), is_gap([None])
    (False, False, False)
    """
    # Pandas need not be loaded to know its gaps, which differ from nothing and are no number.
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | Decimal | np.generic) and bool(value != value)
