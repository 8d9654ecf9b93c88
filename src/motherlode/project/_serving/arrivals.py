"""When rows arrive, in an order that clocks of several machines cannot confuse.

A random draw speaks for the rows that were there when it was made. So the time of an arrival is
none before the last row was given out, and rows that are given out later have a later time.
"""

from math import inf, nextafter

from sqlalchemy import Connection, func, select

from .._log import log
from .._log.changes import Changes
from .._log.schema import lease

_LAST_ASKED = select(func.max(lease.c.asked_at))  # built once


def find_time(changes: Changes, now: float) -> float:
    """Give the time at which rows are given out: now by the clock, and after the last arrival.

    Parameters
    ----------
    changes : Changes
        Up to date.
    now : float
        Seconds since 1970.
    """
    return max(now, nextafter(changes.parts[-1].at, inf)) if changes.parts else now


def find_arrival_time(connection: Connection, changes: Changes, now: float) -> float:
    """Give the time of rows that arrive: now by the clock, and not before what was given out.

    Parameters
    ----------
    connection : Connection
        Of a write transaction.
    changes : Changes
        Up to date.
    now : float
        Seconds since 1970.
    """
    asked = connection.execute(_LAST_ASKED).scalar()
    last = log.find(connection, log.last_id(connection))
    known = [asked, None if last is None else last.at]
    return find_time(changes, max([now, *(time for time in known if time is not None)]))
