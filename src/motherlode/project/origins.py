"""The answers of a project as a session: how each label came about, and in which order."""

from typing import Any

import numpy as np

from ..session import CONTROL, Origin, Session
from ..sought import Sought
from .events import Event
from .fold import Present, State
from .settings import Settings
from .taken import by_labels


def session_of(state: State, settings: Settings, sought: Sought | None = None) -> Session:
    """What estimates and stopping rules read of a project.

    Labels stand in the order in which their rows were given out. A row by lot was drawn from all
    rows that were not given out before it, those that nobody can tell left aside; so rows that
    others held at that moment count as labelled already, which they are once they are answered.

    Parameters
    ----------
    state : State
    settings : Settings
    sought : Sought, optional
        From `motherlode.project.taken.sought_of`; by default as far as labels alone tell it.

    Returns
    -------
    Session
        Its seconds are what all annotators spent on the rows that are labelled.
    """
    labelled = state.labelled()
    positive = (by_labels(settings, state) if sought is None else sought).classes
    ordered = _in_order(state)
    passed = len(state.present) - len(labelled)
    pool_size = settings.rows - passed
    return Session(
        pool_size,
        np.array([p.label in positive for _, p, _ in ordered], dtype=bool),
        _origins([first for _, _, first in ordered], pool_size),
        seconds=sum(o.seconds or 0.0 for _, p in labelled for o in p.opinions),
    )


def rows_of(state: State) -> list[int]:
    """The labelled rows, in the order of the session."""
    return [row for row, _, _ in _in_order(state)]


def _in_order(state: State) -> list[tuple[int, Present, Event]]:
    """The labelled rows as they were given out, each with the opinion that was given first."""
    found = [(row, p, min(p.opinions, key=lambda o: o.id)) for row, p in state.labelled()]
    return sorted(found, key=lambda one: (*_given_out(one[2]), one[2].id))


def _origins(first: list[Event], pool_size: int) -> list[Origin]:
    origins: list[Origin] = []
    after = 0
    for place, event in enumerate(first):
        if place and _given_out(event) != _given_out(first[place - 1]):
            after = place
        drawn = event.channel == CONTROL
        left = pool_size - place
        origins.append(
            Origin(
                event.channel,
                event.strategy or "",
                1 / left if drawn else 0.0,
                left if drawn else 0,
                after,
            )
        )
    return origins


def _given_out(event: Event) -> tuple[Any, ...]:
    return (event.at if event.asked_at is None else event.asked_at, event.channel == CONTROL)
