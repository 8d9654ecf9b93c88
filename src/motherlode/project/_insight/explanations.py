"""What a server works out from the labels: explanations, estimates, the map and the pool.

It is made of states that no longer change, in threads of its own, so that answers never wait for
it. The first row of a server does not need it either, so the pool and what is fitted to it are
imported in the thread that uses them.
"""

import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ..._round.positive_class import PositiveClass
from .._data.folder import Project
from .._data.settings import Settings
from .._log import log
from .._log.fold import LABEL, State
from .._log.parts import Part
from .._serving.leases import OpenDraw, list_open_draws
from .._serving.live import Live
from .engine import load_engine
from .origins import build_session, count_found, list_labelled
from .positive_class import find_positive_class, guess_positive_class

if TYPE_CHECKING:
    from ...estimation import Annotator
    from ...pool import Pool
    from ...pool._projection import Places
    from .linear_explanation import LinearExplanation
    from .quality import Quality
    from .records import Record

T = TypeVar("T")

# Seconds of rest for each second of work, since the threads that answer need the processor too.
_REST = 20.0
_LOG_SECONDS = 60.0  # between two looks whether the log is read
_GUESS_SECONDS = 0.05  # that a status waits for a guess from the newest labels


class Explanations:
    """The pool, the map, and the latest explanation, estimates and forecast, for one server.

    What reads the pool runs one at a time. Each value is made at most once for a state, and is not
    made again for some time if it took some. A method waits `timeout` seconds for a newer value,
    and returns the latest one, or None if there is none yet.
    """

    def __init__(self, project: Project, live: Live) -> None:
        self._project, self._live = project, live
        self._lock, self._pool_lock = Lock(), Lock()
        self._pool: Future[Pool] | None = None
        self._places: Future[Places] | None = None
        self._loaded: Pool | None = None
        self._parts: tuple[Part, ...] = ()  # those that the pool holds
        self._linear: _Latest[LinearExplanation | None] = _Latest(self._explain, self._pool_lock)
        self._quality: _Latest[Quality] = _Latest(self._judge, Lock())
        self._forecast: _Latest[dict[str, Any]] = _Latest(self._make_forecast, Lock())
        self._guess: _Latest[PositiveClass] = _Latest(self._guess_class, Lock())
        self._found: _Latest[list[int]] = _Latest(self._count_found, Lock())
        self._annotators: _Latest[list[Annotator]] = _Latest(self._judge_annotators, Lock())
        self._records: _Latest[list[Record]] = _Latest(self._list_records, Lock())

    def warm_up(self) -> None:
        """Load what is needed and make the first values, in a thread, before somebody asks."""
        _start(Lock(), self._make_first)

    def _make_first(self) -> None:
        # Loaded here, since the first value of each would else count the seconds of it as its own.
        from . import advice, annotators, linear_explanation, quality, records  # noqa: F401

        while self._live.progress(_LOG_SECONDS) < 1.0:
            pass
        for make in (self.found, self.forecast, self.annotators, self.quality, self.linear):
            make()

    def pool(self, timeout: float | None = 0.0) -> "Pool | None":
        """Return the pool; None while it is being read, as it is anew when rows were added."""
        parts = self._project.in_force.parts
        with self._lock:
            if self._pool is None or parts != self._parts:
                self._parts, self._places = parts, None
                self._pool = _start(self._pool_lock, self._load)
            future = self._pool
        return _wait(future, timeout)

    def places(self, timeout: float = 0.0) -> "Places | None":
        """Return the place of every row on the map; None while they are computed."""
        pool = self.pool(timeout)
        if pool is None:
            return None
        with self._lock:
            if self._places is None:
                self._places = _start(self._pool_lock, partial(_make_map, pool))
            future = self._places
        found = _wait(future, timeout)
        return None if found is None or self.pool() is not pool else found

    @property
    def step_of_map(self) -> str:
        """Say at which step the map is."""
        with self._lock:
            is_read = self._pool is not None and self._pool.done()
        return "step 2 of 2, rows are placed" if is_read else "step 1 of 2, rows are read"

    def linear(self, timeout: float = 0.0) -> "LinearExplanation | None":
        """Return the latest linear model of the labels; None without one."""
        return None if self.pool(timeout) is None else self._linear.get(self._live.now(), timeout)

    @property
    def is_ready(self) -> bool:
        """Whether the pool is there and a linear model was fitted once."""
        return self._linear.last >= 0

    def quality(self, timeout: float = 0.0) -> "Quality | None":
        """Return how well a linear model of the labels does."""
        return self._quality.get(self._live.now(), timeout)

    def forecast(self, timeout: float = 0.0) -> dict[str, Any] | None:
        """Return what is left and whether to stop, as in `motherlode.stopping.Forecast`."""
        return self._forecast.get(self._live.now(), timeout)

    def found(self, timeout: float = 0.0) -> list[int] | None:
        """Return how many rows of the classes `towards` were found after 0, 1, 2, … labels."""
        return self._found.get(self._live.now(), timeout)

    def annotators(self, timeout: float = 0.0) -> "list[Annotator] | None":
        """Return how each annotator errs."""
        return self._annotators.get(self._live.now(), timeout)

    def records(self, timeout: float = 0.0) -> "list[Record] | None":
        """Return what each annotator did."""
        return self._records.get(self._live.now(), timeout)

    def guess_positive_class(self, state: State) -> PositiveClass:
        """Guess the positive class from labels, maybe from those of some answers ago."""
        timeout = _GUESS_SECONDS if self._guess.is_of_settings(state) else None
        return cast(PositiveClass, self._guess.get(state, timeout))

    def is_behind(self, state: State, *, annotators: bool) -> bool:
        """Say whether forecast, quality or what was found are of an earlier state.

        With `annotators` also whether the judgement of annotators is.
        """
        made = [self._forecast.last, self._quality.last, self._found.last]
        return min(*made, *[self._annotators.last] * annotators) < state.last

    @property
    def towards(self) -> tuple[str, ...]:
        """The classes that explanations are for: the positive ones, else the last declared."""
        return find_towards(self._project.settings)

    def _load(self) -> "Pool":
        pool = self._project.rows.pool()
        pool.unit_vectors  # noqa: B018 - computed here, where nobody waits for it
        self._loaded = pool
        self._linear.forget()
        return pool

    def _explain(self, state: State) -> "LinearExplanation | None":
        from .linear_explanation import explain_labels

        pool = cast("Pool", self._loaded)  # a newer one may be waiting for the lock that this holds
        rows, is_one = labels_of(state, self._towards_at(state))
        return explain_labels(pool, rows[rows < len(pool)], is_one[rows < len(pool)])

    def _judge(self, state: State) -> "Quality":
        from .quality import MOST, TOO_MANY, judge_linear_model

        if state.kinds.get("label", 0) > MOST:  # no need to read the pool
            return TOO_MANY
        pool = cast("Pool", self.pool(None))
        with self._pool_lock:
            look = self._look(state)
            labelled = list_labelled(look.state, look.draws)
            return judge_linear_model(pool, build_session(*look), labelled)

    def _make_forecast(self, state: State) -> dict[str, Any]:
        from .advice import make_forecast  # statistics take a second to load
        from .label_errors import correct_estimates

        look = self._look(state)
        corrected = correct_estimates(*look)
        return make_forecast(build_session(*look), look.settings, corrected).to_dict()

    def _guess_class(self, state: State) -> PositiveClass:
        return guess_positive_class(self._project.settings_at(state), state)

    def _towards_at(self, state: State) -> tuple[str, ...]:
        return find_towards(self._project.settings_at(state))

    def _judge_annotators(self, state: State) -> "list[Annotator]":
        from .annotators import judge_annotators  # statistics take a second to load

        return judge_annotators(state, self._project.settings_at(state))

    def _list_records(self, state: State) -> "list[Record]":
        from .records import list_records  # statistics take a second to load

        return list_records(state)

    def _count_found(self, state: State) -> list[int]:
        return count_found(state, self._towards_at(state))

    def _look(self, state: State) -> "_Look":
        """Read what sessions of a state are made of."""
        guess = self.guess_positive_class
        with self._project.database.reading() as connection:
            # A draw without an answer may have got one since.
            state = log.read_state(connection, state.copy())
            settings = self._project.settings_at(state)
            positive_class = find_positive_class(connection, settings, state, guess)
            draws = list_open_draws(connection, state, self._live.clock())
        return _Look(state, settings, positive_class, draws)


