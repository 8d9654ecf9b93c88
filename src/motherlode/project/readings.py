"""What explains and finds rows: the pool in this process, read once, in the background.

A server waits for none of it to answer with its first row, so the pool and what is fitted to it are
imported in the thread that uses them.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import numpy as np

from .fold import State
from .folder import Project
from .live import Live
from .origins import rows_of, session_of
from .taken import sought_of

if TYPE_CHECKING:
    from ..pool import Pool
    from .projection import Places
    from .quality import Quality
    from .reading import Reading

T = TypeVar("T")
R = TypeVar("R")


class Readings:
    """The pool, the newest reading of the labels, and the map, for one server.

    Everything heavy runs in threads of its own, one at a time, so that answers are never behind it.

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
        self._reading: _Newest[Reading | None] = _Newest(self._read)
        self._quality: _Newest[Quality] = _Newest(self._judge)

    def pool(self, patience: float = 0.0) -> "Pool | None":
        """The pool; None while it is being read. Waits `patience` seconds for it."""
        with self._lock:
            if self._pool is None:
                self._pool = self._begin(self._load)
            found = self._pool
        return _within(found, patience)

    def places(self, patience: float = 0.0) -> "Places | None":
        """Every row as a point of the plane; None while it is computed."""
        pool = self.pool(patience)
        if pool is None:
            return None
        with self._lock:
            if self._places is None:
                self._places = self._begin(_project, pool)
            found = self._places
        return _within(found, patience)

    def reading(self, patience: float = 0.0) -> "Reading | None":
        """The newest reading there is, while a newer one may be on its way; None without one."""
        return self._newest(self._reading, patience)

    @property
    def is_ready(self) -> bool:
        """Whether the pool is there and labels were read once."""
        return self._reading.last >= 0

    def quality(self, patience: float = 0.0) -> "Quality | None":
        """How well a line through the labels does; as `reading` otherwise."""
        return self._newest(self._quality, patience)

    def _begin(self, work: Callable[..., R], *of: object) -> "Future[R]":
        """Work in its turn, in a thread that the end of the server does not wait for."""
        result: Future[R] = Future()

        def run() -> None:
            with self._turn:
                try:
                    result.set_result(work(*of))
                except BaseException as problem:
                    result.set_exception(problem)

        Thread(target=run, name="readings", daemon=True).start()
        return result

    def _load(self) -> "Pool":
        pool = self._project.rows.pool()
        pool.unit_vectors  # noqa: B018 - computed here, where nobody waits for it
        return pool

    def _newest(self, kept: "_Newest[T]", patience: float) -> T | None:
        pool = self.pool(patience)
        if pool is None:
            return None
        with self._lock:
            stale = kept.last != self._live.state.last
            if stale and (kept.fitting is None or kept.fitting.done()):
                kept.fitting = self._begin(kept.fit, pool)
            fitting = kept.fitting
        if fitting is not None:
            _within(fitting, patience)
        return kept.found

    def _read(self, pool: "Pool") -> "tuple[int, Reading | None]":
        last, rows, sought = self._live.run(
            lambda _: labels_of(self._live.state, self.towards), durable=False
        )
        from .reading import read_labels

        return last, read_labels(pool, rows, sought)

    def _judge(self, pool: "Pool") -> "tuple[int, Quality]":
        state, settings = self._live.state, self._project.settings
        last, session, rows = self._live.run(
            lambda connection: (
                state.last,
                session_of(state, settings, sought_of(connection, settings, state)),
                rows_of(state),
            ),
            durable=False,
        )
        from .quality import line_quality

        return last, line_quality(pool, session, rows)

    @property
    def towards(self) -> str:
        """The class that readings speak of: the one sought, else the last declared."""
        settings = self._project.settings
        return settings.minority or settings.classes[-1]


def _project(pool: "Pool") -> "Places":
    from .projection import projected

    return projected(pool)


class _Newest(Generic[T]):
    """What was fitted last, and up to which event.

    Parameters
    ----------
    make : callable
        From the pool to the last event and what was fitted.
    """

    def __init__(self, make: "Callable[[Pool], tuple[int, T]]") -> None:
        self.last, self.found = -1, cast(T | None, None)
        self.fitting: Future[None] | None = None
        self._make = make

    def fit(self, pool: "Pool") -> None:
        """Fit anew."""
        last, self.found = self._make(pool)
        self.last = last


def labels_of(
    state: State, towards: str
) -> tuple[
    int, "np.ndarray[tuple[int], np.dtype[np.int64]]", "np.ndarray[tuple[int], np.dtype[np.bool]]"
]:
    """The last event, the labelled rows, and which of them are of the class."""
    labelled = [(row, p.label == towards) for row, p in state.present.items() if p.kind == "label"]
    rows = np.array([row for row, _ in labelled], dtype=np.int64)
    return state.last, rows, np.array([is_one for _, is_one in labelled], dtype=bool)


def _within(found: "Future[T]", patience: float) -> T | None:
    try:
        return found.result(timeout=patience)
    except TimeoutError:
        return None
