"""How good a model is on a pool where the class is rare, from few labels well spent.

A random test set at one positive in 500 holds hardly any. Here rows are drawn at random within
layers of like scores, more from the layers that the measure depends on. A share of the draws goes
to all rows alike, since scores can be wrong.
"""

from bisect import bisect_left
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from .._inert.description import pluralise
from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ._bounds import add_bounds
from ._ranked import Area, Ranked, Ranking
from ._strata import Condition, Contrast, Tally, cut_by_rank, interval, tails
from ._value import Estimate, MaybeEstimate, NoEstimate, check_share

METRICS = ("precision", "recall", "f1", "average_precision", "prevalence")
NAMES = dict(
    zip(METRICS, ("precision", "recall", "F1", "average precision", "prevalence"), strict=True)
)
"""How measures are called in a sentence."""
MEANINGS = {
    "precision": "of the rows that the model calls positive, the share that is",
    "recall": "of the positives, the share that the model calls so",
    "f1": "precision and recall in one number, their harmonic mean",
    "average_precision": "how high positives rank; 1 if they all come first",
    "prevalence": "of all rows, the share that is positive",
}
"""What they are, for people who meet the name for the first time."""
# Labels that the recalibrated scores count for in the allocation of a layer. If they were few, a
# layer whose first rows are negative would get no more, and positives would be underestimated.
_PRIOR = 30.0
# Of a positive, and of a negative, that count as seen in each layer. An interval holds what a layer
# of which few rows are drawn may hide, however low the scores: so none is drawn too thinly.
_UNSEEN = 0.05
_LEAST = 2  # rows that are drawn of every layer first
# Of a plan: labels that are tried first, numbers tried between two doublings, part of a label.
_FEW = 16
_PLANNED = 17
_LITTLE = 1e-6
_LEVEL = 0.95  # of the interval of a plan
_ASSUMES = "That the labels are right and that every row drawn was labelled."


