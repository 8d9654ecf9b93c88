"""Strategies that combine strategies by rank: common scales and turns.

A sum of quantities in different units means little; `Ranks` puts any strategy on one scale, and
`Interleave` and `Mixture` need no scale at all.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import rankdata

from ..arrays import Floats, Rows
from ..errors import InputError
from ..view import View
from .base import Combined, Strategy, positions, ranks, scorers_of_arms


@dataclass(frozen=True)
class Ranks(Combined):
    """A part's ranks, scaled to (0, 1]: a common scale for sums and products of anything.

    Equal utilities share the mean of their ranks.
    """

    part: Strategy

    def utilities(self, view: View) -> Floats:
        """The share of candidates that a row is at least as good as."""
        u = self.part._utilities(view)
        return np.asarray(rankdata(u) / max(len(u), 1))

    def _parts(self) -> tuple[Strategy, ...]:
        return (self.part,)

    def __str__(self) -> str:
        return f"Ranks({self.part})"


@dataclass(frozen=True)
class _Merged(Combined):
    """Strategies that take turns; each row belongs to the part that names it first."""

    parts: tuple[Strategy, ...]

    def __init__(self, *parts: Strategy) -> None:
        if not parts:
            raise InputError(f"{type(self).__name__} needs at least one strategy.")
        for part in parts:
            if not isinstance(part, Strategy):
                raise InputError(
                    f"{type(self).__name__} was given {part!r}; give strategies, and make one of "
                    "a name or of an object of your own by as_strategy()."
                )
        object.__setattr__(self, "parts", tuple(parts))

    def utilities(self, view: View) -> Floats:
        """Minus the turn at which a row is first named."""
        return -self._turns(view).min(axis=0)

    def scorers(self, view: View) -> tuple[tuple[Strategy, str], ...]:
        """Those of all parts: whoever names a row among its n best has n better ones named."""
        return scorers_of_arms(self.parts, view)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """The reason of the part that asked."""
        turns = self._turns(view)[:, positions(view.rows, rows)]
        arm = turns.argmin(axis=0)
        said = [""] * len(rows)
        for i, part in enumerate(self.parts):
            mine = np.flatnonzero(arm == i)
            for j, text in zip(mine, part.reasons(view, rows[mine]), strict=True):
                said[j] = text
        return said

    def _turns(self, view: View) -> Floats:
        """The turn at which each part names each row, shape (parts, rows)."""
        return view.once(("turns", self), lambda: self._take_turns(view))

    def _take_turns(self, view: View) -> Floats:
        n = len(view.rows)
        names = []
        for i, part in enumerate(self.parts):
            place = ranks(part._utilities(view), view.lot(f"arm {i}"))
            names.append(self._calls(i, n, view)[place])
        return np.array(names)

    def _calls(self, arm: int, n: int, view: View) -> Floats:
        """The times, in increasing order, at which an arm names its best, second best, …"""
        raise NotImplementedError

    def _parts(self) -> tuple[Strategy, ...]:
        return self.parts

    def __str__(self) -> str:
        return f"{type(self).__name__}({', '.join(str(part) for part in self.parts)})"


class Interleave(_Merged):
    """Strategies in strict turns: the best row of each, then the second best of each, …

    A row named by several counts for the first. The reasons say which one asked. The turns go on
    where the labels so far end, so that asking one row at a time gives every part its turn.

    Examples
    --------
    >>> from motherlode.strategies import Margin, MostLikely
    >>> print(Interleave(MostLikely(), Margin()))
    Interleave(MostLikely, Margin)
    """

    def _calls(self, arm: int, n: int, view: View) -> Floats:
        turn = (arm - len(view.labelled_rows)) % len(self.parts)
        return np.arange(n, dtype=np.float64) * len(self.parts) + turn


@dataclass(frozen=True, init=False)
class Mixture(_Merged):
    """Strategies by lot: each pick comes from a part drawn with the given weights.

    Parameters
    ----------
    *parts : Strategy
    weights : sequence of float, optional
        One positive weight for each part; equal by default.

    Notes
    -----
    The parts call at the times of independent Poisson processes whose rates are the weights;
    the order of all calls is then a sequence of independent draws.

    Examples
    --------
    >>> from motherlode.strategies import Margin, Random
    >>> print(Mixture(Margin(), Random(), weights=[0.9, 0.1]))
    Mixture(Margin, Random, weights=[0.9, 0.1])
    """

    weights: tuple[float, ...] = field(default=())

    def __init__(self, *parts: Strategy, weights: "tuple[float, ...] | list[float]" = ()) -> None:
        super().__init__(*parts)
        object.__setattr__(self, "weights", tuple(float(w) for w in weights) or (1.0,) * len(parts))
        if len(self.weights) != len(parts) or not all(
            np.isfinite(w) and w > 0 for w in self.weights
        ):
            raise InputError(
                f"Mixture has {len(parts)} strategies and the weights {list(self.weights)}; give "
                "one positive weight for each."
            )

    def _calls(self, arm: int, n: int, view: View) -> Floats:
        gaps = view.rng(f"{self} calls {arm}").exponential(1.0 / self.weights[arm], n)
        return np.asarray(np.cumsum(gaps))

    def __str__(self) -> str:
        inside = ", ".join(str(part) for part in self.parts)
        return f"Mixture({inside}, weights={list(self.weights)})"
