"""Label rows of a pool until the measures of a model are known as well as asked for."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from .._inert.description import enumerate_words
from .._inert.whole_numbers import check_whole
from .._rows.arrays import Rows
from .._rows.gaps import is_gap
from ..errors import InputError
from ._evaluation import METRICS, NAMES, Evaluation, bound_told
from ._evaluation_report import EvaluationReport, Look, are_narrow
from ._model_scores import decide, read_scores, to_probabilities
from ._value import Estimate, MaybeEstimate, check_share

_FIRST = 40  # rows of the first round
_MORE = 0.25  # rows of a round, by the labels before it
_ROUNDS_A_LOOK = 2
# Whoever labels until the interval is narrow stops more often where it is too narrow by chance. At
# half the error, and with looks at every half more labels, 95 % intervals held the truth at the
# stop in 94 % or more of sessions of every kind that was simulated; with all of it in 91 %.
_SPENT = 0.5
_STEERED = ("precision", "recall", "f1")
_ASSUMES = (
    "That the labels are right. The interval allows for looks at it until it is narrow; a stop for "
    "its value, because one likes it, is not allowed for."
)

Oracle = Callable[[Rows], ArrayLike]


class EvaluationRun:
    """An evaluation that asks for labels until its intervals are narrow.

    Parameters
    ----------
    pool_scores : array-like of shape (n,)
        What the model says of each row of the pool, higher for likelier positive: probabilities,
        log odds, ranks, or the labels 0 and 1 of a rule or a language model. If they are not all
        within 0 and 1, their order alone counts.
    measures : str or sequence of str, default "f1"
        Any of `METRICS`. Labels are spent for the one whose interval is the widest.
    width : float in (0, 1), default 0.05
        Half the width of the interval that is asked for, of every measure.
    budget : int, optional
        Rows to ask at most; all by default.
    threshold : float, optional
        From which score on a row is called positive; 0.5 by default if the scores are within 0
        and 1.
    decisions : array-like of bool of shape (n,), optional
        Which rows the model calls positive, in place of a threshold.
    level : float in (0, 1), default 0.95
        Nominal coverage of the intervals when the evaluation stops.
    seed : int, default 0
        Sets which rows are drawn.

    Notes
    -----
    Rows are asked in rounds, and intervals are computed after every second one. Which rows are
    drawn follows from the scores, the seed and the labels alone, so an evaluation goes on from its
    labels.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> scores = rng.beta(0.05, 2, size=5000)
    >>> truth = rng.random(5000) < scores
    >>> run = EvaluationRun(scores, measures="prevalence", width=0.02)
    >>> while len(rows := run.ask()):
    ...     run.teach(rows, truth[rows])
    >>> run.report().is_reached
    True
    """

    def __init__(
        self,
        pool_scores: ArrayLike,
        *,
        measures: str | Sequence[str] = "f1",
        width: float = 0.05,
        budget: int | None = None,
        threshold: float | None = None,
        decisions: ArrayLike | None = None,
        level: float = 0.95,
        seed: int = 0,
    ) -> None:
        scores = read_scores(pool_scores)
        self.measures = _read_measures(measures)
        check_share(width, "width")
        check_share(level, "level")
        check_whole(seed, "seed", 0)
        if budget is not None:
            budget = check_whole(budget, "budget")
        called = decide(scores, threshold, decisions)
        steered = [NAMES[name] for name in self.measures if name in _STEERED]
        if called is None and steered:
            raise InputError(
                f"{enumerate_words(steered)} {'needs' if len(steered) == 1 else 'need'} to know "
                "which rows the model calls positive, and the scores are no probabilities, as they "
                f"lie between {scores.min():g} and {scores.max():g}: give a threshold, or "
                "decisions."
            )
        if called is not None and not called.any() and "precision" in self.measures:
            raise InputError(
                "The model calls no row positive, so that it has no precision, however many rows "
                "are labelled; give a lower threshold, or leave precision out."
            )
        self.width, self.level, self.seed = width, level, seed
        self.budget = len(scores) if budget is None else min(budget, len(scores))
        self.called = None if called is None else int(called.sum())
        self._called = np.zeros(len(scores), dtype=bool) if called is None else called
        self._scores = to_probabilities(scores, called)
        self._answers: dict[int, bool | None] = {}
        self._known: dict[object, dict[str, MaybeEstimate]] = {}
        self._begin()

    @property
    def drawn(self) -> list[int]:
        """Rows that were drawn so far, with those that wait for an answer."""
        return self._drawn

    @property
    def is_done(self) -> bool:
        """Whether the width is reached, the budget is spent, or no row is left."""
        self._go_on()
        return self._is_done

    @property
    def looks(self) -> tuple[Look, ...]:
        """How the intervals narrowed so far."""
        self._go_on()
        return tuple(self._looks)

    def ask(self) -> Rows:
        """Give the rows of this round that have no answer; none once it is done.

        Returns
        -------
        ndarray of int64 of shape (m,)
            Row ids.
        """
        self._go_on()
        waiting = [] if self._is_done else self._waiting()
        return np.array(waiting, dtype=np.int64)

    def teach(self, rows: ArrayLike, positive: Iterable[object]) -> None:
        """Record labels; those of rows that are not drawn yet count once they are.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Row ids.
        positive : array-like of shape (m,)
            Whether each is positive; None or NaN where nobody can tell.

        Raises
        ------
        InputError
            If they do not fit together, or a row is not in the pool.
        """
        ids, told = np.atleast_1d(np.asarray(rows)), [_read_label(one) for one in positive]
        if ids.shape != (len(told),):
            raise InputError(f"There are {ids.size} rows and {len(told)} labels; give one each.")
        if len(told) and not np.issubdtype(ids.dtype, np.integer):
            raise InputError("Rows are named by whole numbers; give those that ask() drew.")
        if len(told) and not (ids.min() >= 0 and ids.max() < len(self._scores)):
            raise InputError(
                f"A row is not in the pool, whose rows are 0 to {len(self._scores) - 1}."
            )
        given = dict(zip(ids.tolist(), told, strict=True))
        has_changed = any(self._counted.get(row, label) != label for row, label in given.items())
        self._answers.update(given)
        if has_changed:
            self._begin()

    def forget(self, rows: Iterable[int]) -> None:
        """Take labels back, so that the rows are asked again.

        Parameters
        ----------
        rows : iterable of int
            Row ids.
        """
        gone = [row for row in rows if row in self._answers]
        for row in gone:
            del self._answers[row]
        if any(row in self._counted for row in gone):
            self._begin()

    def report(self) -> EvaluationReport:
        """Say what is known by now."""
        self._go_on()
        self._count(self._drawn)
        tally = self._evaluation.tally
        passed = [row for row, label in self._counted.items() if label is None]
        return EvaluationReport(
            self._estimate(bounded=bool(passed)),
            int(tally.drawn.sum()),
            int(tally.positives.sum()),
            len(passed),
            len(self._scores),
            self.called,
            self.width,
            self._is_done,
            tuple(self._looks),
        )

    @property
    def _inner(self) -> float:
        """The level of the intervals, of whose error a part is spent on looks."""
        return 1 - _SPENT * (1 - self.level)

    def _begin(self) -> None:
        """Draw again from the start, with the labels that are known."""
        self._evaluation = self._make_evaluation()
        self._drawn: list[int] = []
        self._counted: dict[int, bool | None] = {}
        self._looks: list[Look] = []
        self._rounds, self._is_done = 0, False

    def _make_evaluation(self) -> Evaluation:
        return Evaluation(
            self._scores, called=self._called, metric=self.measures[0], seed=self.seed
        )

    def _waiting(self) -> list[int]:
        return [row for row in self._drawn if row not in self._answers]

    def _go_on(self) -> None:
        while not self._is_done and not self._waiting():
            self._count(self._drawn)
            if self._rounds and self._rounds % _ROUNDS_A_LOOK == 0:
                self._look()
            if not self._is_done:
                self._draw()

    def _count(self, rows: Iterable[int]) -> None:
        new = {
            row: self._answers[row]
            for row in rows
            if row in self._answers and row not in self._counted
        }
        self._counted |= new
        told = {row: label for row, label in new.items() if label is not None}
        self._evaluation.teach(list(told), list(told.values()))
        self._evaluation.pass_over([row for row in new if row not in told])

    def _draw(self) -> None:
        so_far = len(self._drawn)
        left = self.budget - so_far
        if not left:
            self._look()
            self._is_done = True
            return
        wanted = max(round(_MORE * so_far), 10) if so_far else _FIRST
        self._evaluation.metric = self._find_widest()
        self._drawn += self._evaluation.ask(min(wanted, left)).tolist()
        self._rounds += 1

    def _find_widest(self) -> str:
        """Name the measure whose interval was the widest; before that, each in turn."""
        seen = self._looks[-1].estimates if self._looks else {}
        widths = {n: e.half_width for n, e in seen.items() if isinstance(e, Estimate)}
        if len(widths) < len(self.measures):
            return self.measures[self._rounds % len(self.measures)]
        return max(widths, key=lambda name: widths[name])

    def _look(self) -> None:
        labels = int(self._evaluation.tally.drawn.sum())
        if self._looks and self._looks[-1].labels == labels:
            return
        self._looks.append(Look(labels, self._estimate(bounded=False)))
        self._is_done = are_narrow(self._looks[-1].estimates, self.width)

    def _estimate(self, *, bounded: bool) -> dict[str, MaybeEstimate]:
        return {name: self._say(found) for name, found in self._find(bounded=bounded).items()}

    def _find(self, *, bounded: bool) -> dict[str, MaybeEstimate]:
        key = frozenset(self._counted.items()), bounded
        if key not in self._known:
            evaluation = self._evaluation
            self._known[key] = (
                {n: bound_told(evaluation, e, n) for n, e in self._find(bounded=False).items()}
                if bounded
                else {n: evaluation.estimate(n, self._inner, bounded=False) for n in self.measures}
            )
        return self._known[key]

    def _say(self, estimate: MaybeEstimate) -> MaybeEstimate:
        if not isinstance(estimate, Estimate):
            return estimate
        if not estimate.half_width:
            return replace(estimate, level=self.level)
        method = f"{estimate.method} Half of the error is spent on looks."
        return replace(estimate, level=self.level, method=method, assumes=_ASSUMES)


def evaluate(
    pool_scores: ArrayLike,
    oracle: Oracle,
    *,
    measures: str | Sequence[str] = "f1",
    width: float = 0.05,
    budget: int | None = None,
    threshold: float | None = None,
    decisions: ArrayLike | None = None,
    level: float = 0.95,
    seed: int = 0,
    progress: bool = False,
) -> EvaluationReport:
    """Find how good a model is on a pool, with few labels.

    Where labels come from people, use `motherlode.estimation.EvaluationRun`, which has `ask` and
    `teach`, or ``motherlode evaluate``.

    Parameters
    ----------
    pool_scores : array-like of shape (n,)
        What the model says of each row of the pool, higher for likelier positive: probabilities,
        log odds, ranks, or the labels 0 and 1 of a rule or a language model. If they are not all
        within 0 and 1, their order alone counts.
    oracle : callable
        Takes row ids of shape (m,) and gives for each whether it is positive; None or NaN where
        nobody can tell.
    measures : str or sequence of str, default "f1"
        Any of "precision", "recall", "f1", "average_precision" and "prevalence".
    width : float in (0, 1), default 0.05
        Half the width of the interval that is asked for, of every measure.
    budget : int, optional
        Rows to ask at most; all by default.
    threshold : float, optional
        From which score on a row is called positive; 0.5 by default if the scores are within 0
        and 1.
    decisions : array-like of bool of shape (n,), optional
        Which rows the model calls positive, in place of a threshold.
    level : float in (0, 1), default 0.95
        Nominal coverage of the intervals when the evaluation stops.
    seed : int, default 0
        Sets which rows are drawn.
    progress : bool, default False
        Whether to print a line on stderr each time the intervals are computed.

    Returns
    -------
    EvaluationReport

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> scores = rng.beta(0.05, 2, size=5000)
    >>> truth = rng.random(5000) < scores
    >>> report = evaluate(scores, lambda rows: truth[rows], measures="precision", width=0.1)
    >>> report.is_reached, report.labels < 300
    (True, True)
    """
    run = EvaluationRun(
        pool_scores,
        measures=measures,
        width=width,
        budget=budget,
        threshold=threshold,
        decisions=decisions,
        level=level,
        seed=seed,
    )
    if not callable(oracle):
        raise InputError(
            "The oracle must be a function from row ids to labels; of an array `truth` it is "
            "`lambda rows: truth[rows]`."
        )
    shown = 0
    while len(rows := run.ask()):
        run.teach(rows, np.atleast_1d(np.asarray(oracle(rows))).tolist())
        looks = run.looks
        for look in looks[shown:] if progress else ():
            sys.stderr.write(f"{look}\n")
        shown = len(looks)
    return run.report()


def _read_measures(measures: str | Sequence[str]) -> tuple[str, ...]:
    if not isinstance(measures, Iterable):
        raise InputError(f"measures is {measures!r}; give a name, or several in a list.")
    names = (measures,) if isinstance(measures, str) else tuple(dict.fromkeys(measures))
    unknown = [name for name in names if name not in METRICS]
    if unknown or not names:
        wrong = repr(unknown[0]) if unknown else "not given"
        raise InputError(f"A measure is {wrong}; use some of {', '.join(METRICS)}.")
    return names


def _read_label(label: object) -> bool | None:
    if is_gap(label):
        return None
    if label not in (0, 1):
        raise InputError(f"A label is {label!r}; say true or false, or 1 or 0, or None.")
    return bool(label)