@dataclass(frozen=True)
class Plan:
    """How many labels it takes to make an interval as narrow as wished.

    Attributes
    ----------
    labels : int
        About so many more labels.
    sentence : str
        The same in words.
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
    metric : {"f1", "precision", "recall", "average_precision", "prevalence"}
        What the labels are spent for; all of them can be estimated at any time.
    explore : float in (0, 1], default 0.1
        The share of draws that goes to all rows alike.
    seed : int, default 0
        Sets which rows are drawn.
    called : array-like of bool of shape (n,), optional
        Which rows the model calls positive, in place of the threshold.

    Notes
    -----
    After OASIS, with four changes. Layers never mix calls, so what is called positive is known
    and only the layers' shares of positives are estimated. Rows are drawn without replacement,
    so none is labelled twice. Layers get labels in proportion to ``|c| sqrt(p (1 - p))``, with
    c the derivative of the measure by the layer's positives and p its share of them by now
    (Neyman's allocation), which is the optimum for estimates by layer. And a tenth of the draws
    explores, not a thousandth: otherwise a group of positives that the model ranks last would
    not be seen.

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
        called: ArrayLike | None = None,
    ) -> None:
        self.scores = np.asarray(scores, dtype=np.float64)
        inside = (self.scores >= 0) & (self.scores <= 1)
        if self.scores.ndim != 1 or not len(self.scores) or not inside.all():
            raise InputError("The scores must be probabilities, one a row, from 0 to 1.")
        if not 0 < explore <= 1:
            raise InputError(f"explore is {explore}; it must lie in (0, 1], so that no row is out.")
        self.metric = metric
        self._check_metric(metric)
        self.explore, self.seed = explore, seed
        self.called = self.scores >= threshold if called is None else np.asarray(called) == 1
        if self.called.shape != self.scores.shape:
            raise InputError(
                f"There are {len(self.scores)} scores and {self.called.size} decisions; give one "
                "each."
            )
        self.layer = cut_by_rank(self.scores, self.called.astype(np.int64))
        self._rows = np.bincount(self.layer)
        self._calls = self.called[np.unique(self.layer, return_index=True)[1]].astype(np.float64)
        self._means = np.bincount(self.layer, self.scores) / self._rows
        # The order in which rows of a layer are drawn does not depend on labels. So if a label is
        # corrected, the rows that were drawn since are drawn again, and no label is lost.
        order = np.random.default_rng(seed).permutation(len(self.scores))
        order = order[np.argsort(self.layer[order], kind="stable")]
        self._members = np.split(order, np.cumsum(self._rows)[:-1])
        self._labels: dict[int, bool] = {}
        self._passed: set[int] = set()
        self._ranking = Ranking(self.scores)

    @cached_property
    def _area(self) -> Area:
        return Area(self._ranking, self.layer)

    @property
    def tally(self) -> Tally:
        """Rows, draws and positives of each layer; rows that were passed over are left out."""
        rows = np.fromiter(self._labels, dtype=np.int64, count=len(self._labels))
        truth = np.fromiter(self._labels.values(), dtype=np.float64, count=len(rows))
        passed = np.fromiter(self._passed, dtype=np.int64, count=len(self._passed))
        k = len(self._rows)
        positives = np.bincount(self.layer[rows], truth, minlength=k).astype(np.int64)
        told = self._rows - np.bincount(self.layer[passed], minlength=k)
        return Tally(told, np.bincount(self.layer[rows], minlength=k), positives)

    def ask(self, n: int = 10) -> Rows:
        """Draw ``n`` rows to label at random within layers; the same until some are taught.

        Parameters
        ----------
        n : int, default 10
            Rows to draw.

        Returns
        -------
        ndarray of int64 of shape (n,)
            Row ids.

        Raises
        ------
        InputError
            If fewer rows are unlabelled.
        """
        left = len(self.scores) - len(self._labels) - len(self._passed)
        if isinstance(n, bool) or not isinstance(n, int | np.integer):
            raise InputError(f"n is {n!r}; ask for a whole number of rows.")
        if not 1 <= n <= left:
            raise InputError(f"ask({n}) asks for rows and {left} are left; ask for 1 to {left}.")
        rng = np.random.default_rng([self.seed, len(self._labels)])
        unlabelled = np.ones(len(self.scores), dtype=bool)
        unlabelled[list(self._labels)] = unlabelled[list(self._passed)] = False
        drawn = [
            members[unlabelled[members]][:count]
            for members, count in zip(self._members, self._divide(n, rng), strict=True)
            if count
        ]
        rows: Rows = rng.permutation(np.concatenate(drawn))
        return rows

    def _divide(self, n: int, rng: np.random.Generator) -> Codes:
        """Divide the next ``n`` rows among the layers."""
        tally = self.tally
        goal = self._allocate(tally)
        given = np.zeros(len(tally.rows), dtype=np.int64)
        # First a few rows of every layer: without any there is no estimate.
        for k in np.flatnonzero(tally.drawn < np.minimum(_LEAST, tally.rows)):
            wanted = min(_LEAST, int(tally.rows[k])) - int(tally.drawn[k])
            given[k] = min(wanted, n - int(given.sum()))
        while (more := n - int(given.sum())) > 0:
            sizes = (tally.rows - tally.drawn - given).astype(np.float64)
            drawn = rng.multinomial(more, self._probabilities(goal, sizes))
            given += np.minimum(drawn, sizes.astype(int))
        return given

    def teach(self, rows: ArrayLike, positive: ArrayLike) -> None:
        """Record labels of rows that `ask` drew.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Row ids.
        positive : array-like of bool of shape (m,)
            Whether each of them is positive.

        Raises
        ------
        InputError
            If they do not fit together, or a row is not in the pool.
        """
        ids, truth = np.atleast_1d(np.asarray(rows)), np.atleast_1d(np.asarray(positive))
        if ids.shape != truth.shape:
            raise InputError(f"There are {ids.size} rows and {truth.size} labels; give one each.")
        if ids.size and not np.issubdtype(ids.dtype, np.integer):
            raise InputError("Rows are named by whole numbers; give those that ask() drew.")
        if not np.isin(truth, (0, 1)).all():
            raise InputError("Say of each row whether it is positive: true or false, or 1 or 0.")
        self._check_inside(ids)
        for row, label in zip(ids.tolist(), truth.tolist(), strict=True):
            self._labels[int(row)] = bool(label)
        self._passed -= self._labels.keys()

    def pass_over(self, rows: ArrayLike) -> None:
        """Leave out rows that nobody can tell; others of their layers are drawn in their place.

        Estimates are then of the rows that can be told, and have bounds that hold whatever the
        others are.

        Parameters
        ----------
        rows : array-like of int of shape (m,)
            Row ids.

        Raises
        ------
        InputError
            If a row is not in the pool.
        """
        ids = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        self._check_inside(ids)
        for row in ids.tolist():
            self._labels.pop(row, None)
            self._passed.add(row)

    def _check_inside(self, ids: Rows) -> None:
        if ids.size and (ids.min() < 0 or ids.max() >= len(self.scores)):
            raise InputError(
                f"A row is not in the pool, whose rows are 0 to {len(self.scores) - 1}."
            )

    def estimate(
        self, metric: str | None = None, level: float = 0.95, *, bounded: bool = True
    ) -> MaybeEstimate:
        """Estimate a measure of the model on the whole pool, with its interval.

        Where rows were passed over, `Estimate.bounds` hold whatever these are, but for average
        precision, which has none.

        Parameters
        ----------
        metric : str, optional
            One of `METRICS`; by default the one that the labels are spent for.
        level : float in (0, 1), default 0.95
            Nominal coverage of the interval.
        bounded : bool, default True
            Whether to compute the bounds, which takes twice as long as the interval.

        Returns
        -------
        Estimate or NoEstimate
            There is no estimate while some layer has no label, or no positive is drawn.
        """
        check_share(level, "level")
        name = self._check_metric(metric)
        found = self._estimate_told(name, level)
        return bound_told(self, found, name) if bounded else found

    def _suppose(self, rows: Rows, positive: NDArray[np.bool_]) -> "Evaluation":
        """Return the same as if the rows that were passed over had labels."""
        supposed = copy(self)
        told = dict(zip(rows.tolist(), positive.tolist(), strict=True))
        supposed._labels, supposed._passed = self._labels | told, set()
        return supposed

    def _estimate_told(self, name: str, level: float) -> MaybeEstimate:
        """Estimate a measure on the rows that can be told."""
        reason = self.reason_against(name)
        if reason is not None:
            return NoEstimate(reason)
        tally = self.tally
        value, condition_at = self._measure(name, tally)
        if self.settled(name):
            method, assumes = (
                "Every row that it depends on has a label, but for those that nobody could tell.",
                "That the labels are right.",
            )
            return Estimate(value, value, value, level, method, assumes)
        low, high = interval(tally, condition_at, value, level)
        seen = f"{int(tally.drawn.sum()):,} rows drawn from {len(tally.rows)} groups of like scores"
        return Estimate(value, low, high, level, f"From {seen} (hybrid resampling).", _ASSUMES)

    def settled(self, metric: str | None = None) -> bool:
        """Say whether a measure follows from the labels alone, with nothing left to estimate.

        Precision does if every row called positive is labelled. If none of those is positive,
        recall and F1 are 0, however many positives there are elsewhere.

        Parameters
        ----------
        metric : str, optional
            One of `METRICS`; by default the one that the labels are spent for.
        """
        name, tally = self._check_metric(metric), self.tally
        whole, called = tally.drawn == tally.rows, self._calls > 0
        if whole.all():
            return True
        if name in ("average_precision", "prevalence") or not whole[called].all():
            return False
        return name == "precision" or not tally.positives[called].any()

    def refuted(self, metric: str, value: float, level: float = 0.95) -> int:
        """Say whether the interval holds a value: 0 if so, 1 if it lies above it, -1 if below.

        This takes a small part of the time that finding both ends does.

        Parameters
        ----------
        metric : str
            One of `METRICS`.
        value : float
            The value in question.
        level : float in (0, 1), default 0.95
            Nominal coverage of the interval.
        """
        tally = self.tally
        seen, condition_at = self._measure(self._check_metric(metric), tally)
        at_most, at_least = tails(tally, condition_at(value))
        a = (1 - level) / 2
        if max(at_most, at_least) <= a:
            return 1 if value < seen else -1
        return int(at_least <= a) - int(at_most <= a)

    def reason_against(self, metric: str | None = None) -> str | None:
        """Say why a measure cannot be estimated yet; None if it can.

        Parameters
        ----------
        metric : str, optional
            One of `METRICS`; by default the one that the labels are spent for.
        """
        name, tally = self._check_metric(metric), self.tally
        missing = int(((tally.drawn == 0) & (tally.rows > 0)).sum())
        if missing:
            return (
                f"Rows are drawn from {len(tally.rows)} groups of like scores, and "
                f"{pluralise(missing, 'of these has', 'of these have')} no label yet; label at "
                f"least {missing:,} more of the rows drawn."
            )
        if not tally.rows.any():
            return "No row of the pool could be told."
        calls_some = bool((tally.rows * self._calls).any())
        if name == "precision" and not calls_some:
            return "The model calls no row positive, so that it has no precision."
        # If all rows called positive are labelled and none is positive, both are certainly 0.
        known = name in ("precision", "f1") and calls_some and self.settled(name)
        if tally.positives.any() or known or name == "prevalence":
            return None
        drawn = int(tally.drawn.sum())
        if drawn == tally.rows.sum():
            return f"No row of the pool is positive, so there is no {NAMES[name]} of a model on it."
        return (
            f"None of {drawn:,} rows drawn is positive, so nothing is known of {NAMES[name]}; go "
            "on drawing."
        )

    def plan(self, half_width: float, metric: str | None = None) -> Plan:
        """Say about how many more labels bring the interval to ± ``half_width``.

        The plan supposes that further labels go where they would go now, and find positives at
        the rate seen so far in each layer. Asked to halve F1's interval, twelve made-up sessions
        came out 0.8 to 1.1 times as wide as planned. By the common rule, a width that shrinks with
        the root of all labels, they were 0.7 to 1.5 times as wide: a layer without a positive
        narrows faster, and one that few labels go to slower.

        Parameters
        ----------
        half_width : float in (0, 1)
            Half the width of the interval that is wished for.
        metric : str, optional
            One of `METRICS`; by default the one that the labels are spent for.

        Returns
        -------
        Plan
        """
        check_share(half_width, "half_width")
        name = self._check_metric(metric)
        now = self._estimate_told(name, _LEVEL)
        if isinstance(now, NoEstimate):
            return Plan(len(self._rows), now.reason)
        interval_of = f"{NAMES[name]}'s interval"
        if now.half_width <= half_width:
            return Plan(0, f"{interval_of} is ±{now.half_width:.2g} already.")
        more = self._count_needed(half_width, name)
        return Plan(
            more,
            f"About {more:,} more labels bring {interval_of} from ±{now.half_width:.2g} to "
            f"±{half_width:.2g}.",
        )

    def _count_needed(self, half_width: float, name: str) -> int:
        left = len(self.scores) - len(self._labels) - len(self._passed)

        def narrow(more: int) -> bool:
            tally = self._look_ahead(more)
            value, condition_at = self._measure(name, tally)
            low, high = interval(tally, condition_at, value)
            return (high - low) / 2 <= half_width

        most = min(_FEW, left)
        while most < left and not narrow(most):
            most = min(2 * most, left)
        # Intervals are rough, so a few numbers between two doublings are tried.
        steps = np.unique(np.linspace(most / 2 if most > _FEW else 1, most, _PLANNED).astype(int))
        return int(steps[bisect_left(steps[:-1].tolist(), True, key=narrow)])

    def _look_ahead(self, more: int) -> Tally:
        """Return what is known after so many more labels, if layers go on as they did so far."""
        tally = self.tally
        goal, given, rest = self._allocate(tally), np.zeros(len(tally.rows)), float(more)
        while rest > _LITTLE and (tally.drawn + given < tally.rows).any():
            sizes = tally.rows - tally.drawn - given
            step = np.minimum(rest * self._probabilities(goal, sizes), sizes)
            given, rest = given + step, rest - float(step.sum())
        new = np.minimum(np.round(given).astype(np.int64), tally.rows - tally.drawn)
        positives = np.round(tally.positives + new * tally.shares).astype(np.int64)
        return Tally(tally.rows, tally.drawn + new, positives)

    def _check_metric(self, metric: str | None) -> str:
        name = self.metric if metric is None else metric
        if name not in METRICS:
            raise InputError(f"metric is {name!r}; use one of {', '.join(METRICS)}.")
        return name

    def _probabilities(self, goal: Floats, sizes: Floats) -> Floats:
        """Return the probability of each layer, by the rows it has left."""
        steered = np.where(sizes > 0, goal, 0.0)
        even = sizes / sizes.sum()
        if not steered.any():
            return even
        both = (1 - self.explore) * steered / steered.sum() + self.explore * even
        return np.asarray(both / both.sum())

    def _allocate(self, tally: Tally) -> Floats:
        """Weigh layers by Neyman's allocation, with shares smoothed towards the scores."""
        said = recalibrate(self._means, tally.positives, tally.drawn)
        seen = tally.positives + _PRIOR * said + _UNSEEN
        p = seen / (tally.drawn + _PRIOR + 2 * _UNSEEN)
        slope = self._slope(p, tally)
        return np.asarray(self._rows * np.abs(slope) * np.sqrt(p * (1 - p)))

    def _slope(self, p: Floats, tally: Tally) -> Floats:
        found, total = self._rows * p * self._calls, self._rows * p
        if self.metric == "precision":
            return self._calls
        if self.metric == "prevalence":
            return np.ones(len(p))
        if self.metric == "recall":
            return self._calls - found.sum() / total.sum()
        if self.metric == "f1":
            return 2 * self._calls - 2 * found.sum() / (self.called.sum() + total.sum())
        return self._area.slope(total) - self._area.expected(total) / float(total.sum())

    def _measure(self, name: str, tally: Tally) -> tuple[float, Callable[[float], Condition]]:
        N, calls, p = tally.rows, self._calls, tally.shares
        called, total = float((N * calls).sum()), float((N * p).sum())
        found = float((N * p * calls).sum())
        if name == "precision":
            return found / called, lambda v: Contrast(N * calls, v * called)
        if name == "prevalence":
            rows = float(N.sum())
            return total / rows, lambda v: Contrast(N.astype(np.float64), v * rows)
        if name == "recall":
            return found / total, lambda v: Contrast(N * (calls - v), 0.0)
        if name == "f1":
            value = 2 * found / (called + total)
            return value, lambda v: Contrast(N * (2 * calls - v), v * called)
        beyond = self._add_places(self.tally)
        area = float(self._area.estimate(tally.positives[None, :], tally.drawn)[0]) + beyond
        return float(np.clip(area / total, 0.0, 1.0)), lambda v: Ranked(self._area, v, beyond)

    def _add_places(self, tally: Tally) -> float:
        """Return what the places of the positives seen within their layers add to the area."""
        rows = np.array([row for row, label in self._labels.items() if label], dtype=np.int64)
        weight = (tally.rows / np.maximum(tally.drawn, 1))[self.layer[rows]]
        pairs = ((tally.rows - 1) / np.maximum(tally.drawn - 1, 1))[self.layer[rows]]
        seen = self._ranking.estimate_area(rows, self.layer[rows], weight, pairs)
        expected = self._area.estimate(tally.positives[None, :], tally.drawn)
        return seen - float(expected[0])


