"""Estimates of a project that are corrected for the errors of its annotators."""

from collections.abc import Sequence

from ..._round.positive_class import PositiveClass
from ...estimation import Estimates, correct_counts
from .._data.settings import Settings
from .._log.fold import DISPUTED, LABEL, State
from .._serving.leases import OpenDraw
from .advice import name_sought_rows
from .annotators import is_shared
from .origins import build_session, list_labelled


def correct_estimates(
    state: State,
    settings: Settings,
    positive_class: PositiveClass,
    draws: Sequence[OpenDraw] = (),
) -> Estimates | None:
    """Correct estimates for wrong labels; None where no row has labels of two annotators.

    Rows on which annotators differ belong to the sample: without them the rest would look as if
    nobody erred. What somebody has settled is the truth.
    """
    if not is_shared(state):
        return None
    kinds = (LABEL, DISPUTED)
    known = [state.rows[row] for row in list_labelled(state, draws, kinds)]
    classes = positive_class.classes
    said = [{who: label in classes for who, label in one.independent} for one in known]
    settled = {
        place: one.label in classes
        for place, one in enumerate(known)
        if one.settled and one.label is not None
    }
    session = build_session(state, settings, positive_class, draws, kinds)
    return correct_counts(session, said, settled, name=name_sought_rows(settings))
