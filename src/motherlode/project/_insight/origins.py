"""The labels of a project as a session, in their order and with their origins."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from ..._round.positive_class import PositiveClass
from ...session import Origins, Session
from .._data.settings import Settings
from .._log.fold import KEPT, LABEL, State
from .arrivals import find_arrivals
from .positive_class import guess_positive_class


def build_session(
    state: State,
    settings: Settings,
    positive_class: PositiveClass | None = None,
    kinds: Sequence[int] = (LABEL,),
) -> Session:
    """Make what estimates and stopping rules read of a project.

    Labels are in the order in which their rows were asked. A random draw was made from all rows
    that were not asked before, without those that are skipped, unsure or disputed. So rows that
    others held at that moment count as labelled already. Rows that were added after some were
    drawn are an arrival of their own. Rows of other ``kinds`` than labelled ones can be part of it.
    """
    labelled = _in_order(state, kinds)
    if positive_class is None:
        positive_class = guess_positive_class(settings, state)
    is_positive = np.array([word in positive_class.classes for word in state.words], bool)
    arrivals = find_arrivals(state, settings, labelled, kinds)
    reachable = np.cumsum(arrivals.sizes)[arrivals.reached - 1]
    return Session(
        sum(arrivals.sizes),
        is_positive[labelled["label"]],
        _origins(labelled, state.words, reachable),
        seconds=float(labelled["seconds"].sum()),
        arrivals=arrivals if len(arrivals.sizes) > 1 else None,
    )


def list_labelled(state: State, kinds: Sequence[int] = (LABEL,)) -> list[int]:
    """List the labelled rows, in the order of the session."""
    rows: list[int] = _in_order(state, kinds)["row"].tolist()
    return rows


def count_found(state: State, positive_classes: Collection[str]) -> list[int]:
    """Count the rows of some classes that were found after 0, 1, 2, … labels."""
    labelled = _of_kinds(state, (LABEL,))
    taught = labelled["label"][np.argsort(labelled["since"])]
    is_one = np.array([word in positive_classes for word in state.words], bool)
    return [0, *np.cumsum(is_one[taught]).tolist()]


def _of_kinds(state: State, kinds: Sequence[int]) -> NDArray[np.void]:
    table = state.table()
    return table[np.isin(table["kind"], kinds)]


def _in_order(state: State, kinds: Sequence[int]) -> NDArray[np.void]:
    """Return rows of some kinds in the order in which they were asked, as `State.table` does."""
    found = _of_kinds(state, kinds)
    return found[np.lexsort((found["first"], found["is_random"], found["asked_at"]))]


def _origins(
    ordered: NDArray[np.void], words: tuple[str, ...], reachable: NDArray[np.int64]
) -> Origins:
    """Make the origins of labels, each with how many rows its query could reach."""
    places = np.arange(len(ordered))
    moments = ordered[["asked_at", "is_random"]]
    is_new = np.r_[True, moments[1:] != moments[:-1]][: len(ordered)]
    left = reachable - places
    counted = {
        "probability": np.where(ordered["is_random"], 1 / left, 0.0),
        "drawn_from": np.where(ordered["is_random"], left, 0),
        "asked_after": np.maximum.accumulate(np.where(is_new, places, 0)),
    }
    return Origins({**{name: ordered[name] for name in KEPT}, **counted}, words)