def bound_told(evaluation: Evaluation, found: MaybeEstimate, metric: str) -> MaybeEstimate:
    """Add the bounds to an estimate that has none; see `Evaluation.estimate`.

    Parameters
    ----------
    evaluation : Evaluation
        With the labels by now.
    found : Estimate or NoEstimate
        What it estimates of them.
    metric : str
        One of `METRICS`, of which that is.

    Returns
    -------
    Estimate or NoEstimate
        As it came where no row was passed over, or the measure has no bounds.
    """
    passed = evaluation._passed
    if not passed or metric == "average_precision" or not isinstance(found, Estimate):
        return found
    rows = np.array(sorted(passed), dtype=np.int64)
    best = np.ones(len(rows), bool) if metric == "prevalence" else evaluation.called[rows]
    least, most = (
        evaluation._suppose(rows, each)._estimate_told(metric, found.level)
        for each in (~best, best)
    )
    return add_bounds(found, least, most)


def recalibrate(means: Floats, positives: Codes, drawn: Codes) -> Floats:
    """Fit the mean scores of layers to the labels so far: ``expit(a + b logit(mean))``.

    Few labels leave a near 0 and b near 1 (Platt's scaling with a unit prior).

    Examples
    --------
    >>> recalibrate(np.array([0.1, 0.4]), np.array([0, 0]), np.array([0, 0])).round(6).tolist()
    [0.1, 0.4]
    """
    x = logit(np.clip(means, 1e-6, 1 - 1e-6))
    scale = max(float(np.abs(x).max()), 1.0)
    design = np.column_stack([np.ones(len(x)), x / scale])
    beta = start = np.array([0.0, scale])
    for _ in range(8):
        p = expit(design @ beta)
        slope = design.T @ (positives - drawn * p) - (beta - start)
        curvature = (design * (drawn * p * (1 - p))[:, None]).T @ design + np.eye(2)
        beta = beta + np.clip(np.linalg.solve(curvature, slope), -2.0, 2.0)
    return np.asarray(expit(design @ beta))
