"""An open project's present state in memory, kept in step with its log.

Whatever changes the project is handed to one thread as an operation. Operations that wait at the
same time share one transaction, and so one wait for the disk. They work on a copy of the state,
which readers get once the transaction is on the disk. A state that was given out never changes, so
readers wait for nobody and may take their time.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Lock, Thread
from typing import Any, NamedTuple, TypeVar

import numpy as np
from sqlalchemy import Connection

from ...errors import InputError
from .._data.folder import Project
from .._log import log
from .._log.events import DOUBLE, Event
from .._log.fold import State
from . import leases, ranking
from .answers import Answer, record, take_back
from .leases import Lease
from .queue import asked_twice, offers
from .ranking import Ranking

T = TypeVar("T")
_TOGETHER = 64


class _Waiting(NamedTuple):
    operation: Callable[[Connection, State], Any]
    durable: bool
    result: "Future[Any]"


class Live:
    """A project as annotators meet it: rows to label, answers, undo.

    Safe to call from many threads; other processes may write to the same project.

    Parameters
    ----------
    project : Project
    clock : callable, optional
        Seconds since 1970.
    """

    def __init__(self, project: Project, clock: Callable[[], float] = time.time) -> None:
        self.project, self.clock = project, clock
        self.ranking: Ranking | None = None
        settings = project.settings
        twice = partial(asked_twice, share=settings.double, seed=settings.recipe.seed)
        self._newest = self._ahead = State(twice if settings.double else None)
        self._is_read = Flag()
        self._publishing, self._reading = Lock(), Lock()
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._from = self._retractions = 0
        rng = np.random.default_rng([settings.recipe.seed, settings.rows])
        self._order = rng.permutation(settings.rows)
        share, random_numbers = settings.control, rng.spawn(1)[0]
        self._random_draws = (bool(random_numbers.random() < share) for _ in count())
        self._thread = Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()

    def now(self) -> State:
        """The state as of all that is recorded, by whichever process. It must not be changed.

        Waits for no writer. What other processes recorded is read here, by one reader at a time.
        """
        if self._is_behind():
            with self._reading, self.project.database.reading() as connection:
                self._ahead = self._newest.copy()
                self._publish(log.present(connection, self._ahead))
        return self._newest

    def read(self, patience: float = 0.0) -> float:
        """How much of the log was read since the start, from 0 to 1, after so many seconds at most.

        1 says that what was recorded before the start is in `now`, which no longer waits for it.
        """
        if self._is_read.wait(patience):
            return 1.0
        with self.project.database.reading() as connection:
            return min(self._ahead.last / max(log.last(connection), 1), 0.99)

    def next(self, annotator: str, n: int = 1) -> list[Lease]:
        """Rows for an annotator: those they hold already, topped up to `n`, under lease."""
        return self.run(
            lambda connection, state: self._next(connection, state, annotator, n), durable=False
        )

    def answer(self, annotator: str, answers: list[Answer]) -> list[int]:
        """Record answers; they are on the disk when this returns. See `answers.record`."""
        settings = self.project.settings
        return self.run(
            lambda connection, _: record(connection, settings, annotator, answers, self.clock())
        )

    def undo(self, annotator: str, *, event_id: int | None = None, key: str | None = None) -> Event:
        """Take back an answer; see `answers.take_back`."""
        settings = self.project.settings
        return self.run(
            lambda connection, state: take_back(
                connection, state, settings, annotator, self.clock(), event_id=event_id, key=key
            )
        )

    def run(self, operation: Callable[[Connection, State], T], *, durable: bool = True) -> T:
        """What `operation` gives, run on the writing thread with the state up to date.

        If it raises, it must not have written anything. Whatever records events is durable.
        """
        result: Future[T] = Future()
        self._waiting.put(_Waiting(operation, durable, result))
        return result.result()

    def close(self) -> None:
        """Finish what waits, and stop."""
        self._waiting.put(None)
        self._thread.join()

    def _is_behind(self) -> bool:
        with self.project.database.reading() as connection:
            return log.last(connection) > self._newest.last

    def _publish(self, state: State) -> None:
        """Give a state to readers, unless they have a later one: both are of the same log."""
        with self._publishing:
            if state.last > self._newest.last:
                self._newest = state

    def _write(self) -> None:
        with suppress(Exception):  # the log is read ahead here, or else by whoever comes first
            self.now()
        self._is_read.set()
        while True:
            gathered = self._gathered()
            together = [waiting for waiting in gathered if waiting is not None]
            if together:
                self._commit(together)
            if len(together) < len(gathered):
                return

    def _gathered(self) -> list[_Waiting | None]:
        together = [self._waiting.get()]
        while together[-1] is not None and len(together) < _TOGETHER:
            try:
                together.append(self._waiting.get_nowait())
            except Empty:
                break
        return together

    def _commit(self, together: list[_Waiting]) -> None:
        outcomes: list[Any] = []
        try:
            durable = any(waiting.durable for waiting in together)
            with self.project.database.writing(durable=durable) as connection:
                state = self._newest.copy()
                outcomes = [self._outcome(connection, state, waiting) for waiting in together]
                if durable:
                    log.present(connection, state)
            self._publish(state)
        except BaseException as problem:
            self._from = 0  # rows that seemed to be answered are not
            outcomes = [problem] * len(together)
        for waiting, outcome in zip(together, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                waiting.result.set_exception(outcome)
            else:
                waiting.result.set_result(outcome)

    def _outcome(self, connection: Connection, state: State, waiting: _Waiting) -> Any:
        log.present(connection, state)
        try:
            return waiting.operation(connection, state)
        except InputError as problem:
            return problem

    def _next(self, connection: Connection, state: State, annotator: str, n: int) -> list[Lease]:
        now, seconds = self.clock(), self.project.settings.lease
        leases.renew(connection, annotator, now, seconds)
        current = leases.live(connection, now, seconds)
        held = [lease for lease in current if lease.annotator == annotator]
        answered = [lease.offer.row for lease in held if _is_answered(lease, state)]
        leases.release(connection, annotator, answered)
        held = [lease for lease in held if lease.offer.row not in answered]
        if len(held) >= n:
            return held[:n]
        self.ranking = ranking.latest(connection, self.ranking)
        found = offers(
            annotator,
            n - len(held),
            state=state,
            ranking=self.ranking,
            single=state.single,
            leased=[lease.offer.row for lease in current],
            order=self._at_random(state),
            rows=len(self._order),
            random_numbers=self._random_draws,
        )
        return held + leases.grant(connection, annotator, found, now, seconds)

    def _at_random(self, state: State) -> Iterator[int]:
        """Rows in random order, from the first that has no answer on."""
        if state.retractions != self._retractions:
            self._from, self._retractions = 0, state.retractions
        while self._from < len(self._order) and int(self._order[self._from]) in state.present:
            self._from += 1
        for place in range(self._from, len(self._order)):
            yield int(self._order[place])


def _is_answered(lease: Lease, state: State) -> bool:
    """Whether somebody else has answered a row that was to be answered once."""
    once = lease.offer.how.channel != DOUBLE and not lease.offer.urgency
    return once and lease.offer.row in state.present
