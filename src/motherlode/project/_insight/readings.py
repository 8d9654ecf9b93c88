"""What is worked out from the labels beside answering: what explains, finds rows and looks ahead.

All of it is made of a state that no longer changes, in threads of its own, so that answers are
never behind it. A server waits for none of it to answer with its first row, so the pool and what is
fitted to it are imported in the thread that uses them.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ..._round.positive_class import PositiveClass
from ...session import Session
from .._data.folder import Project
from .._log.fold import LABEL, State
from .._serving.live import Live
from .origins import found_by, rows_of, session_of
from .taken import by_labels, positive_class_of

if TYPE_CHECKING:
    from ...pool import Pool
    from .projection import Places
    from .quality import Quality
    from .reading import Reading

T = TypeVar("T")
R = TypeVar("R")

# For each second of work so many of rest: the threads that answer want the processor too.
_REST = 20.0
_SOON = 0.05  # seconds that a status waits for what its newest labels tell


class Readings:
    """The pool, the newest reading of the labels, the map and the forecast, for one server.

    What reads the pool runs one at a time. What is made of the labels is made once for a state at
    most, and rests for some time after it took some.

    Parameters
    ----------
    project : Project
    live : Live
    """

    def __init__(self, project: Project, live: Live) -> None:
        self._project, self._live = project, live
        self._lock, self._turn = Lock(), Lock()
        self._pool: Future[Pool] | None = None
        self._places: Future[Places] | None = None
        self._reading: _Newest[Reading | None] = _Newest(self._read, self._turn)
        self._quality: _Newest[Quality] = _Newest(self._judge, Lock())
        self._forecast: _Newest[dict[str, Any]] = _Newest(self._look_ahead, Lock())
        self._told: _Newest[PositiveClass] = _Newest(partial(by_labels, project.settings), Lock())
        self._found: _Newest[list[int]] = _Newest(self._find, Lock())

    def pool(self, patience: float | None = 0.0) -> "Pool | None":
        """The pool; None while it is being read. Waits `patience` seconds for it, or for ever."""
        with self._lock:
            if self._pool is None:
                self._pool = _begin(self._turn, self._load)
            found = self._pool
        return _within(found, patience)

    def places(self, patience: float = 0.0) -> "Places | None":
        """Every row as a point of the plane; None while it is computed."""
        pool = self.pool(patience)
        if pool is None:
            return None
        with self._lock:
            if self._places is None:
                self._places = _begin(self._turn, _project, pool)
            found = self._places
        return _within(found, patience)

    def reading(self, patience: float = 0.0) -> "Reading | None":
        """The newest reading there is, while a newer one may be on its way; None without one."""
        return self._of_pool(self._reading, patience)

    @property
    def is_ready(self) -> bool:
        """Whether the pool is there and labels were read once."""
        return self._reading.last >= 0

    def quality(self, patience: float = 0.0) -> "Quality | None":
        """How well a linear model of the labels does; as `reading` otherwise."""
        return self._quality.get(self._live.now(), patience)

    def forecast(self, patience: float = 0.0) -> dict[str, Any] | None:
        """What is left and whether to stop, as in `Forecast`; as `reading` otherwise."""
        return self._forecast.get(self._live.now(), patience)

    def found(self, patience: float = 0.0) -> list[int] | None:
        """How many rows `towards` were found after 0, 1, 2, … labels; as `reading` otherwise."""
        return self._found.get(self._live.now(), patience)

    def told(self, state: State) -> PositiveClass:
        """What labels tell of the positive class, as `taken.by_labels`; maybe some labels ago."""
        patience = None if self._told.last < 0 else _SOON
        return cast(PositiveClass, self._told.get(state, patience))

    def is_behind(self, state: State) -> bool:
        """Whether forecast, quality or what was found are of an earlier state."""
        return min(self._forecast.last, self._quality.last, self._found.last) < state.last

    def _load(self) -> "Pool":
        pool = self._project.rows.pool()
        pool.unit_vectors  # noqa: B018 - computed here, where nobody waits for it
        return pool

    def _of_pool(self, kept: "_Newest[T]", patience: float) -> T | None:
        return None if self.pool(patience) is None else kept.get(self._live.now(), patience)

    def _read(self, state: State) -> "Reading | None":
        from .reading import read_labels

        return read_labels(self._there(), *labels_of(state, self.towards))

    def _judge(self, state: State) -> "Quality":
        from .quality import MOST, TOO_MANY, line_quality

        if state.kinds.get("label", 0) > MOST:  # so that nobody reads a pool for nothing
            return TOO_MANY
        pool = cast("Pool", self.pool(None))
        with self._turn:
            return line_quality(pool, self._session(state), rows_of(state))

    def _there(self) -> "Pool":
        return cast("Future[Pool]", self._pool).result()

    def _look_ahead(self, state: State) -> dict[str, Any]:
        from .advice import forecast_of  # statistics take a second to load

        return forecast_of(self._session(state), self._project.settings).to_dict()

    def _find(self, state: State) -> list[int]:
        return found_by(state, self.towards)

    def _session(self, state: State) -> Session:
        settings = self._project.settings
        with self._project.database.reading() as connection:
            positive_class = positive_class_of(connection, settings, state, self.told)
        return session_of(state, settings, positive_class)

    @property
    def towards(self) -> str:
        """The class that readings speak of: the positive one, else the last declared."""
        settings = self._project.settings
        return settings.minority or settings.classes[-1]


def _project(pool: "Pool") -> "Places":
    from .projection import projected

    return projected(pool)


def _begin(turn: Lock, work: Callable[..., R], *of: object) -> "Future[R]":
    """Work in its turn, in a thread that the end of the server does not wait for."""
    result: Future[R] = Future()

    def run() -> None:
        with turn:
            try:
                result.set_result(work(*of))
            except BaseException as problem:
                result.set_exception(problem)

    Thread(target=run, name="readings", daemon=True).start()
    return result


class _Newest(Generic[T]):
    """What was made last, and of the state after which event.

    Parameters
    ----------
    make : callable
        From a state to what is made of it.
    turn : Lock
        Held while it is made.
    """

    def __init__(self, make: Callable[[State], T], turn: Lock) -> None:
        self.last, self._found = -1, cast(T | None, None)
        self._make, self._turn, self._lock = make, turn, Lock()
        self._making: Future[None] | None = None
        self._rests_until = 0.0

    def get(self, state: State, patience: float | None) -> T | None:
        """The last one, while one of this state may be on its way; waits so long for that."""
        with self._lock:
            is_idle = self._making is None or self._making.done()
            if self.last < state.last and is_idle and time.monotonic() >= self._rests_until:
                self._making = _begin(self._turn, self._renew, state)
            making = self._making
        if making is not None:
            _within(making, patience)
        return self._found

    def _renew(self, state: State) -> None:
        begun = time.monotonic()
        try:
            self._found = self._make(state)
            self.last = state.last
        finally:
            now = time.monotonic()
            self._rests_until = now + _REST * (now - begun)


def labels_of(state: State, towards: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The labelled rows, and which of them are of the class."""
    table = state.table()
    labelled = table[table["kind"] == LABEL]
    is_one = np.array([word == towards for word in state.words], dtype=bool)
    return labelled["row"].copy(), is_one[labelled["label"]]


def _within(found: "Future[T]", patience: float | None) -> T | None:
    try:
        return found.result(timeout=patience)
    except TimeoutError:
        return None
