"""The labels of a project as a session, in their order and with their origins."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..._round.positive_class import PositiveClass
from ..._rows.arrays import Rows
from ...session import Origins, PassedOver, Session, made_after
from .._data.settings import Settings
from .._log.fold import KEPT, LABEL, State
from .._serving.leases import OpenDraw
from .arrivals import find_arrivals, find_newest
from .positive_class import guess_positive_class


def build_session(
    state: State,
    settings: Settings,
    positive_class: PositiveClass | None = None,
    draws: Sequence[OpenDraw] = (),
    kinds: Sequence[int] = (LABEL,),
) -> Session:
    """Make what estimates and stopping rules read of a project.

    Labels are in the order in which their rows were asked. A random draw was made from all rows
    that were not asked before, without those that are skipped, unsure or disputed. So rows that
    others held at that moment count as labelled already. Rows that were added after some were
    drawn are an arrival of their own.

    Parameters
    ----------
    state : State
        Of the project.
    settings : Settings
        In force in that state.
    positive_class : PositiveClass, optional
        By default it is guessed from the labels.
    draws : sequence of OpenDraw
        Rows that were drawn at random and have no answer in that state. Those that wait for one
        hold back the draws after them, and the others were passed over.
    kinds : sequence of int
        Of which kinds, as places in `KINDS`, the rows of the session are. Answered rows of other
        kinds were passed over.
    """
    if positive_class is None:
        positive_class = guess_positive_class(settings, state)
    table = state.table()
    is_part = np.isin(table["kind"], kinds)
    found = _build(state, settings, positive_class, *_in_order(state, table[is_part], draws))
    passed_over = np.concatenate([table[~is_part], _make_unanswered(state, draws)])
    if not len(passed_over):
        return found
    ordered, held_back = _in_order(state, np.concatenate([table[is_part], passed_over]), draws)
    whole = _build(state, settings, positive_class, ordered, held_back)
    places = ~np.isin(ordered["kind"], kinds)
    return replace(found, passed_over=PassedOver(whole, places, ordered["row"].astype(np.int64)))


def _build(
    state: State,
    settings: Settings,
    positive_class: PositiveClass,
    ordered: NDArray[np.void],
    held_back: NDArray[np.bool_],
) -> Session:
    """Make the session of some rows, as in ``state.table()``, in a pool without other answers."""
    is_positive = np.array([word in positive_class.classes for word in state.words], bool)
    arrivals = find_arrivals(state, settings, ordered)
    reachable = np.cumsum(arrivals.sizes)[arrivals.reached - 1]
    return Session(
        sum(arrivals.sizes),
        (ordered["kind"] == LABEL) & is_positive[ordered["label"]],
        _origins(ordered, state.words, reachable),
        seconds=float(ordered["seconds"].sum()),
        arrivals=arrivals if len(arrivals.sizes) > 1 else None,
        held_back=held_back,
    )


def _make_unanswered(state: State, draws: Sequence[OpenDraw]) -> NDArray[np.void]:
    """Make rows of ``state.table()`` for draws that got no answer, and wait for none."""
    ended = [draw for draw in draws if not draw.waits]
    rows = np.zeros(len(ended) if state.words else 0, dtype=state.table().dtype)
    for place, draw in enumerate(ended[: len(rows)]):
        rows[place]["row"] = draw.row
        rows[place]["asked_at"] = draw.how.asked_at or 0.0
        rows[place]["is_random"] = True
    return rows


def list_labelled(
    state: State, draws: Sequence[OpenDraw] = (), kinds: Sequence[int] = (LABEL,)
) -> list[int]:
    """List the labelled rows, in the order of the session."""
    rows: list[int] = _in_order(state, _of_kinds(state, kinds), draws)[0]["row"].tolist()
    return rows


def list_newest(state: State, settings: Settings, draws: Sequence[OpenDraw] = ()) -> Rows:
    """List the rows that came last, as the estimates of the session know it."""
    return find_newest(state, settings, _in_order(state, _of_kinds(state, (LABEL,)), draws)[0])


def count_found(state: State, positive_classes: Collection[str]) -> list[int]:
    """Count the rows of some classes that were found after 0, 1, 2, … labels."""
    labelled = _of_kinds(state, (LABEL,))
    taught = labelled["label"][np.argsort(labelled["since"])]
    is_one = np.array([word in positive_classes for word in state.words], bool)
    return [0, *np.cumsum(is_one[taught]).tolist()]


def _of_kinds(state: State, kinds: Sequence[int]) -> NDArray[np.void]:
    table = state.table()
    return table[np.isin(table["kind"], kinds)]


def _in_order(
    state: State, found: NDArray[np.void], draws: Sequence[OpenDraw]
) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
    """Return rows of ``state.table()`` in the order in which they were asked.

    Also say which of them are held back by draws that wait. These stand last among the rows that
    were drawn at the same moment.
    """
    held_back = _hold_back(state, found, draws)
    order = np.lexsort((found["first"], held_back, found["is_random"], found["asked_at"]))
    return found[order], held_back[order]


def _hold_back(
    state: State, rows: NDArray[np.void], draws: Sequence[OpenDraw]
) -> NDArray[np.bool_]:
    """Tell which rows were drawn after the first draw that waits for its answer."""
    waiting = [(draw.how.asked_at or 0.0, draw.how.drawn_from) for draw in draws if draw.waits]
    ended = {draw.row: draw.how for draw in draws}
    drawn_from = rows["is_random"].astype(np.int64)
    # From how many rows matters at the moment of a draw that waits alone.
    moments = [at for at, _ in waiting]
    for i in np.flatnonzero(rows["is_random"] & np.isin(rows["asked_at"], moments)).tolist():
        row = int(rows["row"][i])
        how = state.rows[row].how if row in state.rows else ended[row]
        drawn_from[i] = how.drawn_from
    return made_after(rows["asked_at"], drawn_from, waiting)


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
