"""An open project's present state in memory, kept in step with its log by one writing thread.

Whatever reads or changes the state is handed to the thread as an operation. Operations that
wait at the same time share one transaction, and so one wait for the disk.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from itertools import count
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

import numpy as np
from sqlalchemy import Connection

from ..errors import InputError
from . import leases, log, ranking
from .answers import Answer, record, take_back
from .events import DOUBLE, GIVEN, SETTLE, Event
from .fold import State
from .folder import Project
from .leases import Lease
from .queue import asked_twice, offers
from .ranking import Ranking

T = TypeVar("T")
_TOGETHER = 64


class _Waiting(NamedTuple):
    operation: Callable[[Connection], Any]
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
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._start_over()
        rng = np.random.default_rng([project.settings.recipe.seed, project.settings.rows])
        self._order = rng.permutation(project.settings.rows)
        share, lots = project.settings.control, rng.spawn(1)[0]
        self._lots = (bool(lots.random() < share) for _ in count())
        self._thread = Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()

    def next(self, annotator: str, n: int = 1) -> list[Lease]:
        """Rows for an annotator: those they hold already, topped up to `n`, under lease."""
        return self.run(lambda connection: self._next(connection, annotator, n), durable=False)

    def answer(self, annotator: str, answers: list[Answer]) -> list[int]:
        """Record answers; they are on the disk when this returns. See `answers.record`."""
        settings = self.project.settings
        return self.run(
            lambda connection: record(connection, settings, annotator, answers, self.clock())
        )

    def undo(self, annotator: str, *, event_id: int | None = None, key: str | None = None) -> Event:
        """Take back an answer; see `answers.take_back`."""
        settings = self.project.settings
        return self.run(
            lambda connection: take_back(
                connection, self.state, settings, annotator, self.clock(),
                event_id=event_id, key=key,
            )
        )  # fmt: skip

    def run(self, operation: Callable[[Connection], T], *, durable: bool = True) -> T:
        """What `operation` gives, run on the writing thread with the state up to date.

        If it raises, it must not have written anything.
        """
        result: Future[T] = Future()
        self._waiting.put(_Waiting(operation, durable, result))
        return result.result()

    def close(self) -> None:
        """Finish what waits, and stop."""
        self._waiting.put(None)
        self._thread.join()

    def _start_over(self) -> None:
        self.state = State()
        self._single: dict[int, str] = {}
        self._from = 0

    def _write(self) -> None:
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
        begun = False
        outcomes: list[Any] = []
        try:
            durable = any(waiting.durable for waiting in together)
            with self.project.database.writing(durable=durable) as connection:
                begun = True
                outcomes = [self._outcome(connection, waiting) for waiting in together]
        except BaseException as problem:
            if begun:
                self._start_over()  # what the operations saw of each other was not kept
            outcomes = [problem] * len(together)
        for waiting, outcome in zip(together, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                waiting.result.set_exception(outcome)
            else:
                waiting.result.set_result(outcome)

    def _outcome(self, connection: Connection, waiting: _Waiting) -> Any:
        self._catch_up(connection)
        try:
            return waiting.operation(connection)
        except InputError as problem:
            return problem

    def _catch_up(self, connection: Connection) -> None:
        settings = self.project.settings
        for event in log.after(connection, self.state.last):
            self.state.add(event)
            if event.kind == "retract":
                self._from = 0
            if asked_twice(event.row, settings.double, settings.recipe.seed):
                self._note_single(event.row)

    def _note_single(self, row: int) -> None:
        """Whether a row has one opinion and wants another."""
        present = self.state.present.get(row)
        opinions = () if present is None else present.opinions
        if len(opinions) == 1 and opinions[0].channel not in (GIVEN, SETTLE):
            self._single[row] = opinions[0].annotator
        else:
            self._single.pop(row, None)

    def _next(self, connection: Connection, annotator: str, n: int) -> list[Lease]:
        now, seconds = self.clock(), self.project.settings.lease
        leases.renew(connection, annotator, now, seconds)
        current = leases.live(connection, now, seconds)
        held = [lease for lease in current if lease.annotator == annotator]
        answered = [lease.offer.row for lease in held if self._is_answered(lease)]
        leases.release(connection, annotator, answered)
        held = [lease for lease in held if lease.offer.row not in answered]
        if len(held) >= n:
            return held[:n]
        self.ranking = ranking.latest(connection, self.ranking)
        found = offers(
            annotator,
            n - len(held),
            state=self.state,
            ranking=self.ranking,
            single=self._single,
            leased=[lease.offer.row for lease in current],
            order=self._by_lot(),
            rows=len(self._order),
            lots=self._lots,
        )
        return held + leases.grant(connection, annotator, found, now, seconds)

    def _is_answered(self, lease: Lease) -> bool:
        """Whether somebody else has answered a row that was to be answered once."""
        once = lease.offer.channel != DOUBLE and not lease.offer.urgency
        return once and lease.offer.row in self.state.present

    def _by_lot(self) -> Iterator[int]:
        """Rows in random order, from the first that has no answer on."""
        while self._from < len(self._order) and int(self._order[self._from]) in self.state.present:
            self._from += 1
        for place in range(self._from, len(self._order)):
            yield int(self._order[place])
