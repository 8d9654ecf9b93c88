"""How good a model is on a pool where the class is rare, from few labels well spent.

A random test set at one positive in 500 holds hardly any. Here rows are drawn at random within
layers of like scores, more from the layers that the measure hangs on, and a share of the draws
goes to all rows alike, since scores can be wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ._exact import first
from ._ranked import Area, Ranked, Ranking
from ._strata import Condition, Contrast, Tally, cut_by_rank, interval, tails
from ._value import Answer, Estimate, NoEstimate, check_level

METRICS = ("precision", "recall", "f1", "average_precision")
_SAID = dict(zip(METRICS, ("precision", "recall", "F1", "average precision"), strict=True))
# Labels that the recalibrated scores count for in the allocation of a layer. Were they few, a layer
# whose first rows are negative would get no more, and positives would be underestimated.
_PRIOR = 30.0
_LEAST = 2
# Of a plan: labels that are tried first, numbers tried between two doublings, part of a label.
_FEW = 16
_PLANNED = 17
_LITTLE = 1e-6
_RIGHT = "That the labels are right."
_ASSUMES = "That the labels are right and that every row drawn was labelled."


@dataclass(frozen=True)
class Plan:
    """What it takes to make an interval as narrow as wished.

    Attributes
    ----------
    labels : int
        More labels, about.
    sentence : str
    """

    labels: int
    sentence: str

    def __str__(self) -> str:
        return self.sentence


class Evaluation:
    """Adaptive evaluation of a model's decisions and ranking on the rows of a pool.

    Parameters
    ----------
    scores : array-like of shape (n,)
        The model's probability that each row is positive. They steer where labels are spent and
        need not be right; estimates stay valid if they are not.
    threshold : float, default 0.5
        From which score on a row is called positive.
    metric : {"f1", "precision", "recall", "average_precision"}
        What the labels are spent for; all four can be estimated at any time.
    explore : float in (0, 1], default 0.1
        The share of draws that goes to all rows alike.
    seed : int, default 0

    Notes
    -----
    After OASIS, with four changes. Layers never mix calls, so what is called positive is known
    and only the layers' shares of positives are estimated. Rows are drawn without replacement,
    so none is labelled twice. Layers get labels in proportion to ``|c| sqrt(p (1 - p))``, with
    c the derivative of the measure by the layer's positives and p its share of them by now
    (Neyman's allocation), which is the optimum for estimates by layer. And a tenth explores, not
    a thousandth, since a group of positives that the model ranks last would else go unseen.

    References
    ----------
    Marchant & Rubinstein (2017), In search of an entity resolution OASIS: optimal asymptotic
    sequential importance sampling, PVLDB 10, arXiv:1703.00617. Sawade, Landwehr & Scheffer
    (2010), Active estimation of F-measures, NIPS.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> scores = rng.beta(0.05, 2, size=5000)
    >>> truth = rng.random(5000) < scores
    >>> evaluation = Evaluation(scores)
    >>> for _ in range(10):
    ...     rows = evaluation.ask(20)
    ...     evaluation.teach(rows, truth[rows])
    >>> f1 = evaluation.estimate("f1")
    >>> 0 < f1.low <= f1.value <= f1.high < 1
    True
    """

    def __init__(
        self,
        scores: ArrayLike,
        *,
        threshold: float = 0.5,
        metric: str = "f1",
        explore: float = 0.1,
        seed: int = 0,
    ) -> None:
        self.scores = _probabilities(scores)
        if metric not in METRICS:
            raise InputError(f"metric is {metric!r}; use one of {', '.join(METRICS)}.")
        if not 0 < explore <= 1:
            raise InputError(f"explore is {explore}; it must lie in (0, 1], so that no row is out.")
        self.metric, self.explore, self.seed = metric, explore, seed
        self.called = self.scores >= threshold
        self.layer = cut_by_rank(self.scores, self.called.astype(np.int64))
        self._rows = np.bincount(self.layer)
        first = np.unique(self.layer, return_index=True)[1]
        self._calls = self.called[first].astype(np.float64)
        self._means = np.bincount(self.layer, self.scores) / self._rows
        self._members = np.split(np.argsort(self.layer, kind="stable"), np.cumsum(self._rows)[:-1])
        self._labels: dict[int, bool] = {}
        self._ranking = Ranking(self.scores)

    @cached_property
    def _area(self) -> Area:
        return Area(self._ranking, self.layer)

    @property
    def tally(self) -> Tally:
        """What is known of each layer."""
        rows = np.fromiter(self._labels, dtype=np.int64, count=len(self._labels))
        truth = np.fromiter(self._labels.values(), dtype=np.float64, count=len(rows))
        k = len(self._rows)
        positives = np.bincount(self.layer[rows], truth, minlength=k).astype(np.int64)
        return Tally(self._rows, np.bincount(self.layer[rows], minlength=k), positives)

    def ask(self, n: int = 10) -> Rows:
        """``n`` rows to label, drawn at random within layers; the same until some are taught.

        Raises
        ------
        InputError
            If fewer rows are unlabelled.
        """
        left = len(self.scores) - len(self._labels)
        if isinstance(n, bool) or not isinstance(n, int | np.integer):
            raise InputError(f"n is {n!r}; ask for a whole number of rows.")
        if not 1 <= n <= left:
            raise InputError(f"ask({n}) asks for rows and {left} are left; ask for 1 to {left}.")
        rng = np.random.default_rng([self.seed, len(self._labels)])
        open_ = np.ones(len(self.scores), dtype=bool)
        open_[list(self._labels)] = False
        picked = []
        for k, count in enumerate(self._shared(n, rng)):
            if count:
                members = self._members[k]
                picked.append(rng.choice(members[open_[members]], count, replace=False))
        rows: Rows = rng.permutation(np.concatenate(picked))
        return rows

    def _shared(self, n: int, rng: np.random.Generator) -> Codes:
        """How many of the next ``n`` rows each layer gives."""
        tally = self.tally
        goal = self._spending(tally)
        given = np.zeros(len(tally.rows), dtype=np.int64)
        # First a few rows of every layer, or nothing could be said of it.
        for k in np.flatnonzero(tally.drawn < np.minimum(_LEAST, tally.rows)):
            wanted = min(_LEAST, int(tally.rows[k])) - int(tally.drawn[k])
            given[k] = min(wanted, n - int(given.sum()))
        while (more := n - int(given.sum())) > 0:
            sizes = (tally.rows - tally.drawn - given).astype(np.float64)
            given += np.minimum(
                rng.multinomial(more, self._chances(goal, sizes)), sizes.astype(int)
            )
        return given

    def teach(self, rows: ArrayLike, positive: ArrayLike) -> None:
        """Record labels of rows that `ask` drew."""
        ids, truth = np.atleast_1d(np.asarray(rows)), np.atleast_1d(np.asarray(positive))
        if ids.shape != truth.shape:
            raise InputError(f"There are {ids.size} rows and {truth.size} labels; give one each.")
        if ids.size and not np.issubdtype(ids.dtype, np.integer):
            raise InputError("Rows are named by whole numbers; give those that ask() drew.")
        if not np.isin(truth, (0, 1)).all():
            raise InputError("Say of each row whether it is positive: true or false, or 1 or 0.")
        if ids.size and (ids.min() < 0 or ids.max() >= len(self.scores)):
            raise InputError(
                f"A row is not in the pool, whose rows are 0 to {len(self.scores) - 1}."
            )
        for row, label in zip(ids.tolist(), truth.tolist(), strict=True):
            self._labels[int(row)] = bool(label)

    def estimate(self, metric: str | None = None, level: float = 0.95) -> Answer:
        """A measure of the model on the whole pool, with its interval.

        Parameters
        ----------
        metric : str, optional
            By default what the labels are spent for.
        level : float

        Returns
        -------
        Estimate or NoEstimate
            None while some layer has no label, or no positive is drawn.
        """
        check_level(level)
        name = self._named(metric)
        reason = self.reason_against(name)
        if reason is not None:
            return NoEstimate(reason)
        tally = self.tally
        value, condition_at = self._measure(name, tally)
        if self.settled(name):
            return Estimate(
                value, value, value, level, "Every row that counts is labelled.", _RIGHT
            )
        low, high = interval(tally, condition_at, value, (0.0, 1.0), level)
        seen = f"{int(tally.drawn.sum()):,} rows drawn in {len(tally.rows)} layers of scores"
        return Estimate(value, low, high, level, f"From {seen} (hybrid resampling).", _ASSUMES)

    def settled(self, metric: str | None = None) -> bool:
        """Whether a measure follows from the labels alone, with nothing left to estimate.

        Precision does once every row called positive is labelled; and if none of those is
        positive, recall and F1 are 0, however many there are elsewhere.
        """
        name, tally = self._named(metric), self.tally
        whole, called = tally.drawn == tally.rows, self._calls > 0
        if whole.all():
            return True
        if name == "average_precision" or not whole[called].all():
            return False
        return name == "precision" or not tally.positives[called].any()

    def refuted(self, metric: str, value: float, level: float = 0.95) -> int:
        """Whether the interval holds a value: 0 if so, 1 if it lies above it, -1 if below.

        Costs a small part of what finding both ends does.
        """
        tally = self.tally
        seen, condition_at = self._measure(self._named(metric), tally)
        at_most, at_least = tails(tally, condition_at(value))
        a = (1 - level) / 2
        if max(at_most, at_least) <= a:
            return 1 if value < seen else -1
        return int(at_least <= a) - int(at_most <= a)

    def reason_against(self, metric: str | None = None) -> str | None:
        """Why a measure cannot be estimated yet; None if it can."""
        name, tally = self._named(metric), self.tally
        missing = int((tally.drawn == 0).sum())
        if missing:
            return (
                f"{missing} of {len(tally.rows)} layers of the pool have no label yet; label at "
                f"least {missing} more rows that ask() draws."
            )
        if name == "precision" and not self._calls.any():
            return "The model calls no row positive, so that it has no precision."
        # Of rows called positive that are all labelled, none positive, both are 0 for certain.
        known = name in ("precision", "f1") and self._calls.any() and self.settled(name)
        if tally.positives.any() or known:
            return None
        drawn = int(tally.drawn.sum())
        if drawn == len(self.scores):
            return f"No row of the pool is positive, so there is no {_SAID[name]} of a model on it."
        return (
            f"None of {drawn:,} rows drawn is positive, so nothing is known of {_SAID[name]}; go "
            "on drawing."
        )

    def plan(self, half_width: float, metric: str | None = None) -> Plan:
        """How many more labels bring the interval to ± ``half_width``, about.

        The interval is taken that there would be if further labels went where they now would go,
        and found positives at the rate seen so far in each layer. Asked to halve F1's, twelve
        made-up sessions came out 0.8 to 1.1 times as wide as planned. Widths that shrink with the
        root of all labels, which is the common rule, were 0.7 to 1.5 times as wide: a layer without
        a positive narrows faster, and one that labels seldom go to slower.

        Parameters
        ----------
        half_width : float
        metric : str, optional
            By default what the labels are spent for.

        Returns
        -------
        Plan
        """
        if not 0 < half_width < 1:
            raise InputError(f"half_width is {half_width}; it must lie between 0 and 1.")
        name = self._named(metric)
        now = self.estimate(name)
        if isinstance(now, NoEstimate):
            return Plan(len(self._rows), now.reason)
        said_as = _SAID[name]
        more = 0 if now.half_width <= half_width else self._needed(half_width, name)
        if not more:
            said = f"{said_as}'s interval is ±{now.half_width:.2g} already."
        else:
            said = (
                f"About {more:,} more labels bring {said_as}'s interval from ±{now.half_width:.2g} "
                f"to ±{half_width:.2g}."
            )
        return Plan(more, said)

    def _needed(self, half_width: float, name: str) -> int:
        left = len(self.scores) - len(self._labels)

        def narrow(more: int) -> bool:
            tally = self._ahead(more)
            value, condition_at = self._measure(name, tally)
            low, high = interval(tally, condition_at, value, (0.0, 1.0))
            return (high - low) / 2 <= half_width

        most = min(_FEW, left)
        while most < left and not narrow(most):
            most = min(2 * most, left)
        # Past the first of these the width is too large, and intervals are rough themselves.
        steps = np.unique(np.linspace(most / 2 if most > _FEW else 1, most, _PLANNED).astype(int))
        return int(steps[first(lambda i: narrow(int(steps[i])), 0, len(steps) - 1)])

    def _ahead(self, more: int) -> Tally:
        """What would be known after so many more labels, if layers go on as they did so far."""
        tally = self.tally
        goal, given, rest = self._spending(tally), np.zeros(len(tally.rows)), float(more)
        while rest > _LITTLE and (tally.drawn + given < tally.rows).any():
            sizes = tally.rows - tally.drawn - given
            step = np.minimum(rest * self._chances(goal, sizes), sizes)
            given, rest = given + step, rest - float(step.sum())
        new = np.minimum(np.round(given).astype(np.int64), tally.rows - tally.drawn)
        positives = np.round(tally.positives + new * tally.shares).astype(np.int64)
        return Tally(tally.rows, tally.drawn + new, positives)

    def _named(self, metric: str | None) -> str:
        name = self.metric if metric is None else metric
        if name not in METRICS:
            raise InputError(f"metric is {name!r}; use one of {', '.join(METRICS)}.")
        return name

    def _chances(self, goal: Floats, sizes: Floats) -> Floats:
        """Probability of each layer, by the rows it has left."""
        steered = np.where(sizes > 0, goal, 0.0)
        even = sizes / sizes.sum()
        if not steered.any():
            return even
        return (1 - self.explore) * steered / steered.sum() + self.explore * even

    def _spending(self, tally: Tally) -> Floats:
        """Neyman's allocation for the measure, shares being smoothed towards the scores."""
        said = recalibrated(self._means, tally.positives, tally.drawn)
        p = (tally.positives + _PRIOR * said) / (tally.drawn + _PRIOR)
        p = np.clip(p, 1e-6, 1 - 1e-6)
        slope = self._slope(p, tally)
        return np.asarray(self._rows * np.abs(slope) * np.sqrt(p * (1 - p)))

    def _slope(self, p: Floats, tally: Tally) -> Floats:
        found, total = self._rows * p * self._calls, self._rows * p
        if self.metric == "precision":
            return self._calls
        if self.metric == "recall":
            return self._calls - found.sum() / total.sum()
        if self.metric == "f1":
            return 2 * self._calls - 2 * found.sum() / (self.called.sum() + total.sum())
        return self._area.slope(total) - self._area.expected(total) / float(total.sum())

    def _measure(self, name: str, tally: Tally) -> tuple[float, Callable[[float], Condition]]:
        N, calls, p = self._rows, self._calls, tally.shares
        called, total = float(self.called.sum()), float((N * p).sum())
        found = float((N * p * calls).sum())
        if name == "precision":
            return found / called, lambda v: Contrast(N * calls, v * called)
        if name == "recall":
            return found / total, lambda v: Contrast(N * (calls - v), 0.0)
        if name == "f1":
            value = 2 * found / (called + total)
            return value, lambda v: Contrast(N * (2 * calls - v), v * called)
        return self._ranked(tally)

    def _ranked(self, tally: Tally) -> tuple[float, Callable[[float], Condition]]:
        beyond = self._beyond(self.tally)
        area = float(self._area.sampled(tally.positives[None, :], tally.drawn)[0]) + beyond
        value = float(np.clip(area / float((tally.rows * tally.shares).sum()), 0.0, 1.0))
        return value, lambda v: Ranked(self._area, v, beyond)

    def _beyond(self, tally: Tally) -> float:
        """What the places of the positives seen within their layers add to the area."""
        rows = np.array([row for row, label in self._labels.items() if label], dtype=np.int64)
        weight = (tally.rows / np.maximum(tally.drawn, 1))[self.layer[rows]]
        pairs = ((tally.rows - 1) / np.maximum(tally.drawn - 1, 1))[self.layer[rows]]
        seen = self._ranking.sampled_area(rows, self.layer[rows], weight, pairs)
        expected = self._area.sampled(tally.positives[None, :], tally.drawn)
        return seen - float(expected[0])


def recalibrated(means: Floats, positives: Codes, drawn: Codes) -> Floats:
    """Mean scores of layers, bent to the labels so far: ``expit(a + b logit(mean))``.

    Few labels leave a near 0 and b near 1 (Platt's scaling with a unit prior).

    Examples
    --------
    >>> recalibrated(np.array([0.1, 0.4]), np.array([0, 0]), np.array([0, 0])).round(6).tolist()
    [0.1, 0.4]
    """
    x = logit(np.clip(means, 1e-6, 1 - 1e-6))
    design = np.column_stack([np.ones(len(x)), x / max(float(np.abs(x).max()), 1.0)])
    start = np.array([0.0, max(float(np.abs(x).max()), 1.0)])
    beta = start
    for _ in range(8):
        p = expit(design @ beta)
        slope = design.T @ (positives - drawn * p) - (beta - start)
        curvature = (design * (drawn * p * (1 - p))[:, None]).T @ design + np.eye(2)
        beta = beta + np.clip(np.linalg.solve(curvature, slope), -2.0, 2.0)
    return np.asarray(expit(design @ beta))


def _probabilities(scores: Any) -> Floats:
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not ((values >= 0) & (values <= 1)).all():
        raise InputError("The scores must be probabilities, one a row, from 0 to 1.")
    return values
