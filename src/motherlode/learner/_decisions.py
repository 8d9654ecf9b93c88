"""How good the final model's decisions are on the pool, and what is promised of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._inert.description import Described, Description
from .._rows.arrays import Floats
from ..estimation._calls import Calls
from ..estimation._promise import Promise
from ..estimation._value import MaybeEstimate, NoEstimate
from ..models._threshold import RecallAtPrecision, best_threshold
from ._session import SessionOfRows

if TYPE_CHECKING:
    from ._final_model import FinalFit

_FOLDS = 5
_SAMPLE = 1_000
_STREAM = 23  # a random stream of its own


@dataclass(frozen=True, eq=False, repr=False)
class Decisions(Described):
    """How good the decisions of a final model are, by labels that it was not made with.

    Attributes
    ----------
    precision, recall, f1 : Estimate or NoEstimate
        On the whole pool.
    promised : bool
        Whether the precision is promised, of which the interval then begins at what was asked for.
    about_threshold : str
        What is promised or why nothing is, as a sentence; empty if the likelier class is said.
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

    def list_facts(self) -> list[tuple[str, str]]:
        """List the measures, each under its name; a reason that they share is said once."""
        named = {"precision": self.precision, "recall": self.recall, "F1": self.f1}
        if len({f"{one}" for one in named.values()}) == 1:
            return [("precision, recall and F1", f"{self.f1}")]
        return [(name, f"{one}") for name, one in named.items()]

    def _describe(self) -> Description:
        return Description("Decisions", self.about_threshold, self.list_facts())


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
    promised = isinstance(promise, Promise)
    return Decisions(
        promise.precision if isinstance(promise, Promise) else calls.precision(),
        calls.recall(),
        calls.f1(),
        promised,
        "" if target is None else _say(fit.read_target(target), promise),
        _sample(fit),
    )


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
            scores[~out], positive[~out], fit.read_target(target), prevalence=fit.prevalence
        )
        called[out] = scores[out] >= cut
    return called[: len(fit.training.rows)]


def _say(target: Any, promise: Promise | NoEstimate | None) -> str:
    if isinstance(promise, Promise):
        asked, sure = (f"{100 * x:.3g} %" for x in (promise.precision.low, promise.precision.level))
        return f"The precision on new rows like these is {asked} or more, with {sure} confidence."
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
