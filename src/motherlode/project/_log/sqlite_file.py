"""The file of a SQLite database: whether it is the one that was opened, and holds all events.

SQLite writes to a second file first, ``labels.sqlite-wal``, and moves what it holds into the
database now and then. So a copy of the database alone may lack the last events, and looks whole. A
third file, ``labels.count``, tells: it says how many events were acknowledged.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

_FULL_BYTES = 1 << 20
"""From this size on, what the second file holds is moved into the database."""

SKIPPED = "user_version"
"""SQLite's own number, which holds how many ids no event has.

PostgreSQL gives an id to what it then refuses, and events that come from there keep their ids.
"""

_COUNT = (  # of constants alone
    f"SELECT count(*) + (SELECT {SKIPPED} FROM pragma_{SKIPPED}), max(id) FROM event"  # nosec B608
)

Stamp = tuple[int, ...]


class SqliteFile:
    """Watches the files of a database.

    A connection goes on working when its files are deleted or replaced, and nobody finds what it
    writes then. So whoever uses one asks `is_same` first, and again before an answer is
    acknowledged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._wal = path.with_name(f"{path.name}-wal")
        self._count = path.with_suffix(".count")
        self._opened: list[Stamp] | None = None
        self._written: Stamp | None = None
        self._last = 0

    @property
    def is_known(self) -> bool:
        """Whether `remember` was called."""
        return self._opened is not None

    @property
    def is_full(self) -> bool:
        """Whether the second file has grown so large that it should be emptied."""
        try:
            return self._wal.stat().st_size > _FULL_BYTES
        except OSError:
            return False

    def remember(self) -> None:
        """Take the files for the ones that are open; a connection must hold them."""
        self._opened = self._identify()
        self.remember_written()

    def remember_written(self) -> None:
        """Take what the file of the database holds now for what this process wrote."""
        self._written = self._last_written()

    def is_same(self) -> bool:
        """Say whether the names still stand for the files that were opened."""
        if self._identify() != self._opened:
            return False
        written = self._last_written()
        if written != self._written:
            # Another motherlode may have emptied the second file, or something else been copied
            # over the database.
            if not self._holds_all():
                return False
            self._written = written
        return True

    def read_count(self) -> int | None:
        """Read how many events were acknowledged; None if that is not kept.

        Raises
        ------
        ValueError
            If the file holds no number.
        """
        try:
            self._last = int(self._count.read_text())
        except FileNotFoundError:
            return None
        return self._last

    def write_count(self, last: int) -> None:
        """Keep how many events were acknowledged.

        Nothing waits for the disk here: after a power cut the number may be too small, which hides
        a loss but refuses no whole database.
        """
        if last == self._last and self._count.exists():
            return
        self._last = last
        with suppress(OSError):  # the events are recorded, and are what counts
            file = os.open(self._count, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.write(file, f"{last:<20}\n".encode())  # of one length, so none is left half
            finally:
                os.close(file)

    def _identify(self) -> list[Stamp]:
        """Give what tells both files from others; nothing for a file that is gone."""
        found: list[Stamp] = []
        for path in (self.path, self._wal):
            try:
                about = path.stat()
            except OSError:
                found.append(())
            else:
                found.append((about.st_dev, about.st_ino))
        return found

    def _last_written(self) -> Stamp:
        try:
            about = self.path.stat()
        except OSError:
            return ()
        return about.st_size, about.st_mtime_ns

    def _holds_all(self) -> bool:
        """Say whether a new connection, which remembers nothing, finds every event."""
        try:
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as fresh:
                events, last = fresh.execute(_COUNT).fetchone()
        except sqlite3.Error:
            return False
        return events == (last or 0) and events >= self._last
