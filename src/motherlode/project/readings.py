"""What explains and finds rows: the pool in this process, read once, in the background."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar, cast

import numpy as np

from ..pool import Pool
from .fold import State
from .folder import Project
from .live import Live
from .origins import rows_of, session_of
from .projection import Plane, projected
from .quality import Quality, line_quality
from .reading import Reading, read_labels

T = TypeVar("T")


class Readings:
    """The pool, the newest reading of the labels, and the map, for one server.

    Everything heavy runs in one thread of its own, so that answers are never behind it.

    Parameters
    ----------
    project : Project
    live : Live
    """

    def __init__(self, project: Project, live: Live) -> None:
        self._project, self._live = project, live
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readings")
        self._pool: Future[Pool] | None = None
        self._plane: Future[Plane] | None = None
        self._reading: _Newest[Reading | None] = _Newest(self._read)
        self._quality: _Newest[Quality] = _Newest(self._judge)

    def pool(self, patience: float = 0.0) -> Pool | None:
        """The pool; None while it is being read. Waits `patience` seconds for it."""
        with self._lock:
            if self._pool is None:
                self._pool = self._thread.submit(self._load)
            found = self._pool
        return _within(found, patience)

    def plane(self, patience: float = 0.0) -> Plane | None:
        """Every row as a point of the plane; None while it is computed."""
        pool = self.pool(patience)
        if pool is None:
            return None
        with self._lock:
            if self._plane is None:
                self._plane = self._thread.submit(projected, pool)
            found = self._plane
        return _within(found, patience)

    def reading(self, patience: float = 0.0) -> Reading | None:
        """The newest reading there is, while a newer one may be on its way; None without one."""
        return self._newest(self._reading, patience)

    def quality(self, patience: float = 0.0) -> Quality | None:
        """How well a line through the labels does; as `reading` otherwise."""
        return self._newest(self._quality, patience)

    def close(self) -> None:
        """Start nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> Pool:
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
                kept.fitting = self._thread.submit(kept.fit, pool)
            fitting = kept.fitting
        if fitting is not None:
            _within(fitting, patience)
        return kept.found

    def _read(self, pool: Pool) -> tuple[int, Reading | None]:
        last, rows, sought = self._live.run(
            lambda _: labels_of(self._live.state, self.towards), durable=False
        )
        return last, read_labels(pool, rows, sought)

    def _judge(self, pool: Pool) -> tuple[int, Quality]:
        state, settings = self._live.state, self._project.settings
        last, session, rows = self._live.run(
            lambda _: (state.last, session_of(state, settings), rows_of(state)), durable=False
        )
        return last, line_quality(pool, session, rows)

    @property
    def towards(self) -> str:
        """The class that readings speak of: the one sought, else the last declared."""
        settings = self._project.settings
        return settings.minority or settings.classes[-1]


class _Newest(Generic[T]):
    """What was fitted last, and up to which event.

    Parameters
    ----------
    make : callable
        From the pool to the last event and what was fitted.
    """

    def __init__(self, make: Callable[[Pool], tuple[int, T]]) -> None:
        self.last, self.found = -1, cast(T | None, None)
        self.fitting: Future[None] | None = None
        self._make = make

    def fit(self, pool: Pool) -> None:
        """Fit anew."""
        self.last, self.found = self._make(pool)


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
