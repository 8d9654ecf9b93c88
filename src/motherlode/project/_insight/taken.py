"""The class that a project seeks: the one it names, or the one that its model took to be rare."""

from collections.abc import Callable

import numpy as np
from sqlalchemy import Connection

from ..._round.labels import declared_classes
from ..._round.positive_class import PositiveClass, RarestClass, named
from .._data.settings import Settings
from .._log.fold import State
from .._serving import ranking

BY = "motherlode init --minority"
"""How a project is told the positive class."""


def positive_class_of(
    connection: Connection,
    settings: Settings,
    state: State,
    told: Callable[[State], PositiveClass] | None = None,
) -> PositiveClass:
    """As the last ranking knew it; until there is one, as labels without the pool tell it.

    Parameters
    ----------
    connection : Connection
    settings : Settings
    state : State
    told : callable, optional
        What labels tell, for those who ask often: `by_labels`, the default, looks at all of them.
    """
    if settings.minority is not None:
        return named(declared_classes(list(settings.classes)), settings.minority)
    found = (next(ranking.whole(connection, p), None) for p in (ranking.QUEUE, ranking.BATCH))
    ranked = [r for r in found if r is not None and r.positive_class is not None]
    newest = max(ranked, key=lambda r: r.last_event, default=None)
    if newest is None or newest.positive_class is None:
        return by_labels(settings, state) if told is None else told(state)
    label, share, sure = newest.positive_class
    return PositiveClass((label,), (settings.classes.index(label),), share=share, sure=sure)


def by_labels(settings: Settings, state: State) -> PositiveClass:
    """The positive class as far as labels alone tell it."""
    classes = declared_classes(list(settings.classes))
    if settings.minority is not None:
        return named(classes, settings.minority)
    labelled = state.labelled()
    codes = [settings.classes.index(str(p.label)) for _, p in labelled]
    return RarestClass(None, classes).of(
        np.array([row for row, _ in labelled], dtype=np.int64),
        np.array(codes, dtype=np.int64),
        [p.how for _, p in labelled],
    )
