"""The log of events in the database: appended to and read, never changed."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, bindparam, func, insert, select

from .changes import Changes
from .events import FIELDS, Event, event_from_values, event_to_dict
from .fold import State
from .schema import event as table

_COLUMNS = [table.c[name] for name in FIELDS]
_AT_A_TIME = 10_000

# Made once: making a statement costs more than running it.
_APPEND = insert(table).returning(table.c.id)
_LAST = select(func.max(table.c.id))
_HOW_MANY = select(func.count()).select_from(table)
_AFTER = select(*_COLUMNS).where(table.c.id > bindparam("last")).order_by(table.c.id)
_PART = _AFTER.limit(_AT_A_TIME)
_CHANGES = select(*_COLUMNS).where(table.c.setting.is_not(None)).order_by(table.c.id)


def append(connection: Connection, events: Sequence[Event]) -> list[int]:
    """Append events in their order, and return their ids."""
    return [int(connection.execute(_APPEND, _values(event)).scalar_one()) for event in events]


def append_many(connection: Connection, events: Sequence[Event]) -> None:
    """Append events in their order, without returning their ids."""
    for start in range(0, len(events), _AT_A_TIME):
        connection.execute(insert(table), [_values(e) for e in events[start : start + _AT_A_TIME]])


def read_after(connection: Connection, last: int) -> Iterator[Event]:
    """Read the events with an id above `last`, in order."""
    for rows in connection.execute(_AFTER, {"last": last}).partitions(1_000):
        yield from map(event_from_values, rows)


def read_whole(connection: Connection) -> Iterator[Event]:
    """Read all events in order, a few of them in memory at a time."""
    last = 0
    while rows := connection.execute(_PART, {"last": last}).all():
        yield from map(event_from_values, rows)
        last = rows[-1].id


def last_id(connection: Connection) -> int:
    """Read the id of the last event; 0 without one."""
    return int(connection.execute(_LAST).scalar() or 0)


def count_events(connection: Connection) -> int:
    """Count the events, which takes longer the more there are."""
    return int(connection.execute(_HOW_MANY).scalar_one())


def read_state(connection: Connection, state: State | None = None) -> State:
    """Read the state as of now; an earlier state is brought up to it."""
    state = State() if state is None else state
    for event in read_after(connection, state.last):
        state.add(event)
    return state


def read_changes(connection: Connection) -> Changes:
    """Read what was changed in the project, which takes no look at the labels."""
    changes = Changes()
    for row in connection.execute(_CHANGES):
        changes = changes.add(event_from_values(row))
    return changes


def find(connection: Connection, id: int) -> Event | None:
    """Find the event of an id."""
    row = connection.execute(select(*_COLUMNS).where(table.c.id == id)).first()
    return None if row is None else event_from_values(row)


def find_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, Event]:
    """Find the events recorded under any of these keys."""
    wanted = list(keys)
    found: dict[str, Event] = {}
    for start in range(0, len(wanted), 500):
        few = table.c.key.in_(wanted[start : start + 500])
        for row in connection.execute(select(*_COLUMNS).where(few)):
            event = event_from_values(row)
            found[str(event.key)] = event
    return found


def _values(event: Event) -> dict[str, object]:
    line = event_to_dict(event)
    del line["id"]  # the database counts
    return line
