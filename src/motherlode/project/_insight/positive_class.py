"""The positive class of a project: the one it names, or the one that is taken to be rare."""

from collections.abc import Callable

import numpy as np
from sqlalchemy import Connection

from ..._round.labels import declared_classes
from ..._round.positive_class import PositiveClass, RarestClass, declared_positive_class
from .._data.settings import Settings
from .._log.fold import State
from .._serving import ranking

BY = "motherlode set --minority"
"""How to name the positive class of a project."""


def find_positive_class(
    connection: Connection,
    settings: Settings,
    state: State,
    guess: Callable[[State], PositiveClass] | None = None,
) -> PositiveClass:
    """Find the positive class that the last ranking went by; without one it is guessed.

    `guess` is `guess_positive_class` by default, which looks at all labels.
    """
    if settings.minority is not None:
        return declared_positive_class(declared_classes(list(settings.classes)), settings.minority)
    found = (next(ranking.read_intact(connection, p), None) for p in (ranking.QUEUE, ranking.BATCH))
    ranked = [r for r in found if r is not None and r.positive_class is not None]
    newest = max(ranked, key=lambda r: r.last_event, default=None)
    if newest is None or newest.positive_class is None:
        return guess_positive_class(settings, state) if guess is None else guess(state)
    label, share, sure = newest.positive_class
    label = state.changes.current(label)
    if label not in settings.classes:  # it was ranked before the class was taken back
        return guess_positive_class(settings, state) if guess is None else guess(state)
    return PositiveClass((label,), (settings.classes.index(label),), share=share, sure=sure)


def guess_positive_class(settings: Settings, state: State) -> PositiveClass:
    """Guess the positive class from labels alone."""
    classes = declared_classes(list(settings.classes))
    if settings.minority is not None:
        return declared_positive_class(classes, settings.minority)
    labelled = state.labelled()
    codes = [settings.classes.index(str(known.label)) for _, known in labelled]
    return RarestClass(None, classes).of(
        np.array([row for row, _ in labelled], dtype=np.int64),
        np.array(codes, dtype=np.int64),
        [known.how for _, known in labelled],
    )
