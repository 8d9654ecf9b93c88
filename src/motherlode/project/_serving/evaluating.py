"""Rows that are drawn to evaluate a model are asked before others; labels tell how good it is.

A row that has a label already, however it came, needs no second one: which rows are drawn does not
depend on labels. The other way round, these rows are no control draws, so estimates of the project
count them as rows that were found in another way.
"""

from collections.abc import Collection
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from ...errors import InputError
from .._data.evaluated import Aim, Evaluated, find_version, read_evaluated
from .._data.folder import Project
from .._data.settings import Settings
from .._log.events import EVALUATION
from .._log.fold import State
from .._log.provenance import Provenance
from .queue import Offer
from .reach import Reach

if TYPE_CHECKING:
    from ...estimation import EvaluationRun
    from ...estimation._evaluation_report import EvaluationReport

TO_EVALUATE = "drawn to evaluate a model"
"""Why such a row is asked."""


class Wanted(NamedTuple):
    """Rows that the evaluation waits for, and whether the project asks nothing else."""

    rows: Collection[int] = ()
    alone: bool = False


class Evaluations:
    """The evaluation that a project makes now, worked out again as labels come.

    Parameters
    ----------
    project : Project
        Whose labels they are.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = Lock()
        self._key: object = None
        self._aim: Aim | None = None
        self._run: EvaluationRun | None = None

    @property
    def is_on(self) -> bool:
        """Whether a model is evaluated."""
        return find_version(self._project.folder) is not None

    @property
    def is_alone(self) -> bool:
        """Whether the project is there for an evaluation alone."""
        return self.is_on and read_evaluated(self._project.folder, 0).aim.alone

    def find_wanted(self, state: State) -> Wanted:
        """Find the rows that the evaluation waits for; none if nothing is evaluated, or it is done.

        Parameters
        ----------
        state : State
            Of the project.
        """
        if not self.is_on:
            return Wanted()
        with self._lock:
            try:
                run = self._follow(state)
            except InputError:  # the page says why; annotators go on with other rows
                return Wanted()
            assert self._aim is not None
            return Wanted(run.ask().tolist(), self._aim.alone)

    def say_progress(self, state: State) -> str:
        """Say how narrow the intervals were when they were computed last.

        Parameters
        ----------
        state : State
            Of the project.
        """
        with self._lock:
            run = self._follow(state)
            told = sum(row in state.rows for row in run.drawn)
            said = f"{told:,} of {run.budget:,} asked"
            return f"{said} · {run.looks[-1]}" if run.looks else said

    def is_done(self, state: State) -> bool:
        """Say whether no more rows are asked for the evaluation.

        Parameters
        ----------
        state : State
            Of the project.
        """
        with self._lock:
            return self._follow(state).is_done

    def report(self, state: State) -> "tuple[Aim, EvaluationReport] | None":
        """Say how good the model is; None if none is evaluated.

        Parameters
        ----------
        state : State
            Of the project.
        """
        if not self.is_on:
            return None
        with self._lock:
            run = self._follow(state)
            assert self._aim is not None
            return self._aim, run.report()

    def _follow(self, state: State) -> "EvaluationRun":
        settings = self._project.settings_at(state)
        run = self._open(settings)
        done = -1
        while len(run.drawn) != done:
            done = len(run.drawn)
            told = {row: _read(state, row, settings) for row in run.drawn if row in state.rows}
            run.forget([row for row in run.drawn if row not in told])
            run.teach(list(told), list(told.values()))
            run.ask()
        return run

    def _open(self, settings: Settings) -> "EvaluationRun":
        folder, positive = self._project.folder, settings.positive_classes
        key = find_version(folder), settings.rows, positive
        if self._run is None or key != self._key:
            if not positive:
                raise InputError(
                    "Please name the positive class, by `motherlode set PROJECT --minority NAME`: "
                    "a model is evaluated for it."
                )
            found = read_evaluated(folder, settings.rows)
            self._run, self._aim, self._key = make_run(found), found.aim, key
        return self._run


def make_run(evaluated: Evaluated) -> "EvaluationRun":
    """Make the run of an evaluation, without any label.

    Raises
    ------
    InputError
        If the scores and what is asked of them do not fit together.
    """
    from ...estimation import EvaluationRun  # a server gives its first row before it loads this

    aim = evaluated.aim
    return EvaluationRun(
        evaluated.scores,
        measures=aim.measures,
        width=aim.width,
        budget=aim.budget,
        threshold=aim.threshold,
        decisions=evaluated.decisions,
        seed=aim.seed,
    )


def _read(state: State, row: int, settings: Settings) -> bool | None:
    """Read whether a row is positive; None while nobody can tell, or people differ."""
    known = state.rows[row]
    return known.label in settings.positive_classes if known.kind == "label" else None


def offer_wanted(
    wanted: Wanted, n: int, state: State, held: Collection[int], reach: Reach | None
) -> list[Offer]:
    """Offer at most `n` of the rows that an evaluation waits for, of those that nobody holds."""
    free = (
        row
        for row in wanted.rows
        if row not in state.rows and row not in held and (reach is None or row in reach)
    )
    how = Provenance(EVALUATION)
    return [Offer(row, how, reason=TO_EVALUATE) for row, _ in zip(free, range(n), strict=False)]
