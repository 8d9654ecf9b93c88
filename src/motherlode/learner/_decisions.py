"""How good the final model's decisions are on the pool, and what is promised of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._inert.description import Described, Description
from .._rows.arrays import Floats, Rows
from ..estimation._bounds import add_bounds, are_bounds_apart
from ..estimation._calls import Calls
from ..estimation._parting import say_parted, speak_for_newest
from ..estimation._promise import Promise
from ..estimation._value import Estimate, MaybeEstimate, NoEstimate
from ..models._threshold import RecallAtPrecision, best_threshold
from ._session import SessionOfRows

if TYPE_CHECKING:
    from ._final_model import FinalFit

_NEWEST = "precision (rows that came last)"
_FOLDS = 5
_SAMPLE = 1_000
_STREAM = 23  # a random stream of its own


@dataclass(frozen=True, eq=False, repr=False)
class Decisions(Described):
    """How good the decisions of a final model are, by labels that it was not made with.

    The intervals are of the pool's rows, where a row that is labelled counts as a model and a
    threshold decide that were made without it. Rows beyond the pool differ from these by chance,
    most where positives are few. Where nearly all of some 80 positives of a pool were labelled, and
    as many were among fresh rows, 95 % intervals of F1 held the pool's in 50 of 50 runs and that of
    the fresh rows in 37.

    Attributes
    ----------
    precision, recall, f1 : Estimate or NoEstimate
        On the whole pool, not on other rows. Where rows were asked and got no label,
        `Estimate.bounds` hold whatever these are.
    promised : bool
        Whether the precision is promised, of which the interval then begins at what was asked for.
    about_threshold : str
        What is promised or why nothing is, as a sentence; empty if the likelier class is said.
    newest : Estimate or NoEstimate, optional
        The precision among the rows that came last, with such bounds; None if all came together.
    reference : ndarray of shape (s,)
        Probabilities of the positive class of up to 1,000 rows of the pool, drawn at random, each
        by a fit without it. `motherlode.estimation.detect_drift` compares those of new rows with
        them.
    """

    precision: MaybeEstimate
    recall: MaybeEstimate
    f1: MaybeEstimate
    promised: bool
    about_threshold: str
    reference: Floats
    newest: MaybeEstimate | None = None

    def list_facts(self) -> list[tuple[str, str]]:
        """List the measures, each under its name; a reason that they share is said once."""
        named = {"precision": self.precision, "recall": self.recall, "F1": self.f1}
        if len({f"{one}" for one in named.values()}) == 1:
            facts = [("precision, recall and F1", f"{self.f1}")]
        else:
            facts = [(name, f"{one}") for name, one in named.items()]
        return facts if self.newest is None else [*facts, (_NEWEST, f"{self.newest}")]

    @property
    def about_newest(self) -> str:
        """What follows for the rows that came last, as a sentence; empty if they are like all."""
        return say_parted("precision", self.newest, self.precision)

    def _describe(self) -> Description:
        said = " ".join(one for one in (self.about_threshold, self.about_newest) if one)
        return Description("Decisions", said, self.list_facts())


def judge_decisions(fit: "FinalFit", target: Any, known: SessionOfRows, level: float) -> Decisions:
    """Judge the decisions that a fit makes for a target, or of the likelier class.

    Parameters
    ----------
    fit : FinalFit
        Of two classes.
    target
        As of ``fit.make_model``.
    known : SessionOfRows
        The labels, and how their rows were found.
    level : float in (0, 1)
        Nominal coverage of each interval.
    """
    places = known.find_in(fit.training.rows)
    scores = fit.held_out[0][places]
    if target is None:
        cut, promise = fit.even_cut, None
        called = scores >= cut
    else:
        cut, promise = fit.choose_cut(target, known)
        is_promised = isinstance(promise, Promise)
        called = scores >= cut if is_promised else _call_held_out(fit, target)[places]
    calls = Calls(known.session, called, int((fit.score_rest >= cut).sum()), level)
    supposed = _suppose(fit, known, calls, cut)
    bound = partial(_bound, calls, supposed)
    precision = bound(Calls.precision, promise.precision if isinstance(promise, Promise) else None)
    return Decisions(
        precision,
        bound(Calls.recall),
        bound(Calls.f1),
        isinstance(promise, Promise),
        "" if target is None else _say(fit.read_target(target), promise, precision),
        _sample(fit),
        _judge_newest(fit, cut, known, calls, supposed),
    )


def _suppose(fit: "FinalFit", known: SessionOfRows, calls: Calls, cut: float) -> list[Calls]:
    """Suppose labels of the rows that were passed over, by which the decisions are worst, and best.

    The decisions on these rows are all wrong, or all right.
    """
    passed_over = known.session.passed_over
    if passed_over is None or passed_over.rows is None:
        return []
    places, rows = passed_over.places, passed_over.rows
    passed = fit.score_unlabelled(rows[places]) >= cut
    called = np.empty(len(rows), dtype=bool)
    called[places] = passed
    called[~places] = calls.called[known._replace(rows=rows[~places]).find_in(known.rows)]
    # Those that are still left count among the labels here.
    left = calls.left - int((passed & fit.training.left.holds(rows[places])).sum())
    return [
        replace(calls, session=known.session.complete(positive), called=called, left=left)
        for positive in (~called, called)
    ]


def _bound(
    calls: Calls,
    supposed: Sequence[Calls],
    measure: Callable[[Calls], MaybeEstimate],
    promised: Estimate | None = None,
) -> MaybeEstimate:
    """Estimate a measure, with bounds that hold whatever the rows are that were passed over."""
    found = promised or measure(calls)
    if not supposed or not isinstance(found, Estimate):
        return found
    return add_bounds(found, *(measure(replace(each, level=found.level)) for each in supposed))


def _judge_newest(
    fit: "FinalFit", cut: float, known: SessionOfRows, calls: Calls, supposed: Sequence[Calls]
) -> MaybeEstimate | None:
    """Estimate the precision among the rows that came last, if not all came together."""
    arrivals, passed_over = known.session.arrivals, known.session.passed_over
    if arrivals is None or not len(known.came_last):
        return None
    place = len(arrivals.sizes) - 1
    newest = known.came_last[fit.training.left.holds(known.came_last)]
    is_called = fit.score_unlabelled(newest) >= cut

    def select(of: Calls, rows: Rows) -> Calls:
        assert of.session.arrivals is not None
        is_last = of.session.arrivals.of_label == place
        return replace(
            of,
            session=of.session.of_arrival(place),
            called=of.called[is_last],
            left=int(is_called[~np.isin(newest, rows)].sum()),
        )

    last, bounding = select(calls, known.rows), []
    if passed_over is not None and passed_over.rows is not None:
        of_them = passed_over.session.arrivals
        # A draw that was passed over may part the last rows once more, so that others came last.
        if of_them is not None and len(of_them.sizes) == len(arrivals.sizes):
            bounding = [select(each, passed_over.rows) for each in supposed]
    found = _bound(last, bounding, Calls.precision)
    return speak_for_newest(found, last.session.pool_size)


def _sample(fit: "FinalFit") -> Floats:
    """Draw rows of the pool at random, and give what the final model would say of them."""
    rng = np.random.default_rng([*fit.training.seed, _STREAM])
    labelled = fit.held_out[0][: len(fit.training.rows)]
    scores = np.concatenate([labelled, fit.score_rest])
    return fit.calibrate(rng.choice(scores, min(_SAMPLE, len(scores)), replace=False))


def _call_held_out(fit: "FinalFit", target: Any) -> NDArray[np.bool_]:
    """Call each labelled row by a threshold that was chosen without it, and by a fit without it."""
    scores, positive = fit.held_out
    rng = np.random.default_rng([*fit.training.seed, _STREAM])
    order = np.lexsort((rng.random(len(scores)), positive))
    folds = min(_FOLDS, int(positive.sum()), int((~positive).sum()))
    fold = np.empty(len(scores), dtype=np.int64)
    fold[order] = np.arange(len(scores)) % folds
    called = np.empty(len(scores), dtype=bool)
    for number in range(folds):
        out = fold == number
        cut = best_threshold(
            scores[~out], positive[~out], fit.read_target(target), prevalence=fit.shares.prevalence
        )
        called[out] = scores[out] >= cut
    return called[: len(fit.training.rows)]


def _say(target: Any, promise: Promise | NoEstimate | None, precision: MaybeEstimate) -> str:
    if isinstance(promise, Promise):
        asked, sure = (f"{100 * x:.3g} %" for x in (promise.precision.low, promise.precision.level))
        also = (
            " It is promised of rows that people can tell; the undecided ones could change it."
            if are_bounds_apart(precision)
            else ""
        )
        said = f"The precision on new rows like these is {asked} or more, with {sure} confidence."
        return said + also
    if isinstance(promise, NoEstimate):
        return (
            f"{promise.reason} So the threshold is the one that looks best on the labels, which is "
            "optimistic: new rows may have a lower precision."
        )
    if isinstance(target, RecallAtPrecision):
        return (
            f"A precision of {100 * target.precision:.3g} % is what the labels show that the "
            "threshold was chosen on, which is optimistic: new rows may have a lower one. "
            "RecallAtPrecision(..., confidence=0.95) promises it."
        )
    return (
        "The threshold is the one that looks best on the labels; how good it is was estimated with "
        "labels that did not choose it."
    )
