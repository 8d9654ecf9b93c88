"""One database, SQLite or PostgreSQL, that one writer at a time appends to.

Writers wait for each other (``BEGIN IMMEDIATE`` on SQLite, an advisory lock on PostgreSQL). So ids
of events follow the order of their commits, and a reader up to an id has missed nothing before it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Condition, Lock

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ...errors import InputError
from .engine import lock_for_writing, make_engine
from .log import count_events, last_id
from .revisions import MOVED, SEALED, find_revision, is_known, is_newest, upgrade_tables
from .sqlite_file import SKIPPED, SqliteFile

_CLOSING_SECONDS = 5.0
_PAGES = 2_048  # of a file that are copied at a time; writers go between

# What SQLite says, and what to tell the user.
_MESSAGES = {
    "database or disk is full": "the disk is full; free some space and try again",
    "disk i/o error": "the disk is full or fails; free some space and try again",
    "readonly": "it can't be written; check its permissions",
    "unable to open": "its database can't be opened; check its permissions",
    "not a database": "its database is damaged or copied in part; copy the folder again",
    "malformed": "its database is damaged or copied in part; copy the folder again",
    "no such table": "its database is damaged or copied in part; copy the folder again",
    "locked": "another program keeps its database locked; close that or try again",
    "locking protocol": "other programs keep its database locked; close them or try again",
}


Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


class Unavailable(InputError):
    """The database cannot answer now; nothing was recorded, and trying again may help."""


class Database:
    """Connections to a project's database; messages call the project `name`.

    The address is ``sqlite:////path/to/labels.sqlite`` or ``postgresql://user@host/name``.
    Passwords that the user saved, in ``~/.pgpass`` or the environment, go to it if
    `saved_passwords` says so.
    """

    def __init__(self, url: str, name: str, *, saved_passwords: bool = True) -> None:
        self.name = name
        self.engine = make_engine(url, saved_passwords)
        self._changed, self._in_use, self._is_closed = Condition(), 0, False
        self._file = _watch_file(self.engine) if self.is_sqlite else None
        self._holding, self._held = Lock(), ExitStack()
        self._has_written = False

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file in the project's folder."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that sees one moment of the database."""
        with self._explain_errors(), self._connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Begin a transaction that sees one moment of all tables, also from several queries."""
        with self._explain_errors(), self._connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """Begin a transaction that no other writer overlaps.

        If it is `durable`, it is on the disk when the block ends. If not, it outlives this
        process, but a power cut may undo it. The database stays whole either way.
        """
        with self._explain_errors(), self._connect() as connection:
            with self._without_others(connection, durable):
                yield connection
                last = last_id(connection) if durable and self.is_sqlite else None
            self._conclude(last)

    @contextmanager
    def holding(self) -> Iterator[Connection]:
        """Keep all writers out; the files of the database may be taken away meanwhile."""
        with (
            self._explain_errors(),
            self._connect() as connection,
            self._without_others(connection, durable=True),
        ):
            yield connection

    @contextmanager
    def _without_others(self, connection: Connection, durable: bool) -> Iterator[None]:
        connection = connection.execution_options(writing=True, durable=durable)
        with connection.begin():
            if not self.is_sqlite:
                lock_for_writing(connection, durable)
            yield

    def check(self) -> None:
        """Refuse a database that holds no project, or one of a newer release; change nothing."""
        found = self._find_revision()
        if found is None:
            raise InputError(
                f"The database of {self.name} holds no project: it was copied in part or replaced."
            )
        if found.startswith(MOVED):
            raise InputError(
                f"The labels of {self.name} were moved from its database to another one; copy the "
                "project's folder again from where `motherlode move` was called."
            )
        if not is_known(found):
            raise InputError(
                f"{self.name} was written by a newer motherlode; upgrade this one to open it."
            )

    def upgrade(self) -> None:
        """Make the tables, or bring them to this release's."""
        found = self._find_revision()
        if is_newest(found):
            return
        if found is not None:
            self.check()
        with self.writing() as connection:
            upgrade_tables(connection)

    def close(self) -> None:
        """Close all connections, those that other threads use when they are done."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._in_use, _CLOSING_SECONDS)
        if self._has_written and self._file is not None and self._file.is_same():
            self._checkpoint(self._file, "TRUNCATE")
        self._held.close()
        self.engine.dispose()

    def checkpoint(self) -> None:
        """Move all that is recorded into the file of a SQLite database; this waits for nobody.

        Call it in a pause: a copy of that file alone then lacks little.
        """
        if self._file is not None and self._file.is_same():
            self._checkpoint(self._file, "PASSIVE")

    def copy_to(self, path: Path, tell: Progress) -> None:
        """Copy one moment of a SQLite database to a new file, without the sessions in it."""

        def told(_code: int, left: int, pages: int) -> None:
            tell(pages - left, pages)

        with self._explain_errors(), self._connect() as connection:
            original = connection.connection.driver_connection
            assert isinstance(original, sqlite3.Connection)
            try:
                with closing(sqlite3.connect(path)) as copy:
                    original.backup(copy, pages=_PAGES, progress=told)
                    copy.execute("DELETE FROM session")
                    copy.commit()
                    last = copy.execute("SELECT max(id) FROM event").fetchone()[0] or 0
            except sqlite3.Error as problem:
                raise InputError(f"{path} can't be written: {problem}.") from None
        SqliteFile(path).write_count(last)

    def check_pages(self) -> None:
        """See that the file of a SQLite database is undamaged; PostgreSQL looks after its own."""
        if self._file is None:
            return
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if found != "ok":
            raise InputError(f"{self._file.path} is damaged; go on from a backup of the project.")

    def check_count(self, *, is_counted: bool) -> None:
        """See that a SQLite database holds all events that were acknowledged.

        If the database `is_counted`, the file that says how many must be there.
        """
        if self._file is None:
            return
        path = self._file.path
        try:
            expected = self._file.read_count()
        except (OSError, ValueError):
            expected = None
            is_counted = True
        if expected is None:
            if not is_counted:
                return
            raise InputError(
                f"{path.with_suffix('.count')} is missing or damaged; the project was copied in "
                "part, copy it again, by `motherlode backup`."
            )
        with self.reading() as connection:
            skipped = int(connection.exec_driver_sql(f"PRAGMA {SKIPPED}").scalar_one())
            found, last = count_events(connection) + skipped, last_id(connection)
        if found < expected:
            way_out = f", or write {found} into {path.stem}.count to go on without the others"
            raise InputError(
                f"{path} holds {found:,} of {expected:,} acknowledged events, as a copy without "
                f"{path.name}-wal or an old copy does; copy the project by `motherlode backup`"
                f"{way_out if found == last else ''}."  # none if some are missing in the middle
            )

    def _find_revision(self) -> str | None:
        with self.reading() as connection:
            return find_revision(connection)

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._changed:
            if self._is_closed:
                raise Unavailable(f"{self.name} is closed.")
            self._in_use += 1
        try:
            self._check_file()
            with self.engine.connect() as connection:
                yield connection
        finally:
            with self._changed:
                self._in_use -= 1
                self._changed.notify_all()

    def _check_file(self) -> None:
        """See that the file of a SQLite database is the one that was opened, or open it."""
        if self._file is None:
            return
        with self._holding:
            if not self._file.is_known:
                # As long as one connection is open, SQLite deletes none of its files.
                with ExitStack() as opening:  # one that can't read is not kept: they are few
                    held = opening.enter_context(self.engine.connect())
                    held.exec_driver_sql("SELECT count(*) FROM sqlite_master")
                    held.rollback()
                    self._file.remember()
                    self._held.push(opening.pop_all())
        if not self._file.is_same():
            raise Unavailable(
                f"{self._file.path} was moved, deleted or replaced while it was in use, so nothing "
                "can be recorded; put the file back, or start again."
            )

    def _conclude(self, last: int | None) -> None:
        """After a transaction: what it wrote is acknowledged only if it can be found again."""
        if self._file is None:
            return
        self._has_written = True
        self._check_file()
        if last is not None:
            self._file.write_count(last)
        if self._file.is_full:
            self._checkpoint(self._file, "PASSIVE")

    def _checkpoint(self, file: SqliteFile, mode: str) -> None:
        with suppress(sqlite3.Error, DBAPIError, PoolTimeout):
            with closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute(f"PRAGMA wal_checkpoint({mode})")
            file.remember_written()

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout:
            raise Unavailable(f"{self.name} is too busy to answer; try again.") from None
        except DBAPIError as problem:
            raise self.explain(problem) from None

    def explain(self, problem: Exception) -> Exception:
        """Say in a sentence why the database refuses, if that is what the problem is."""
        if not isinstance(problem, DBAPIError):
            return problem
        if isinstance(problem, DataError):  # as for a NUL in a text, which PostgreSQL refuses
            return InputError(f"{self.name}: its database can't hold a value that was given.")
        text = str(problem.orig).lower()
        if self.is_sqlite:
            message = next((m for words, m in _MESSAGES.items() if words in text), None)
            return problem if message is None else Unavailable(f"{self.name}: {message}.")
        if SEALED in text:
            return Unavailable(f"{self.name}: {SEALED}, so nothing was recorded; start again.")
        if "no space left" in text:
            return Unavailable(f"{self.name}: the disk of its database is full; free some space.")
        if not problem.connection_invalidated and type(problem).__name__ != "OperationalError":
            return problem
        return Unavailable(f"{self.name}: its database does not answer; try again in a moment.")


def _watch_file(engine: Engine) -> SqliteFile:
    return SqliteFile(Path(engine.url.database or "").absolute())
