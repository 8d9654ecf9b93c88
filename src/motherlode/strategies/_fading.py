"""Turns for a search that has found nothing yet: the more turns a part had, the fewer it gets.

While no positive is known, every turn of a part was in vain. So its share follows from the number
of its turns alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .._round.view import View
from .._rows.arrays import Codes
from ..errors import InputError
from ._base.strategy import Strategy
from ._compose import TurnsByWeight

_BLOCK = 256  # turns that are worked out at a time


@dataclass(frozen=True, init=False)
class Fading(TurnsByWeight):
    r"""Strategies in turns whose shares fade with the turns that they had in vain.

    After *n* turns of its own a part has the weight

    .. math:: w / (1 + n / h),

    and the next turn goes to the part that is the farthest behind its share.

    Parameters
    ----------
    *parts : Strategy
        The strategies that take turns.
    weights : sequence of float, optional
        Weights at the start, equal by default.
    halved_after : sequence of float, optional
        For each part *h*, the turns after which its weight is half; `numpy.inf`, the default, for
        one that keeps its weight.

    Notes
    -----
    This is the mean of a success rate with a gamma prior of shape *w* and rate *h*, up to a
    constant, after *n* failures: what a part can still be expected to find. Turns are counted by
    labels, as those of `Interleave` are.

    Examples
    --------
    >>> from motherlode.strategies import KCentre, Random
    >>> print(Fading(KCentre(), Random(), weights=[2, 1], halved_after=[10, np.inf]))
    Fading(KCentre, Random, weights=[2.0, 1.0], halved_after=[10.0, inf])
    """

    halved_after: tuple[float, ...]

    def __init__(
        self,
        *parts: Strategy,
        weights: Sequence[float] = (),
        halved_after: Sequence[float] = (),
    ) -> None:
        super().__init__(*parts, weights=weights)
        halves = tuple(float(h) for h in halved_after) or (np.inf,) * len(parts)
        if len(halves) != len(parts) or not all(h > 0 for h in halves):
            raise InputError(
                f"Fading has {len(parts)} strategies and halved_after={list(halves)}; give a "
                "number of turns above 0 for each."
            )
        object.__setattr__(self, "halved_after", halves)

    def _order(self, view: View, turns: Codes) -> Codes:
        blocks = -(-len(turns) // _BLOCK)
        upto = blocks * _BLOCK
        return _order(self.weights, self.halved_after, upto)[: len(turns)]

    def __str__(self) -> str:
        inside = ", ".join(str(part) for part in self.parts)
        halved = list(self.halved_after)
        return f"Fading({inside}, weights={list(self.weights)}, halved_after={halved})"


@lru_cache(maxsize=64)
def _order(weights: tuple[float, ...], halves: tuple[float, ...], n: int) -> Codes:
    """Give the part that takes each of the first ``n`` turns; the start does not depend on n."""
    w, h = np.array(weights), np.array(halves)
    had, due = np.zeros(len(w)), np.zeros(len(w))
    order = np.empty(n, dtype=np.int64)
    for t in range(n):
        now = w / (1.0 + had / h)
        due += now / now.sum()
        order[t] = due.argmax()
        had[order[t]] += 1.0
        due[order[t]] -= 1.0
    return order
