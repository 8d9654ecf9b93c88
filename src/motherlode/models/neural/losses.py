"""Losses for rare classes, and what turns a network's answer back into probabilities.

Each loss changes what the network's outputs mean. `Objective` knows the way back, so that
whatever a network was trained with, its probabilities are those of rows as they came.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from ...arrays import Codes, Floats
from ...errors import InputError

_COLDEST, _HOTTEST = 0.05, 20.0
SMALLEST = 1e-30  # a probability of 0 in single precision, before its logarithm


@dataclass(frozen=True)
class Focal:
    r"""Focal loss: rows that the network is sure of weigh next to nothing.

    .. math:: -(1 - p_y)^\gamma \log p_y

    Its minimiser is not the probability but a flatter function of it, which is turned back by

    .. math:: \eta_c \propto p_c / \varphi(p_c), \quad
        \varphi(v) = (1 - v)^\gamma - \gamma (1 - v)^{\gamma - 1} v \log v.

    Parameters
    ----------
    gamma : float
        0 is the log loss.

    References
    ----------
    Lin, Goyal, Girshick, He & Dollár (2017), Focal loss for dense object detection, ICCV, eq. 4.
    Charoenphakdee, Vongkulbhisal, Chairatanakul & Sugiyama (2021), On focal loss for
    class-posterior probability estimation: a theoretical perspective, CVPR, theorem 11.

    Examples
    --------
    >>> Focal().probabilities(np.log([[0.3, 0.7]])).round(2).tolist()
    [[0.09, 0.91]]
    """

    gamma: float = 2.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.gamma) and self.gamma >= 0):
            raise InputError(f"gamma is {self.gamma}; it must be a number of at least 0.")

    def probabilities(self, log_p: Floats) -> Floats:
        """The probabilities that a minimiser of the loss means by its softmax, shape (n, k)."""
        v = np.clip(np.exp(log_p), SMALLEST, 1.0 - 1e-15)
        rest = 1.0 - v
        phi = rest**self.gamma - self.gamma * rest ** (self.gamma - 1.0) * v * np.log(v)
        share = v / np.maximum(phi, SMALLEST)
        return np.asarray(share / share.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class LogitAdjusted:
    r"""Log loss of logits moved by the classes' shares: margins are wider for rare classes.

    .. math:: -\log \operatorname{softmax}_y (f(x) + \tau \log \pi)

    *f* alone then serves the balanced error; with the shares put back it gives probabilities,
    and these are what the classifier answers.

    Parameters
    ----------
    tau : float
        0 is the log loss.

    References
    ----------
    Menon, Jayasumana, Rawat, Jain, Veit & Kumar (2021), Long-tail learning via logit adjustment,
    ICLR, eq. 10.
    """

    tau: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.tau) and self.tau >= 0):
            raise InputError(f"tau is {self.tau}; it must be a number of at least 0.")


LOSSES: dict[str, "Focal | LogitAdjusted"] = {"focal": Focal(), "logit_adjusted": LogitAdjusted()}


def as_loss(given: Any) -> "Focal | LogitAdjusted | None":
    """A loss from its name, the loss itself, or None for the network's own."""
    if given is None or isinstance(given, Focal | LogitAdjusted):
        return given
    if isinstance(given, str) and given in LOSSES:
        return LOSSES[given]
    raise InputError(
        f"loss is {given!r}; give None for the network's own, {', '.join(map(repr, LOSSES))}, "
        "Focal(gamma) or LogitAdjusted(tau) from motherlode.models."
    )


@dataclass(frozen=True, eq=False)
class Objective:
    """What a network is trained for, and the way back to probabilities.

    Attributes
    ----------
    loss : Focal, LogitAdjusted or None
    trained : ndarray of shape (k,)
        Shares of the classes in what the network is shown, weights and balanced batches included.
    shares : ndarray of shape (k,)
        Those of the rows as they came. A class without rows has the same share in both.
    """

    loss: Focal | LogitAdjusted | None
    trained: Floats
    shares: Floats

    @property
    def adjustment(self) -> Floats:
        """What is added to the logits in the loss, shape (k,)."""
        if isinstance(self.loss, LogitAdjusted):
            return np.asarray(self.loss.tau * np.log(self.trained))
        return np.zeros(len(self.trained))

    @property
    def gamma(self) -> float:
        """The exponent of the focal loss; 0 for any other."""
        return self.loss.gamma if isinstance(self.loss, Focal) else 0.0

    def fitted_logits(self, log_p: Floats) -> Floats:
        """Log probabilities, up to a constant a row, under the shares trained on."""
        if isinstance(self.loss, Focal):
            return np.log(np.maximum(self.loss.probabilities(log_p), SMALLEST))
        return log_p + self.adjustment

    def logits(self, log_p: Floats) -> Floats:
        """Log probabilities, up to a constant a row, under the shares of rows as they came."""
        moved = np.log(self.shares) - np.log(self.trained)
        return np.asarray(self.fitted_logits(log_p) + moved)


def log_probabilities(outputs: Floats, from_logits: bool) -> Floats:
    """Log probabilities of shape (n, k) from a network's outputs, one unit for two classes."""
    out = np.asarray(outputs, dtype=np.float64)
    if out.shape[1] == 1:
        if from_logits:
            return np.asarray(log_softmax(np.hstack([np.zeros_like(out), out]), axis=1))
        out = np.hstack([1.0 - out, out])
    if from_logits:
        return np.asarray(log_softmax(out, axis=1))
    return np.log(np.maximum(out, SMALLEST))


def log_loss(logits: Floats, codes: Any, weights: Floats) -> float:
    """Weighted mean of minus the log probability of each row's own class."""
    own = log_softmax(logits, axis=1)[np.arange(len(codes)), codes]
    return float(-np.average(own, weights=weights))


def normalised(logits: Floats) -> Floats:
    """Probabilities from logits; rows add up to one."""
    return np.asarray(softmax(logits, axis=1))


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
