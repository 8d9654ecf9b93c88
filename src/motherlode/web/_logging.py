"""What a server says on its screen: one line for each message, and only some a second."""

import logging
import time

from .._inert import make_inert
from ..errors import kind_and_place

_MOST_A_SECOND = 10


class ServerLog(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes messages to the error output, without what callers said, for a ``with`` block."""

    def __init__(self) -> None:
        super().__init__()
        self._second, self._count = 0, 0

    def __enter__(self) -> "ServerLog":
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)

    def format(self, record: logging.LogRecord) -> str:
        """Make one line; of an error it has the kind and the place."""
        said = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            said = f"{said.splitlines()[0]}: {kind_and_place(record.exc_info[1])}"
        return make_inert(" ".join(said.split()))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a message, or count it if there were too many in this second."""
        second = int(time.monotonic())
        if second != self._second:
            left_out = self._count - _MOST_A_SECOND
            self._second, self._count = second, 0
            if left_out > 0:
                self.stream.write(f"{left_out:,} more messages were left out.\n")
        self._count += 1
        if self._count <= _MOST_A_SECOND:
            super().emit(record)
