"""Copy all tables of a project into another database, and see that both say the same.

Ids stay as they are: those of events are their order, and other tables and exports name them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text

from ...errors import InputError
from . import schema
from .database import Progress
from .events import Event
from .fold import State
from .log import count_events, last_id, read_whole
from .revisions import find_sealed_revision, is_newest, upgrade_tables
from .sqlite_file import SKIPPED

# The trainer's lock is of the process that holds it.
_NEVER_COPIED = (schema.worker,)
SESSIONS = (schema.session,)
"""Who is logged in: a backup leaves that out."""
_AT_A_TIME = 5_000


@dataclass(frozen=True)
class Content:
    """What a database holds.

    Attributes
    ----------
    events : int
        How many.
    last : int
        Id of the last one.
    digests : dict of str to str
        Of the log, of the state that it adds up to, and of each other table, by name.
    """

    events: int
    last: int
    digests: dict[str, str]

    def differs(self, other: "Content") -> str | None:
        """Name what the two do not have in common; None if they are the same."""
        names = self.digests.keys() | other.digests.keys()
        return next((n for n in sorted(names) if self.digests.get(n) != other.digests.get(n)), None)


def read_content(connection: Connection, without: Sequence[Table], tell: Progress) -> Content:
    """Read all that a database holds, and fold its log."""
    state, log, events, total = State(), blake2b(), 0, count_events(connection)
    for event in read_whole(connection):
        log.update(repr(event).encode())
        state.add(event)
        events += 1
        if events % _AT_A_TIME == 0:
            tell(events, total)
    tell(total, total)
    found = {"the log": log.hexdigest(), "the state": digest_state(state)}
    for table in _others(without):
        found[table.name] = _digest_table(connection, table)
    return Content(events, state.last, found)


def digest_state(state: State) -> str:
    """Make a digest of all that a state tells.

    Examples
    --------
    >>> digest_state(State()) == digest_state(State())
    True
    """
    digest = blake2b()
    for row in sorted(state.rows):
        digest.update(repr((row, state.rows[row])).encode())
    counted: list[Mapping[Any, int]] = [
        state.kinds, state.labels, state.opinions, state.annotators
    ]  # fmt: skip
    counts = [sorted((of, n) for of, n in one.items() if n) for one in counted]
    rest = (state.last, state.disagreeing, state.retractions, state.last_answer_at, state.changes)
    digest.update(repr((counts, rest)).encode())
    return digest.hexdigest()


def copy_tables(
    source: Connection,
    target: Connection,
    data: str,
    name: str,
    *,
    without: Sequence[Table] = (),
    tell: Progress,
) -> Content:
    """Fill a database with all that another one holds, in a transaction that is open.

    Parameters
    ----------
    source, target : Connection
        The target may hold nothing, or an earlier state of the same project.
    data : str
        The digest of the project's rows.
    name : str
        What messages call the target.
    without : sequence of Table
        Tables that stay empty in the target.
    tell : callable
        Called with how much is done, and of how much.

    Returns
    -------
    Content
        What both hold.

    Raises
    ------
    InputError
        If the target holds anything else; or if it differs from the source in the end.
    """
    steps = [_part_of(tell, step, 3) for step in range(3)]
    _clear(source, target, data, name)
    upgrade_tables(target)
    _copy_events(source, target, steps[0])
    for table in _others(without):
        for rows in _read(source, table):
            target.execute(insert(table), rows)
    _set_counters(target)
    one = read_content(source, without, steps[1])
    other = read_content(target, without, steps[2])
    if (differs := one.differs(other)) is not None:
        raise InputError(f"{name} did not keep {differs} as it is, so nothing was changed.")
    return one


def _part_of(tell: Progress, step: int, steps: int) -> Progress:
    return lambda done, total: tell(step * total + done, steps * total)


def _others(without: Sequence[Table]) -> Iterator[Table]:
    out = (schema.event, *_NEVER_COPIED, *without)
    return (table for table in schema.metadata.sorted_tables if table not in out)


def _read(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Read a table in the order of its key, some rows at a time."""
    found = connection.execute(select(table).order_by(*table.primary_key.columns))
    for rows in found.partitions(_AT_A_TIME):
        yield [dict(row._mapping) for row in rows]


def _copy_events(source: Connection, target: Connection, tell: Progress) -> None:
    done, last, total = 0, 0, count_events(source)
    after = select(schema.event).order_by(schema.event.c.id).limit(_AT_A_TIME)
    while rows := source.execute(after.where(schema.event.c.id > last)).all():
        target.execute(insert(schema.event), [dict(row._mapping) for row in rows])
        done, last = done + len(rows), rows[-1].id
        tell(done, total)
    tell(total, total)


def _digest_table(connection: Connection, table: Table) -> str:
    digest = blake2b()
    for rows in _read(connection, table):
        for row in rows:
            values = [bytes(v) if isinstance(v, memoryview) else v for v in row.values()]
            digest.update(repr(values).encode())
    return digest.hexdigest()


def _set_counters(target: Connection) -> None:
    """Let ids go on behind the last one."""
    if target.dialect.name == "sqlite":  # which looks for the last one itself
        skipped = last_id(target) - count_events(target)
        target.exec_driver_sql(f"PRAGMA {SKIPPED} = {skipped}")
        return
    for table in schema.metadata.sorted_tables:
        key = table.autoincrement_column
        if key is None:
            continue
        last = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        target.execute(select(func.setval(sequence, last, False)))


def _clear(source: Connection, target: Connection, data: str, name: str) -> None:
    """Drop the tables of an earlier state of the project; refuse all others."""
    there = set(inspect(target).get_table_names()) & set(schema.metadata.tables)
    if not there:
        return
    revision = find_sealed_revision(target)
    if revision is None:
        raise InputError(f"{name} holds a table {min(there)!r} of another program; name another.")
    if not is_newest(revision) or not _is_earlier(source, target, data):
        raise InputError(
            f"{name} holds a project already, with labels that would be lost; name another."
        )
    schema.metadata.drop_all(target)
    target.execute(text("DROP TABLE alembic_version"))


def _is_earlier(source: Connection, target: Connection, data: str) -> bool:
    """Say whether the target holds the same project, and nothing that the source does not know."""
    settings = target.execute(select(schema.project.c.settings)).scalar()
    last = last_id(target)
    if settings is None:
        return last == 0
    of_target = _digest_log(read_whole(target))
    of_source = _digest_log(takewhile(lambda event: event.id <= last, read_whole(source)))
    return json.loads(settings)["digest"] == data and of_target == of_source


def _digest_log(events: Iterable[Event]) -> str:
    digest = blake2b()
    for event in events:
        digest.update(repr(event).encode())
    return digest.hexdigest()
