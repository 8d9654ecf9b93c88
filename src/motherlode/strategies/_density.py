"""Density sampling: rows where the pool is sparse, or where it is unusually dense.

A rare class hides in two ways. As *outliers* it lies where the pool is sparse. As a *compact
cluster* it is a small region denser than its surroundings. The two need opposite signs, and
`region` chooses one. Densities need no labels, so these strategies work from nothing. Alone they
learn slowly; multiplied with other strategies, or in turns with them, they keep exploring.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._inert.whole_numbers import check_whole
from .._round.view import View
from .._rows.arrays import Floats
from ..errors import InputError
from ..geometry import Bandwidth, bandwidth_of
from ..measures import entropy
from ._base.strategy import Strategy


@dataclass(frozen=True)
class _Density(Strategy):
    """A density measure in one of its signs, over all candidates or some."""

    region: str = "sparse"
    within: str | None = None

    family: ClassVar[str] = "density"
    needs: ClassVar[str] = "geometry"
    regions: ClassVar[tuple[str, ...]] = ("sparse", "dense")

    def __post_init__(self) -> None:
        if self.region not in self.regions:
            raise InputError(
                f"region is {self.region!r}; it is one of {', '.join(map(repr, self.regions))}."
            )
        if self.within not in (None, "predicted minority"):
            raise InputError(f"within is {self.within!r}; it is 'predicted minority' or None.")

    def utilities(self, view: View) -> Floats:
        """Measure the density; rows outside `within` come after all that are inside."""
        u = self._measure(view)
        if self.within is None or view.model is None:
            return u
        inside = np.isin(view.probabilities.argmax(axis=1), view.minority)
        if inside.all() or not inside.any():
            return u
        if self.logarithmic:
            return u - np.where(inside, 0.0, np.ptp(u) + 1.0)
        return u * np.where(inside, 1.0, 0.5 * u[inside].min() / u[~inside].max())

    @abstractmethod
    def _measure(self, view: View) -> Floats: ...


@dataclass(frozen=True)
class KDE(_Density):
    """Kernel density estimation over the whole pool, as log densities.

    Parameters
    ----------
    region : {"sparse", "dense", "compact"}
        "sparse" asks outliers first, "dense" the crowded core. "compact" asks rows denser than
        their surroundings, such as a small cluster inside or beside a large class: the log ratio
        of the density to that of a kernel `surroundings` times as wide.
    within : {None, "predicted minority"}
        Whether rows that the model takes for positive come before all others.
    bandwidth : "scott", "silverman" or float
        Width of the Gaussian kernel in standard deviations, since points are standardised first.
        The order is that of scikit-learn's ``KernelDensity`` on standardised points; a row's own
        kernel is left out, since in many dimensions it would make all rows equal.
    surroundings : float
        For "compact": how many times wider the surroundings are.

    References
    ----------
    Scott (1992), Multivariate density estimation. Pelleg & Moore (2004), Active learning for
    anomaly and rare-category detection (low likelihood); He & Carbonell (2007),
    Nearest-neighbor-based active learning for rare category detection (density differential).
    """

    bandwidth: Bandwidth = "scott"
    surroundings: float = 3.0

    paper: ClassVar[str] = "Scott 1992; Pelleg & Moore 2004"
    logarithmic: ClassVar[bool] = True
    regions: ClassVar[tuple[str, ...]] = ("sparse", "dense", "compact")

    def __post_init__(self) -> None:
        super().__post_init__()
        bandwidth_of(self.bandwidth, 2, 1)
        if not self.surroundings > 1:
            raise InputError(f"surroundings is {self.surroundings}; it must be more than 1.")

    def _measure(self, view: View) -> Floats:
        width = bandwidth_of(self.bandwidth, *view.pool.points.shape)
        if self.region == "compact":
            # With its own kernel in both, a row far from all others would be the most compact.
            of_others = view.pool.log_density_of_others
            return (of_others(width) - of_others(width * self.surroundings))[view.rows]
        density = view.pool.log_density(width)[view.rows]
        return density if self.region == "dense" else -density


@dataclass(frozen=True)
class LOF(_Density):
    """Local outlier factor: how much sparser a row lies than its neighbours do.

    Parameters
    ----------
    region : {"sparse", "dense"}
        "sparse" asks local outliers first: utilities are the factor itself. "dense" asks rows
        denser than their neighbourhood first: its inverse.
    within : {None, "predicted minority"}
        Whether rows that the model takes for positive come before all others.
    neighbours : int
        How many neighbours make a neighbourhood. A compact rare class is seen as such only
        while it has more rows than this; a smaller one looks like outliers.

    References
    ----------
    Breunig, Kriegel, Ng & Sander (2000), LOF: identifying density-based local outliers.
    """

    neighbours: int = 20

    paper: ClassVar[str] = "Breunig et al. 2000"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole(self.neighbours, "neighbours")

    def _measure(self, view: View) -> Floats:
        factor = view.pool.local_outlier_factor(self.neighbours)[view.rows]
        return factor if self.region == "sparse" else 1.0 / factor


@dataclass(frozen=True)
class InformationDensity(Strategy):
    """Entropy times a power of the mean similarity to the pool; utilities are its logarithm.

    Parameters
    ----------
    beta : float
        Weight of the density. 0 is entropy alone. A negative value prefers rows unlike the rest,
        which suits a rare class better, since the densest rows are the majority's.

    References
    ----------
    Settles & Craven (2008), An analysis of active learning strategies for sequence labeling
    tasks, EMNLP, eq. 6.
    """

    beta: float = 1.0

    family: ClassVar[str] = "density"
    paper: ClassVar[str] = "Settles & Craven 2008"
    logarithmic: ClassVar[bool] = True

    def utilities(self, view: View) -> Floats:
        """Compute ``log H(x) + beta log mean similarity(x, pool)``."""
        similarity = view.pool.mean_similarity()[view.rows]
        return _log(entropy(view.probabilities)) + self.beta * _log(similarity)


def _log(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, 1e-12)))
