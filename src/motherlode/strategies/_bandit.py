"""A strategy that learns while labelling which of its parts to trust."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Codes, Floats
from ..errors import InputError
from ._base.strategy import Strategy
from ._base.turns import PartsInTurn
from ._graph import Galaxy
from ._minority import MostLikely
from ._random import Random
from ._uncertainty import Margin

# The paper keeps 0.9 of an arm's record for each batch; this is about the same for each label.
_KEPT = 0.99


@dataclass(frozen=True, init=False)
class Tailor(PartsInTurn):
    """Strategies as arms of a bandit, rewarded for labels of classes that are short.

    An arm is judged by the labels of the rows it asked: ``alpha_c = 1 + sum 0.99^age [label c]``.
    For each pick, ``theta ~ Dirichlet(alpha)`` is drawn for every arm, and the arm with the
    largest ``sum_c theta_c v_c`` takes its best row (Thompson sampling). A label of class ``c``
    is worth ``v_c = 1 / max(n_c, 1)``, and ``-v_c`` if more than half the labels are of it.

    Parameters
    ----------
    *arms : Strategy
        The parts; `MostLikely`, `Margin`, `Galaxy` and `Random` by default.

    Notes
    -----
    For any number of classes. `View.asked_by` tells which arm asked a row, for rows of the
    learner's own queries. Other labels count in ``n_c`` and credit no arm, and to replay a session
    the queries must be repeated with the labels. As a part of another strategy `Tailor` learns
    nothing.

    References
    ----------
    Zhang, Shao, Verma & Nowak (2023), Algorithm selection for deep active learning with
    imbalanced datasets, NeurIPS, arXiv:2302.07317 (it forgets by the batch and not by the label).
    """

    parts: tuple[Strategy, ...]

    family: ClassVar[str] = "adaptive"
    paper: ClassVar[str] = "Zhang et al. 2023"

    def __init__(self, *arms: Strategy) -> None:
        arms = arms or (MostLikely(), Margin(), Galaxy(), Random())
        names = [str(arm) for arm in arms]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise InputError(f"Tailor has the arm {twice} twice; each arm is known by its name.")
        object.__setattr__(self, "parts", tuple(arms))

    def beliefs(self, view: View) -> Floats:
        """Give the ``alpha`` of every arm and class, shape (arms, k).

        Parameters
        ----------
        view : View
            The round, as far as a strategy may see it.
        """
        alpha = np.ones((len(self.parts), len(view.classes)))
        places, arms = self._find_credits(view)
        for arm, code in zip(arms, view.labelled_codes[places], strict=True):
            alpha = 1.0 + _KEPT * (alpha - 1.0)
            alpha[arm, code] += 1.0
        return alpha

    def _find_credits(self, view: View) -> tuple[list[int], list[int]]:
        """List the places among the labels of those that an arm asked, and the arm of each."""
        names = {str(part): i for i, part in enumerate(self.parts)}
        arms = [names.get(view.asked_by.get(row, ""), -1) for row in view.labelled_rows.tolist()]
        places = [place for place, arm in enumerate(arms) if arm >= 0]
        return places, [arms[place] for place in places]

    def _worth(self, view: View) -> Floats:
        n = np.bincount(view.labelled_codes, minlength=len(view.classes))
        return np.where(2 * n > n.sum(), -1.0, 1.0) / np.maximum(n, 1)

    def _order(self, view: View, turns: Codes) -> Codes:
        over = int(np.searchsorted(turns, view.turn))
        known = self._find_credits(view)[1][-over:] if over else []
        # Labels that no arm is known to have asked count as if each had asked as many.
        order = np.arange(len(turns)) % len(self.parts)
        order[over - len(known) : over] = known
        beliefs = self.beliefs(view)
        theta = view.rng("tailor").standard_gamma(
            np.broadcast_to(beliefs, (len(turns) - over, *beliefs.shape))
        )
        theta /= theta.sum(axis=2, keepdims=True)
        order[over:] = (theta @ self._worth(view)).argmax(axis=1)
        return order

    def __str__(self) -> str:
        return f"Tailor({', '.join(str(part) for part in self.parts)})"
