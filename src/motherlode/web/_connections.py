"""Connections that send nothing, or send slowly, keep nobody else out.

uvicorn has a timeout between requests alone. Here a request must also arrive within some seconds,
and the connection that has waited longest for one gives way when there are too many.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ._places import find_place, is_own

_ARRIVAL_SECONDS = 20.0  # a megabyte at 50 kB/s
_PER_PLACE = 100  # a team behind one address; a browser opens up to six
_FEWEST, _MOST_WITHOUT_LIMIT = 32, 512
_ARRIVING = {h11.IDLE, h11.SEND_BODY}


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 whose requests arrive soon, on a bounded number of connections."""

    def connection_made(self, transport: Any) -> None:
        """Count the connection, and end the longest waiting one if there are too many."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._place = find_place(self._address)
        self._since = self.loop.time()
        self._deadline: asyncio.TimerHandle | None = None
        self._await_request()
        waiting = [one for one in self._find_crowd() if one.conn.their_state in _ARRIVING]
        if waiting:
            min(waiting, key=lambda one: one._since).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; the first part of one starts its time."""
        super().data_received(data)
        if self.conn.their_state in _ARRIVING:
            self._await_request()
        else:
            self._since = self.loop.time()
            self._forget_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget_deadline()
        super().connection_lost(exc)

    def _find_crowd(self) -> "list[BoundedProtocol]":
        """Find the connections of which one must end: those of a place, or all, or none."""
        everyone: list[Any] = [c for c in self.connections if not c.transport.is_closing()]
        same = [one for one in everyone if one._place == self._place]
        if len(same) > _PER_PLACE and not is_own(self._address):
            return same
        return everyone if len(everyone) > find_most_connections() else []

    def _await_request(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(_ARRIVAL_SECONDS, self.transport.abort)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def find_most_connections() -> int:
    """Find how many connections there may be: half of the files that this process may open."""
    try:
        import resource
    except ImportError:  # Windows
        return _MOST_WITHOUT_LIMIT
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return _MOST_WITHOUT_LIMIT
    return max(_FEWEST, allowed // 2)
