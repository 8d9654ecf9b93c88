"""The present state of an open project, in memory.

All changes are made by one thread, to which they are handed as operations. Operations that wait at
the same time share one transaction, and so one wait for the disk; each has a savepoint, so that one
that fails is undone alone. They work on a copy of the state, which readers get once the transaction
is on the disk. A state that readers have never changes, so they need not wait.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Lock, Thread
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, NestedTransaction
from sqlalchemy.exc import DBAPIError

from .._data.folder import Project
from .._data.settings import Settings
from .._log import log
from .._log.database import Unavailable
from .._log.events import DOUBLE, Event
from .._log.fold import State
from . import leases, ranking
from .answers import Answer, exchange, record, take_back
from .arrivals import find_time
from .evaluating import Evaluations, Wanted, offer_wanted
from .leases import Lease
from .outdated import list_outdated
from .put_first import lease_chosen
from .queue import TAKEN_BACK, choose_offers, make_second_rule
from .ranking import Ranking
from .reach import Reach, Reaches
from .shuffling import RandomOrder, make_rng, shuffle_rows

T = TypeVar("T")
_MOST_TOGETHER = 64
_PAUSE_SECONDS = 1.0


class _Waiting(NamedTuple):
    operation: Callable[[Connection, State], Any]
    durable: bool
    result: "Future[Any]"


class Live:
    """A project to label in: it gives out rows, records answers, and takes them back.

    Many threads may call it, and other processes may write to the same project.

    Parameters
    ----------
    project : Project
        An open project.
    clock : callable, optional
        Gives the time, in seconds since 1970.
    """

    def __init__(self, project: Project, clock: Callable[[], float] = time.time) -> None:
        self.project, self.clock = project, clock
        self.ranking: Ranking | None = None
        self.reaches = Reaches(project)
        self.evaluations = Evaluations(project)
        # The state has no event yet, so its rule is the first one.
        self._newest = self._reading_state = State(
            make_second_rule(project.in_force.beginning),
            lambda changes: make_second_rule(project.in_force.after(changes)),
        )
        self._is_read = Flag()
        self._publish_lock, self._read_lock = Lock(), Lock()
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._order = RandomOrder(shuffle_rows(project.settings))
        random_numbers = make_rng(project.settings).spawn(1)[0]
        self._random_draws = (
            bool(random_numbers.random() < project.settings.control) for _ in count()
        )
        self._thread = Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()

    def now(self) -> State:
        """Return the state after all that is recorded, by any process. It must not be changed.

        This waits for no writer. What other processes recorded is read here, by one reader at a
        time.
        """
        if self._is_behind():
            with self._read_lock, self.project.database.reading() as connection:
                self._reading_state = self._newest.copy()
                self._publish(log.read_state(connection, self._reading_state))
        return self._newest

    def progress(self, timeout: float = 0.0) -> float:
        """Return how much of the log was read since the start, from 0 to 1.

        From 1 on `now` does not wait for what was recorded before the start.

        Parameters
        ----------
        timeout : float
            Seconds to wait for 1.
        """
        if self._is_read.wait(timeout):
            return 1.0
        with self.project.database.reading() as connection:
            return min(self._reading_state.last / max(log.last_id(connection), 1), 0.99)

    def next(self, annotator: str, n: int = 1) -> list[Lease]:
        """Lease rows to an annotator, so that they hold `n`.

        Parameters
        ----------
        annotator : str
            Who asks.
        n : int
            How many rows, at most 100; fewer are returned where fewer are left.

        Returns
        -------
        list of Lease
            All that the annotator holds, those held before first; none in a pause.
        """
        if self.project.settings.assigned:  # worked out here, so that the writer need not wait
            self.reaches.find(self.project.settings, annotator)
        # Worked out here as well, for an evaluation computes intervals now and then.
        wanted = self.evaluations.find_wanted(self.now()) if self.evaluations.is_on else Wanted()
        return self.run(
            lambda connection, state: self._next(connection, state, annotator, n, wanted),
            durable=False,
        )

    def answer(self, annotator: str, answers: list[Answer]) -> list[int]:
        """Record all of some answers, or none of them if anything is wrong.

        They are on the disk when this returns.

        Parameters
        ----------
        annotator : str
            Who answers.
        answers : list of Answer
            To different rows.

        Returns
        -------
        list of int
            The id of each answer's event.

        Raises
        ------
        InputError
            For a row outside the data, a class that was not declared, or two answers to one row.
        """
        return self.run(
            lambda connection, state: record(
                connection,
                state,
                self.project.settings_at(state),
                annotator,
                answers,
                self.clock(),
            )
        )

    def undo(self, annotator: str, *, event_id: int | None = None, key: str | None = None) -> Event:
        """Take back an answer, and offer its row again.

        Parameters
        ----------
        annotator : str
            Whose answer it is.
        event_id : int, optional
            Which one; the last by default.
        key : str, optional
            Random; a call with the same key takes back nothing more.

        Returns
        -------
        Event
            The answer that was taken back.

        Raises
        ------
        InputError
            If there is nothing to take back.
        """
        return self.run(
            lambda connection, state: take_back(
                connection,
                state,
                self.project.settings_at(state),
                annotator,
                self.clock(),
                event_id=event_id,
                key=key,
            )
        )

    def exchange(self, annotator: str, event_id: int, answer: Answer) -> int:
        """Record an answer in place of an earlier one: both happens, or nothing.

        Parameters
        ----------
        annotator : str
            Whose answers they are.
        event_id : int
            The answer that is taken back.
        answer : Answer
            The new one.

        Returns
        -------
        int
            The id of its event.

        Raises
        ------
        InputError
            If the earlier answer was taken back before, or the new one is wrong.
        """
        return self.run(
            lambda connection, state: exchange(
                connection,
                state,
                self.project.settings_at(state),
                annotator,
                event_id,
                answer,
                self.clock(),
            )
        )

    def run(self, operation: Callable[[Connection, State], T], *, durable: bool = True) -> T:
        """Run an operation on the writing thread, and return what it returns.

        Parameters
        ----------
        operation : callable
            Takes a connection and the state, which is up to date. If it raises, what it wrote is
            undone, and operations that share its transaction go on.
        durable : bool
            Whether it is on the disk when this returns, as it must be if it records events.
        """
        result: Future[T] = Future()
        self._waiting.put(_Waiting(operation, durable, result))
        return result.result()

    def close(self) -> None:
        """Finish the operations that wait, and stop."""
        self._waiting.put(None)
        self._thread.join()

    def _is_behind(self) -> bool:
        known = self._newest.last
        with self.project.database.reading() as connection:
            return self._read_last_id(connection, known) > known

    def _read_last_id(self, connection: Connection, known: int) -> int:
        """Read the id of the last event; it never falls, unless the log was exchanged."""
        last = log.last_id(connection)
        if last < known:
            raise Unavailable(
                f"The database of {self.project.folder} lacks events {last + 1:,} to {known:,}, so "
                "it was replaced by an older one; put the newer one back, or start again."
            )
        return last

    def _publish(self, state: State) -> None:
        """Give a state to readers, unless they have a later one."""
        with self._publish_lock:
            if state.last > self._newest.last:
                self._newest = state
                self.project.settings_at(state)  # what asks without a state has them too

    def _write(self) -> None:
        with suppress(Exception):  # if it fails, the first reader reads the log
            self.now()
        self._is_read.set()
        while True:
            gathered = self._gather()
            together = [waiting for waiting in gathered if waiting is not None]
            if together:
                self._commit(together)
            if len(together) < len(gathered):
                return

    def _gather(self) -> list[_Waiting | None]:
        together = [self._wait()]
        while together[-1] is not None and len(together) < _MOST_TOGETHER:
            try:
                together.append(self._waiting.get_nowait())
            except Empty:
                break
        return together

    def _wait(self) -> _Waiting | None:
        """Wait for an operation; in the first pause, the database is made whole in its own file."""
        try:
            return self._waiting.get(timeout=_PAUSE_SECONDS)
        except Empty:
            self.project.database.checkpoint()
            return self._waiting.get()

    def _take_waiting(self) -> Iterator[_Waiting]:
        """Take what came while the database did not answer, as it would wait as long again."""
        while not self._waiting.empty():
            waiting = self._waiting.get()
            if waiting is None:  # the end, which stands last
                self._waiting.put(None)
                return
            yield waiting

    def _commit(self, together: list[_Waiting]) -> None:
        outcomes: list[Any] = []
        try:
            durable = any(waiting.durable for waiting in together)
            with self.project.database.writing(durable=durable) as connection:
                state = self._newest.copy()
                self._read_last_id(connection, state.last)
                outcomes = [self._run_one(connection, state, waiting) for waiting in together]
                if durable:
                    log.read_state(connection, state)
            self._publish(state)
        except BaseException as problem:
            self._order.begin_again()  # the answers since are not recorded, and no change is
            self.reaches.begin_again()
            self.project.in_force.forget_after(self._newest.changes)
            if isinstance(problem, Unavailable):
                together = [*together, *self._take_waiting()]
            outcomes = [problem] * len(together)
        for waiting, outcome in zip(together, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                waiting.result.set_exception(outcome)
            else:
                waiting.result.set_result(outcome)

    def _run_one(self, connection: Connection, state: State, waiting: _Waiting) -> Any:
        log.read_state(connection, state)
        savepoint = connection.begin_nested()
        try:
            outcome = waiting.operation(connection, state)
        except Exception as problem:
            _undo(savepoint, problem)
            return self.project.database.explain(problem)
        savepoint.commit()
        return outcome

    def _next(
        self, connection: Connection, state: State, annotator: str, n: int, wanted: Wanted
    ) -> list[Lease]:
        n = min(n, leases.MOST)
        settings = self.project.settings_at(state)
        if settings.paused:
            return []
        now, seconds = find_time(state.changes, self.clock()), settings.lease
        reach = self.reaches.find(settings, annotator)
        leases.renew(connection, annotator, now, seconds)
        lease_chosen(connection, state, settings, annotator, n, now)
        current = leases.list_current(connection, now, seconds)
        held = [lease for lease in current if lease.annotator == annotator]
        over = [
            lease.offer.row
            for lease in held
            if _is_answered(lease, state) or not _is_reached(lease, reach)
        ]
        leases.end(connection, annotator, over)
        held = [lease for lease in held if lease.offer.row not in over]
        over = list_outdated(held, state.changes, lambda: self._read_ranking(connection))
        leases.end(connection, annotator, over)
        held = [lease for lease in held if lease.offer.row not in over]
        if len(held) >= n:
            return held[:n]
        leased = [lease.offer.row for lease in current if lease.offer.row not in over]
        first = offer_wanted(wanted, n - len(held), state, leased, reach)
        first = leases.keep_draws(connection, first)
        held += leases.grant(connection, annotator, first, now, seconds)
        if wanted.alone or len(held) >= n:
            return held
        self._read_ranking(connection)
        found = choose_offers(
            annotator,
            n - len(held),
            state=state,
            ranking=self.ranking,
            single=state.single,
            leased=[*leased, *(offer.row for offer in first)],
            order=self._random_order(settings, reach).list_from(state),
            rows=settings.rows,
            random_numbers=self._random_draws,
            reach=reach,
        )
        found = leases.keep_draws(connection, found)
        return held + leases.grant(connection, annotator, found, now, seconds)

    def _read_ranking(self, connection: Connection) -> Ranking | None:
        self.ranking = ranking.read_latest(connection, self.ranking)
        return self.ranking

    def _random_order(self, settings: Settings, reach: Reach | None) -> RandomOrder:
        if reach is not None:
            return reach.order
        if len(self._order) != settings.rows:  # an order of its own for all rows that are there now
            self._order = RandomOrder(shuffle_rows(settings))
        return self._order


def _undo(savepoint: NestedTransaction, problem: Exception) -> None:
    """Undo what an operation wrote; raise its problem if that undid the whole transaction.

    A lost connection does so, and SQLite on a full disk.
    """
    try:
        savepoint.rollback()
    except DBAPIError:
        raise problem from None
    if savepoint.connection.invalidated:
        raise problem


def _is_answered(lease: Lease, state: State) -> bool:
    """Say whether somebody has answered a row that was to be answered once."""
    once = lease.offer.how.channel != DOUBLE and not lease.offer.urgency
    return once and lease.offer.row in state.rows


def _is_reached(lease: Lease, reach: Reach | None) -> bool:
    """Say whether an annotator is asked about a row still; one taken back is their own."""
    return reach is None or lease.offer.urgency == TAKEN_BACK or lease.offer.row in reach