class _Look(NamedTuple):
    """What `build_session` takes, all of one moment."""

    state: State
    settings: Settings
    positive_class: PositiveClass
    draws: list[OpenDraw]


def find_towards(settings: Settings) -> tuple[str, ...]:
    """Find the classes that explanations are for."""
    return settings.positive_classes or settings.classes[-1:]


def labels_of(
    state: State, towards: Collection[str]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the labelled rows, and which of them are of some classes."""
    table = state.table()
    labelled = table[table["kind"] == LABEL]
    is_one = np.array([word in towards for word in state.words], dtype=bool)
    return labelled["row"].copy(), is_one[labelled["label"]]


def _make_map(pool: "Pool") -> "Places":
    from ...pool._projection import place_rows

    return place_rows(pool)


def _start(lock: Lock, work: Callable[[], T]) -> "Future[T]":
    """Work while the lock is held, in a thread that the end of the server does not wait for."""
    result: Future[T] = Future()

    def run() -> None:
        with lock:
            try:
                load_engine()
                result.set_result(work())
            except BaseException as problem:
                result.set_exception(problem)

    Thread(target=run, name="explanations", daemon=True).start()
    return result


def _wait(future: "Future[T]", timeout: float | None) -> T | None:
    try:
        return future.result(timeout)
    except TimeoutError:
        return None


class _Latest(Generic[T]):
    """The latest value that `make` made of a state, and the id of that state's last event.

    `lock` is held while it is made.
    """

    def __init__(self, make: Callable[[State], T], lock: Lock) -> None:
        self.last, self._value = -1, cast(T | None, None)
        self._changed = 0  # the last change of the settings that the value has seen
        self._make, self._making_lock, self._lock = make, lock, Lock()
        self._making: Future[None] | None = None
        self._rests_until = 0.0

    def get(self, state: State, timeout: float | None) -> T | None:
        """Return the latest value, after a wait of at most `timeout` for that of this state."""
        with self._lock:
            is_idle = self._making is None or self._making.done()
            rests = self.is_of_settings(state) and time.monotonic() < self._rests_until
            if self.last < state.last and is_idle and not rests:
                self._making = _start(self._making_lock, partial(self._renew, state))
            making = self._making
        if making is not None:
            _wait(making, timeout)
        return self._value if self.is_of_settings(state) else None

    def forget(self) -> None:
        """Forget the value: it was made of rows that were changed since."""
        self.last = -1

    def is_of_settings(self, state: State) -> bool:
        """Say whether there is a value, made under the settings of a state or later ones."""
        return self.last >= 0 and self._changed >= state.changes.last

    def _renew(self, state: State) -> None:
        begun = time.monotonic()
        try:
            self._value = self._make(state)
            self.last, self._changed = state.last, state.changes.last
        finally:
            now = time.monotonic()
            self._rests_until = now + _REST * (now - begun)
