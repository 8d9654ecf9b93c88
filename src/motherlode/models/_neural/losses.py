"""Losses for rare classes, and what turns a network's outputs back into probabilities.

Each loss changes what the outputs mean. `Objective` knows the way back, so that a network gives
the probabilities of rows as they came, whatever it was trained with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from ..._rows.arrays import Codes, Floats
from ...errors import InputError

_TEMPERATURES = 0.05, 20.0
SMALLEST = 1e-30  # stands for a probability of 0 in single precision, before its logarithm


@dataclass(frozen=True)
class Focal:
    r"""Give rows that the network is sure of next to no weight: the focal loss.

    .. math:: -(1 - p_y)^\gamma \log p_y

    Its minimiser is not the probability but a flatter function of it, which is turned back by

    .. math:: \eta_c \propto p_c / \varphi(p_c), \quad
        \varphi(v) = (1 - v)^\gamma - \gamma (1 - v)^{\gamma - 1} v \log v.

    Parameters
    ----------
    gamma : float
        The exponent; 0 is the log loss.

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
        _check("gamma", self.gamma)

    def probabilities(self, log_p: Floats) -> Floats:
        """Return the probabilities that a minimiser of the loss means by its softmax.

        Parameters
        ----------
        log_p : ndarray of shape (n, k)
            Logarithms of the softmax.

        Returns
        -------
        ndarray of shape (n, k)
        """
        v = np.clip(np.exp(log_p), SMALLEST, 1.0 - 1e-15)
        rest = 1.0 - v
        phi = rest**self.gamma - self.gamma * rest ** (self.gamma - 1.0) * v * np.log(v)
        share = v / np.maximum(phi, SMALLEST)
        return np.asarray(share / share.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class LogitAdjusted:
    r"""Move the logits by the classes' shares in the log loss: rare classes get wider margins.

    .. math:: -\log \operatorname{softmax}_y (f(x) + \tau \log \pi)

    *f* alone then serves the balanced error. The classifier puts the shares back and answers
    with probabilities.

    Parameters
    ----------
    tau : float
        How far logits are moved; 0 is the log loss.

    References
    ----------
    Menon, Jayasumana, Rawat, Jain, Veit & Kumar (2021), Long-tail learning via logit adjustment,
    ICLR, eq. 10.
    """

    tau: float = 1.0

    def __post_init__(self) -> None:
        _check("tau", self.tau)


_BY_NAME: dict[str, Any] = {"focal": Focal, "logit_adjusted": LogitAdjusted}


def _check(name: str, value: float) -> None:
    if not (np.isfinite(value) and value >= 0):
        raise InputError(f"{name} is {value}; it must be a number of at least 0.")


def as_loss(given: Any) -> Focal | LogitAdjusted | None:
    """Find a loss by its name; a loss itself, and None for the network's own, are as they are."""
    if given is None or isinstance(given, Focal | LogitAdjusted):
        return given
    if isinstance(given, str) and given in _BY_NAME:
        return _BY_NAME[given]()
    raise InputError(
        f"loss is {given!r}; give None for the network's own, {', '.join(map(repr, _BY_NAME))}, "
        "Focal(gamma) or LogitAdjusted(tau) from motherlode.models."
    )


@dataclass(frozen=True, eq=False)
class Objective:
    """What a network is trained for, and the way back to probabilities.

    Attributes
    ----------
    loss : Focal, LogitAdjusted or None
        None for the network's own.
    trained : ndarray of shape (k,)
        Shares of the classes in what the network is shown, weights and balanced batches included.
    shares : ndarray of shape (k,)
        Those of the rows as they came. A class without rows has the same share in both.
    from_logits : bool
        Whether outputs are logits and no probabilities.
    """

    loss: Focal | LogitAdjusted | None
    trained: Floats
    shares: Floats
    from_logits: bool = False

    @property
    def adjustment(self) -> Floats:
        """What is added to the logits in the loss, shape (k,)."""
        return getattr(self.loss, "tau", 0.0) * np.log(self.trained)

    @property
    def gamma(self) -> float:
        """The exponent of the focal loss; 0 for any other."""
        return getattr(self.loss, "gamma", 0.0)

    def log_p(self, outputs: Floats) -> Floats:
        """Return log probabilities under the shares trained on, shape (n, k), from outputs."""
        check_outputs(outputs, self.from_logits, len(self.shares))
        return log_probabilities(outputs, self.from_logits)

    def logits(self, outputs: Floats) -> Floats:
        """Return log probabilities under the shares of rows as they came, plus a constant."""
        log_p = self.log_p(outputs)
        if isinstance(self.loss, Focal):
            log_p = np.log(np.maximum(self.loss.probabilities(log_p), SMALLEST))
        moved = np.log(self.shares) - np.log(self.trained)
        return np.asarray(log_p + self.adjustment + moved)


def log_probabilities(outputs: Floats, from_logits: bool) -> Floats:
    """Return log probabilities of shape (n, k) from outputs, of one unit for two classes too."""
    out = np.asarray(outputs, dtype=np.float64)
    if out.shape[1] == 1:
        out = np.hstack([np.zeros_like(out) if from_logits else 1.0 - out, out])
    return np.asarray(
        log_softmax(out, axis=1) if from_logits else np.log(np.maximum(out, SMALLEST))
    )


def check_outputs(outputs: Floats, from_logits: bool, k: int) -> None:
    """Raise an `InputError` unless these are a classifier's outputs for ``k`` classes."""
    if outputs.ndim != 2 or not (outputs.shape[1] == k or (k == 2 and outputs.shape[1] == 1)):
        units = outputs.shape[1] if outputs.ndim == 2 else f"shape {outputs.shape[1:]} of"
        raise InputError(
            f"The network has {units} output{'' if units == 1 else 's'} and there are {k} "
            f"classes; end it with {k} units{', or one sigmoid unit' if k == 2 else ''}."
        )
    if from_logits or not np.isfinite(outputs).all():
        return
    sums = outputs.sum(axis=1) if outputs.shape[1] > 1 else 1.0
    if outputs.min() < -1e-6 or outputs.max() > 1 + 1e-6 or np.abs(sums - 1.0).max() > 1e-3:
        raise InputError(
            "The network's outputs are no probabilities, as of a regression head; end it with a "
            "softmax or one sigmoid unit, or say from_logits=True if they are logits."
        )


def fitted_temperature(logits: Floats, codes: Codes, weights: Floats) -> float:
    r"""Find the T with the least log loss of :math:`\operatorname{softmax}(z / T)` on some rows.

    It lies between 0.05 and 20: rows that are all told rightly would ask for 0.

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

    def log_loss(log_t: float) -> float:
        own = log_softmax(logits / np.exp(log_t), axis=1)[np.arange(len(codes)), codes]
        return -float(np.average(own, weights=weights))

    bounds = np.log(_TEMPERATURES)
    found = minimize_scalar(log_loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))
