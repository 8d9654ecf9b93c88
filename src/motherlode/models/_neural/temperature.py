"""Temperature scaling: one number that makes a network as sure as it is right."""

import numpy as np
from scipy.optimize import minimize_scalar

from ..._rows.arrays import Codes, Floats
from .losses import log_loss

_COLDEST, _HOTTEST = 0.05, 20.0


def fitted_temperature(logits: Floats, codes: Codes, weights: Floats) -> float:
    r"""The T with the least log loss of :math:`\operatorname{softmax}(z / T)` on held-out rows.

    Parameters
    ----------
    logits : ndarray of shape (m, k)
        Of rows that the network was not trained on.
    codes : ndarray of int of shape (m,)
        Their classes, as columns.
    weights : ndarray of shape (m,)

    Returns
    -------
    float
        Between 0.05 and 20: held-out rows that are all told rightly would ask for 0.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger (2017), On calibration of modern neural networks, ICML,
    section 4.2.

    Examples
    --------
    Sure at 0.88, right in three of four: the logits ±1 are to be ±0.55, half the log odds of 3.

    >>> z = np.array([[1.0, -1.0]] * 4)
    >>> round(2 / fitted_temperature(z, np.array([0, 0, 0, 1]), np.ones(4)), 3)
    1.099
    """
    found = minimize_scalar(
        lambda t: log_loss(logits / np.exp(t), codes, weights),
        bounds=(np.log(_COLDEST), np.log(_HOTTEST)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))
