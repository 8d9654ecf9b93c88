"""Strategies that combine strategies by rank: common scales and turns.

A sum of quantities in different units means little. `Ranks` puts any strategy on one scale, and
`Interleave` and `Mixture` need no scale at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

import numpy as np
from scipy.stats import rankdata

from .._round.view import View
from .._rows.arrays import Codes, Floats
from ..errors import InputError
from ._base.strategy import Combined, Strategy
from ._base.turns import PartsInTurn, draw_by_turn

_MOST = 1_000  # the largest weight of a part in strict turns


@dataclass(frozen=True)
class Ranks(Combined):
    """A part's ranks, scaled to (0, 1]: a common scale for sums and products of anything.

    Equal utilities share the mean of their ranks.

    Parameters
    ----------
    part : Strategy
        The strategy whose utilities are ranked.
    """

    part: Strategy

    def utilities(self, view: View) -> Floats:
        """Give the share of candidates that a row is at least as good as."""
        u = self.part.compute_utilities(view)
        return np.asarray(rankdata(u) / max(len(u), 1))

    def __str__(self) -> str:
        return f"Ranks({self.part})"


@dataclass(frozen=True, init=False)
class TurnsByWeight(PartsInTurn):
    """Strategies that take turns by weight; equal weights by default."""

    parts: tuple[Strategy, ...]
    weights: tuple[float, ...]

    def __init__(self, *parts: Strategy, weights: Sequence[float] = ()) -> None:
        name = type(self).__name__
        if not parts:
            raise InputError(f"{name} needs at least one strategy.")
        for part in parts:
            if not isinstance(part, Strategy):
                raise InputError(
                    f"{name} was given {part!r}; give strategies, and make one of a name or of an "
                    "object of your own by as_strategy()."
                )
        given = tuple(float(w) for w in weights) or (1.0,) * len(parts)
        if len(given) != len(parts) or not all(np.isfinite(w) and w > 0 for w in given):
            raise InputError(
                f"{name} has {len(parts)} strategies and the weights {list(given)}; give one "
                "positive weight for each."
            )
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "weights", given)

    def __str__(self) -> str:
        said = [str(part) for part in self.parts]
        if len(set(self.weights)) > 1:
            said.append(f"weights={list(self.weights)}")
        return f"{type(self).__name__}({', '.join(said)})"


class Interleave(TurnsByWeight):
    """Strategies in strict turns: the best row of each, then the next best of each.

    A part whose best row is taken asks its next one, so every part has its exact share. The turns
    go on where the labels so far end, however many rows a query asks for. An `Interleave` among
    the parts goes on after its own last turn.

    Parameters
    ----------
    *parts : Strategy
        The strategies that take turns.
    weights : sequence of int, optional
        How many turns each part has before the weights start over, 1 by default and at most 1,000.

    Notes
    -----
    After any number of turns a part has had its exact share of them give or take less than one.
    Turns are counted by labels, without control draws; labels of your own between queries shift
    them. In a product, a power or a sum the parts change with the turn of the whole.

    References
    ----------
    Tijdeman (1980), The chairman assignment problem, Discrete Mathematics 32: shares within one
    turn at any time.

    Examples
    --------
    >>> from motherlode.strategies import Margin, MostLikely
    >>> print(Interleave(MostLikely(), Margin()))
    Interleave(MostLikely, Margin)
    >>> print(Interleave(MostLikely(), Margin(), weights=[6, 2]))
    Interleave(MostLikely, Margin, weights=[3, 1])
    """

    def __init__(self, *parts: Strategy, weights: Sequence[int] = ()) -> None:
        super().__init__(*parts, weights=weights)
        if any(w % 1 or w > _MOST for w in self.weights):
            raise InputError(
                f"Interleave has the weights {list(self.weights)}; give whole numbers from 1 to "
                f"{_MOST:,}."
            )
        whole = [int(w) for w in self.weights]
        object.__setattr__(self, "weights", tuple(w // gcd(*whole) for w in whole))

    def _order(self, view: View, turns: Codes) -> Codes:
        period = _period(tuple(map(int, self.weights)))
        return period[np.arange(len(turns)) % len(period)]


@lru_cache
def _period(weights: tuple[int, ...]) -> Codes:
    """Give the part that takes each turn until the weights start over.

    A part whose share is s may take its turn number k, from 0, once ``s (t + 1) > k``, and must
    take it before ``s t = k + 1``. Of those that may, the next is the one that must first.
    """
    total, had = sum(weights), [0] * len(weights)
    order = []
    for t in range(total):
        may = [i for i, w in enumerate(weights) if w * (t + 1) > had[i] * total]
        order.append(min(may, key=lambda i: -(-(had[i] + 1) * total // weights[i])))
        had[order[-1]] += 1
    return np.array(order, dtype=np.int64)


class Mixture(TurnsByWeight):
    """Strategies at random: each turn goes to a part drawn with the given weights.

    Parameters
    ----------
    *parts : Strategy
        The strategies that are drawn.
    weights : sequence of float, optional
        One positive weight for each part; equal by default.

    Notes
    -----
    A part whose best row is taken asks its next one. Who takes a turn is the same however the turns
    are cut into batches.

    Examples
    --------
    >>> from motherlode.strategies import Margin, Random
    >>> print(Mixture(Margin(), Random(), weights=[0.9, 0.1]))
    Mixture(Margin, Random, weights=[0.9, 0.1])
    """

    def _order(self, view: View, turns: Codes) -> Codes:
        upto = np.cumsum(self.weights)
        return np.searchsorted(upto[:-1] / upto[-1], draw_by_turn(self, view, turns), side="right")
