"""Rows that an annotator chooses are put at the head of their queue, and kept until answered.

A lease ends after some minutes, so it can't hold them: they stand in a table of their own, and each
is leased when its turn comes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from ...errors import InputError
from .._data.settings import Settings
from .._log.events import SEARCH
from .._log.fold import State
from .._log.provenance import Provenance
from .._log.schema import chosen as table
from . import leases
from .answers import check_row
from .pausing import find_pause
from .queue import Offer
from .reach import Reach

_BEFORE_ALL = 2
_ROWS_AT_A_TIME = 500
CHOSEN = "you chose it yourself"

_OWN: Any = table.c.annotator == bindparam("who")
_LIST = select(table.c.row).where(_OWN).order_by(table.c.at.desc(), table.c.place)
_FORGET_ALL = delete(table).where(_OWN)
_FORGET = delete(table).where(_OWN, table.c.row.in_(bindparam("rows", expanding=True)))
_KEEP = insert(table)


@dataclass(frozen=True)
class Chosen:
    """How far the rows are that an annotator chose: of all, those answered and those to come."""

    rows: int = 0
    answered: int = 0

    @property
    def to_come(self) -> int:
        """How many are still to be asked."""
        return self.rows - self.answered


def put_first(
    connection: Connection,
    state: State,
    settings: Settings,
    annotator: str,
    rows: Sequence[int],
    now: float,
    reach: Reach | None = None,
) -> list[int]:
    """Ask an annotator about these rows ahead of all others, and return those that will be asked.

    Rows that somebody has answered or others hold are left out, and those outside of the
    annotator's `reach`. Answers to them count as found by search. They are asked until they are
    answered or `cancel` is called, the newest choice first.
    """
    pause = find_pause(settings, state)
    if pause is not None:
        raise InputError(f"{pause}: nobody is given rows.")
    for row in rows:
        check_row(row, settings)
    held = leases.list_current(connection, now, settings.lease)
    others = {lease.offer.row for lease in held if lease.annotator != annotator}
    free = [r for r in dict.fromkeys(rows) if r not in state.rows and r not in others]
    free = [row for row in free if reach is None or row in reach]
    if not count_chosen(connection, state, annotator).to_come:
        connection.execute(_FORGET_ALL, {"who": annotator})  # the choice before is done
    _keep(connection, annotator, free, now)
    lease_chosen(connection, state, settings, annotator, leases.MOST, now)
    return free


def lease_chosen(
    connection: Connection,
    state: State,
    settings: Settings,
    annotator: str,
    n: int,
    now: float,
) -> None:
    """Lease chosen rows to their annotator, in their order, so that `n` of them are held."""
    wanted = _list(connection, annotator)
    if not wanted:
        return
    held = leases.list_current(connection, now, settings.lease)
    others = {lease.offer.row for lease in held if lease.annotator != annotator}
    own = {
        lease.offer.row for lease in held if lease.annotator == annotator and lease.offer.urgency
    }
    rows = [row for row in wanted if row not in state.rows and row not in others][:n]
    if all(row in own for row in rows):
        return
    offers = [Offer(row, Provenance(SEARCH), _BEFORE_ALL, CHOSEN) for row in rows]
    leases.grant(connection, annotator, leases.keep_draws(connection, offers), now, settings.lease)


def count_chosen(connection: Connection, state: State, annotator: str) -> Chosen:
    """Count the rows that an annotator chose, and those of them that somebody has answered."""
    rows = _list(connection, annotator)
    return Chosen(len(rows), sum(row in state.rows for row in rows))


def cancel(
    connection: Connection, state: State, settings: Settings, annotator: str, now: float
) -> int:
    """Ask no more of the rows that an annotator chose; return how many were still to come."""
    left = [row for row in _list(connection, annotator) if row not in state.rows]
    held = leases.list_current(connection, now, settings.lease)
    wanted = set(left)
    own = [
        lease.offer.row
        for lease in held
        if lease.annotator == annotator
        and lease.offer.urgency == _BEFORE_ALL
        and lease.offer.row in wanted
    ]
    leases.end(connection, annotator, own)  # they are remembered, so a late answer counts as search
    connection.execute(_FORGET_ALL, {"who": annotator})
    return len(left)


def _list(connection: Connection, annotator: str) -> list[int]:
    return list(connection.execute(_LIST, {"who": annotator}).scalars())


def _keep(connection: Connection, annotator: str, rows: Collection[int], now: float) -> None:
    listed = list(rows)
    for start in range(0, len(listed), _ROWS_AT_A_TIME):
        few = listed[start : start + _ROWS_AT_A_TIME]
        connection.execute(_FORGET, {"who": annotator, "rows": few})
        values = [
            {"annotator": annotator, "row": row, "at": now, "place": start + i}
            for i, row in enumerate(few)
        ]
        connection.execute(_KEEP, values)
