"""The answers of a project as a session: how each label came about, and in which order."""

import numpy as np
from numpy.typing import NDArray

from ..._round.positive_class import PositiveClass
from ...session import Origins, Session
from .._data.settings import Settings
from .._log.fold import KEPT, LABEL, State
from .taken import by_labels


def session_of(
    state: State, settings: Settings, positive_class: PositiveClass | None = None
) -> Session:
    """What estimates and stopping rules read of a project.

    Labels stand in the order in which their rows were given out. A random row was drawn from all
    rows that were not given out before it, those that nobody can tell left aside; so rows that
    others held at that moment count as labelled already, which they are once they are answered.

    Parameters
    ----------
    state : State
    settings : Settings
    positive_class : PositiveClass, optional
        From `motherlode.project._insight.taken.positive_class_of`; by default as far as labels
        alone tell it.

    Returns
    -------
    Session
        Its seconds are what all annotators spent on the rows that are labelled.
    """
    labelled = _in_order(state)
    positive = (by_labels(settings, state) if positive_class is None else positive_class).classes
    is_positive = np.array([word in positive for word in state.words], bool)
    pool_size = settings.rows - (len(state.present) - len(labelled))
    return Session(
        pool_size,
        is_positive[labelled["label"]],
        _origins(labelled, state.words, pool_size),
        seconds=float(labelled["seconds"].sum()),
    )


def rows_of(state: State) -> list[int]:
    """The labelled rows, in the order of the session."""
    rows: list[int] = _in_order(state)["row"].tolist()
    return rows


def found_by(state: State, positive_class: str) -> list[int]:
    """How many rows of a class were found after 0, 1, 2, … labels that stand."""
    labelled = _labelled(state)
    taught = labelled["label"][np.argsort(labelled["since"])]
    is_one = np.array([word == positive_class for word in state.words], bool)
    return [0, *np.cumsum(is_one[taught]).tolist()]


def _labelled(state: State) -> NDArray[np.void]:
    table = state.table()
    return table[table["kind"] == LABEL]


def _in_order(state: State) -> NDArray[np.void]:
    """The labelled rows as they were given out, as `State.table` has them."""
    found = _labelled(state)
    return found[np.lexsort((found["first"], found["lot"], found["given"]))]


def _origins(ordered: NDArray[np.void], words: tuple[str, ...], pool_size: int) -> Origins:
    places = np.arange(len(ordered))
    moments = ordered[["given", "lot"]]
    is_new = np.r_[True, moments[1:] != moments[:-1]][: len(ordered)]
    left = pool_size - places
    counted = {
        "probability": np.where(ordered["lot"], 1 / left, 0.0),
        "drawn_from": np.where(ordered["lot"], left, 0),
        "asked_after": np.maximum.accumulate(np.where(is_new, places, 0)),
    }
    return Origins({**{name: ordered[name] for name in KEPT}, **counted}, words)
