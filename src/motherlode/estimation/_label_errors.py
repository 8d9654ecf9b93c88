"""Estimates of positives that are corrected for the errors of annotators.

Where a class is rare, few false alarms double it: at 2 % positives and 10 % errors, 11.6 % of all
labels say "positive". Rows that two annotators have labelled, and rows whose class somebody has
settled, show how much of that is error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from warnings import catch_warnings, filterwarnings

import numpy as np
from scipy.optimize import minimize
from scipy.stats import chi2

from .._inert.description import pluralise
from .._inert.written_numbers import Kind
from .._rows.arrays import Codes, Floats
from ..errors import InputError
from ..session import Session
from ._annotators import PRIOR_RIGHT
from ._estimates import Estimates
from ._value import Estimate, NoEstimate, check_share

_FEWEST = 20  # random draws that two have labelled, below which an interval spans nearly everything
_UNKNOWN, _NEGATIVE, _POSITIVE = -1, 0, 1
_ASSUMES = (
    "That rows were drawn at random, and that annotators err independently, each on fewer than "
    "half of the rows of a class. Rows of a search may have other errors than random draws."
)
_EDGE = 1e-4  # of angles: a chance of exactly 0 has no gradient
_SOME = 2.0  # rows, of all that are drawn
_STARTS = (0.1, 0.01, 0.3)  # shares of errors from which the best explanation is looked for


def correct_counts(
    session: Session,
    said: Sequence[Mapping[str, bool]],
    settled: Mapping[int, bool] | None = None,
    level: float = 0.95,
    *,
    name: str = "positives",
) -> Estimates:
    """Estimate positives, prevalence, positives left and recall in spite of wrong labels.

    Who errs how is estimated from random draws that two or more annotators labelled, and from
    those whose class is settled. The intervals contain the uncertainty of that. Two labels alone do
    not tell a rare class with few false alarms from a frequent one that is often missed, so
    intervals are wide until rows on which annotators differ are settled, or have a third label.

    Parameters
    ----------
    session : Session
        The labels, and how their rows were found.
    said : sequence of dict from str to bool
        For each row of the session, in its order, who called it positive (True) or negative.
    settled : dict of int to bool, optional
        The true class of some rows, by their places in the session.
    level : float in (0, 1), default 0.95
        Nominal coverage of the intervals, for one look.
    name : str
        What the positive rows are called.

    Returns
    -------
    Estimates
        Without numbers, and with the reason, where fewer than 20 random draws have labels of two
        annotators or a settled class beside a label.

    Notes
    -----
    Let θ be the share of positives among the random draws, and let annotator a miss a positive with
    the chance m_a and call a negative positive with the chance f_a. A row's labels have the
    likelihood ::

        θ Π_a m_a^(1 - l_a) (1 - m_a)^l_a + (1 - θ) Π_a f_a^l_a (1 - f_a)^(1 - l_a)

    of which a settled class keeps one term (Dawid & Skene 1979, equations 2.1 and 2.7, with 2.2 for
    a known class). It uses the labels of all draws. So a second look may be chosen by the first
    label, and rows to settle by all labels. With one annotator and settled rows its maximum is the
    estimate of Rogan & Gladen, (q + s - 1) / (r + s - 1) for a share q of labels that are positive,
    a sensitivity r and a specificity s, as far as that lies in [0, 1].

    All labelled rows that are no random draws have a share and chances of errors of their own,
    since rows that a strategy asks are harder or easier than others. If T are the positives among
    the d draws and S those among the other labelled rows, there are, with draws in groups of n_g
    from R_g rows and F_g positives labelled before, ::

        K = (T + Σ_g n_g F_g / R_g) / Σ_g n_g / R_g,    T = dθ,

    positives, as without errors (each draw is positive with the chance (K - F_g) / R_g). F_g is
    taken for the share of S and T that its labels have.

    The ends of an interval are the least and the largest value of the quantity among all
    parameters whose log likelihood is within χ²₁ / 2 of the largest one: its profile likelihood
    interval. It is one where the labels determine the parameters and, with more than the nominal
    coverage, where they leave a range of them open. Unlike Wald's and the interval of Lang &
    Reiczigel, it needs no sample with known classes. That the draws are a part of a finite pool
    is not used, which makes it wider where most rows are drawn.

    References
    ----------
    Rogan & Gladen (1978), Estimating prevalence from the results of a screening test, American
    Journal of Epidemiology 107(1). Lang & Reiczigel (2014), Confidence limits for prevalence of
    disease adjusted for estimated sensitivity and specificity, Preventive Veterinary Medicine
    113(1). Hui & Walter (1980), Estimating the error rates of diagnostic tests, Biometrics 36(1)
    (what two tests determine). Dawid & Skene (1979), Maximum likelihood estimation of observer
    error-rates using the EM algorithm, Applied Statistics 28(1).

    Examples
    --------
    Of 400 draws ann calls 48 positive, ben sees all of them and 60 others again, and where they
    differ somebody settles it:

    >>> from motherlode.session import Origin
    >>> draws = [Origin("control", "", 1 / (4000 - i), 4000 - i) for i in range(400)]
    >>> ann = [i < 48 for i in range(400)]
    >>> said = [{"ann": one} for one in ann]
    >>> for i in range(108):
    ...     said[i]["ben"] = i < 20
    >>> found = correct_counts(Session(4000, ann, draws), said, {i: False for i in range(20, 48)})
    >>> round(found.prevalence.value, 2), found.prevalence.high < 48 / 400
    (0.05, True)
    """
    check_share(level, "level")
    settled = dict(settled or {})
    _check(session, said, settled)
    is_draw = session.uniform
    shared = sum(
        len(one) + (place in settled) > 1 and bool(one)
        for place, one in enumerate(said)
        if is_draw[place]
    )
    if shared < _FEWEST:
        return _make_all(
            NoEstimate(
                f"Of the random draws, {pluralise(shared, 'has', 'have')} labels of two "
                f"annotators; from {_FEWEST} on, estimates are corrected for errors."
            ),
            name,
        )
    parts = [
        _Part.tabulate([said[i] for i in places], [settled.get(i) for i in places])
        for places in (np.flatnonzero(is_draw).tolist(), np.flatnonzero(~is_draw).tolist())
        if places
    ]
    model = _Model(parts, _scale(session))
    cut = float(chi2.ppf(level, 1)) / 2
    method = _explain(parts[0], model.likeliest[: parts[0].size], shared)

    def estimate(quantity: str) -> Estimate:
        low, high = model.bound(quantity, cut)
        ends = model.measure(quantity, model.likeliest), low, high
        kind: Kind = "count"
        if quantity == "recall":
            value, low, high = (min(odds / (1 - odds), 1.0) for odds in ends)
            kind = "share"
        else:  # there are whole rows, so the ends are rounded outwards
            most = session.left if quantity == "positives_left" else session.pool_size
            value, low, high = np.clip([ends[0], np.floor(low), np.ceil(high)], 0, most).tolist()
        value = float(np.clip(value, low, high))
        return Estimate(value, low, high, level, method, _ASSUMES, kind=kind)

    total = estimate("positives")
    return Estimates(
        positives=total,
        prevalence=total.through(lambda n: n / session.pool_size, "share"),
        positives_left=estimate("positives_left"),
        recall=estimate("recall"),
        name=name,
    )


def _check(session: Session, said: Sequence[Mapping[str, bool]], settled: dict[int, bool]) -> None:
    if len(said) != session.labels:
        raise InputError(
            f"There are {session.labels} labels in the session and {len(said)} rows in said; give "
            "what annotators said of each row, in the session's order."
        )
    outside = [place for place in settled if not 0 <= place < len(said)]
    if outside:
        raise InputError(
            f"settled has place {outside[0]}, and the session has {len(said)} labels; give places "
            "in the session."
        )


def _make_all(reason: NoEstimate, name: str) -> Estimates:
    return Estimates(
        positives=reason, prevalence=reason, positives_left=reason, recall=reason, name=name
    )


class _Scale(NamedTuple):
    """How many positives one of the draws, and one of the other labelled rows, stands for."""

    draw: float
    other: float


def _scale(session: Session) -> _Scale:
    """Find the weights of T and S in K; see the notes of `correct_counts`."""
    groups, uniform, positive = session.groups(), session.uniform, session.positive
    rate = sum(g.drawn / g.rows for g in groups)
    before, total = np.zeros(2), np.zeros(2)
    for k, mine in enumerate((uniform, ~uniform)):
        # Positives tell how many positives came before; without any, labels do.
        counted = mine & positive if (mine & positive).any() else mine
        total[k] = counted.sum()
        behind = np.concatenate([[0], np.cumsum(counted)])
        draws = np.flatnonzero(uniform)
        # Within a group a draw stands for the rows that were left before all of it.
        weights = np.concatenate([np.full(g.drawn, 1 / g.rows) for g in groups])
        known = np.sort(session.known_before[draws])
        sizes = [g.drawn for g in groups]
        known = known[np.repeat([0, *np.cumsum(sizes)[:-1]], sizes)]
        before[k] = (weights * behind[known]).sum()
    share = before / np.maximum(total, 1)
    return _Scale(float((1 + share[0]) / rate), float(share[1] / rate))


@dataclass(frozen=True, eq=False)
class _Part:
    """Rows of one kind: which labels they have, and how many rows have the same.

    ``labels`` are kinds × annotators, ``truth`` and ``called`` one a kind: positive, negative or
    unknown.
    """

    labels: Codes
    truth: Codes
    times: Floats

    @classmethod
    def tabulate(cls, said: Sequence[Mapping[str, bool]], truth: Sequence[bool | None]) -> "_Part":
        names = sorted({who for one in said for who in one})
        place = {who: a for a, who in enumerate(names)}
        table = np.full((len(said), len(names) + 1), _UNKNOWN, dtype=np.int64)
        for row, (one, known) in enumerate(zip(said, truth, strict=True)):
            for who, label in one.items():
                table[row, place[who]] = int(label)
            if known is not None:
                table[row, -1] = int(known)
        kinds, times = np.unique(table, axis=0, return_counts=True)
        return cls(kinds[:, :-1], kinds[:, -1], times.astype(np.float64))

    @property
    def size(self) -> int:
        """How many parameters it has."""
        return 1 + 2 * self.labels.shape[1]

    @cached_property
    def rows(self) -> float:
        return float(self.times.sum())

    @cached_property
    def said_positive(self) -> Floats:
        return (self.labels == _POSITIVE).astype(np.float64)

    @cached_property
    def said_negative(self) -> Floats:
        return (self.labels == _NEGATIVE).astype(np.float64)

    @cached_property
    def called(self) -> Any:
        """Which kinds are found: settled as positive, or called so by most."""
        votes = (self.said_positive - self.said_negative).sum(axis=1)
        return np.where(self.truth == _UNKNOWN, votes > 0, self.truth == _POSITIVE)

    def explain(self, angles: Floats) -> tuple[float, Floats, Floats]:
        """Compute log likelihood, its gradient, and the chance that each kind is positive."""
        chance = np.sin(angles) ** 2
        share, missed, alarmed = _split(chance)
        log_one = (
            np.log(share) + self.said_negative @ np.log(missed)
            + self.said_positive @ np.log1p(-missed)
        )  # fmt: skip
        log_none = (
            np.log1p(-share) + self.said_positive @ np.log(alarmed)
            + self.said_negative @ np.log1p(-alarmed)
        )  # fmt: skip
        log_one = np.where(self.truth == _NEGATIVE, -np.inf, log_one)
        log_none = np.where(self.truth == _POSITIVE, -np.inf, log_none)
        log = np.logaddexp(log_one, log_none)
        positive = np.exp(log_one - log)
        ones, nones = self.times * positive, self.times * (1 - positive)
        wrong = np.concatenate(
            [[ones.sum()], ones @ self.said_negative, nones @ self.said_positive]
        )
        right = np.concatenate(
            [[nones.sum()], ones @ self.said_positive, nones @ self.said_negative]
        )
        # With c = sin²(angle), d log c = 2 cot(angle) and d log (1 - c) = -2 tan(angle).
        tangent = np.tan(angles)
        return float(self.times @ log), 2 * (wrong / tangent - right * tangent), positive

    def find(self, angles: Floats) -> tuple[float, Floats]:
        """Compute how many found rows are positive, and the gradient of that."""
        positive = self.explain(angles)[2]
        found = self.times * positive * self.called
        moves, tangent = found * (1 - positive), np.tan(angles)
        share, missed, alarmed = _split(tangent)
        gradient = np.concatenate(
            [
                [moves.sum() * (1 / share + share)],
                moves @ self.said_negative / missed - moves @ self.said_positive * missed,
                moves @ self.said_negative * alarmed - moves @ self.said_positive / alarmed,
            ]
        )
        return float(found.sum()), 2 * gradient


def _split(chance: Floats) -> tuple[Any, Floats, Floats]:
    annotators = (len(chance) - 1) // 2
    return chance[0], chance[1 : annotators + 1], chance[annotators + 1 :]


class _Model:
    """The likelihood of the draws and of the other labelled rows, and what follows from it.

    Parameters are angles whose squared sines are chances: on this scale all are known about as
    well, whatever they are.
    """

    def __init__(self, parts: list[_Part], scale: _Scale) -> None:
        self._parts, self._scale = parts, scale
        self._bounds = [
            (_EDGE, most - _EDGE)
            for part in parts
            for most in [np.pi / 2, *[np.pi / 4] * (part.size - 1)]
        ]
        self._low, self._high = np.array(self._bounds).T
        fits = [self._fit(errors, 0.0) for errors in _STARTS]
        fits.append(self._minimise(self.likeliest, 0.0))
        self._best = min(fits, key=lambda found: found[1])
        # An angle of 0 stays 0, since its sine squared is flat there: ends are looked for from
        # shares of at least some rows.
        some = np.concatenate(
            [np.full(part.size, np.sqrt(_SOME / max(part.rows, _SOME))) for part in parts]
        )
        self._starts = [
            np.clip(start, some, self._high - some / 10)
            for start in (self._best[0], self.likeliest)
        ]

    @cached_property
    def likeliest(self) -> Floats:
        """The likeliest parameters, if each annotator called one of ten known rows wrong before."""
        fits = [self._fit(start, 1.0) for start in _STARTS]
        return min(fits, key=lambda found: found[1])[0]

    def measure(self, quantity: str, angles: Floats) -> float:
        """Compute a quantity from parameters; for recall r it is r / (1 + r), which has a bound."""
        if quantity == "recall":
            found = sum(part.find(mine)[0] for part, mine in self._each(angles))
            return found / (found + self.measure("positives", angles))
        return float(
            sum(
                weight * part.rows * np.sin(mine[0]) ** 2
                for weight, part, mine in self._weigh(quantity, angles)
            )
        )

    def bound(self, quantity: str, cut: float) -> tuple[float, float]:
        """Find the least and the largest value that the labels do not refute."""
        best, least = self._best
        # In units of about its size it takes the same steps, whatever it is.
        unit = max(abs(self.measure(quantity, start)) for start in self._starts)
        allowed = {
            "type": "ineq",
            "fun": lambda angles: cut - (self._score(angles, 0.0)[0] - least),
            "jac": lambda angles: -self._score(angles, 0.0)[1],
        }
        ends = []
        for sign in (1, -1):
            values = [self.measure(quantity, best)]
            for start in self._starts:
                with catch_warnings():
                    # Old versions of SciPy say when they take a step back into the bounds.
                    filterwarnings("ignore", "Values in x were outside bounds", RuntimeWarning)
                    made = minimize(
                        lambda angles, sign=sign: sign * self.measure(quantity, angles) / unit,
                        start,
                        jac=lambda angles, sign=sign: sign * self._slope(quantity, angles) / unit,
                        method="SLSQP",
                        bounds=self._bounds,
                        constraints=[allowed],
                        options={"maxiter": 100, "ftol": 1e-4},
                    )
                at = self._pull_back(np.clip(made.x, self._low, self._high), least + cut)
                values.append(self.measure(quantity, at))
            ends.append(sign * min(sign * value for value in values))
        return ends[0], ends[1]

    def _pull_back(self, angles: Floats, most: float) -> Floats:
        """Go towards the best parameters as far as it takes to be within the likelihood."""
        best, out, within = self._best[0], 1.0, 0.0
        if self._score(angles, 0.0)[0] <= most:
            return angles
        for _ in range(20):
            middle = (out + within) / 2
            if self._score(best + middle * (angles - best), 0.0)[0] <= most:
                within = middle
            else:
                out = middle
        return np.asarray(best + within * (angles - best))

    def _slope(self, quantity: str, angles: Floats) -> Floats:
        """Compute the gradient of a quantity."""
        if quantity == "recall":
            found, slopes = zip(
                *[part.find(mine) for part, mine in self._each(angles)], strict=True
            )
            total, ones = self.measure("positives", angles), sum(found)
            change = total * np.concatenate(slopes) - ones * self._slope("positives", angles)
            return np.asarray(change / (ones + total) ** 2)
        gradient = []
        for weight, part, mine in self._weigh(quantity, angles):
            own = np.zeros(part.size)
            own[0] = weight * part.rows * np.sin(2 * mine[0])
            gradient.append(own)
        return np.concatenate(gradient)

    def _weigh(self, quantity: str, angles: Floats) -> list[tuple[float, _Part, Floats]]:
        """Give what a positive row of each part counts for, with the part."""
        known = float(quantity == "positives_left")  # those of labelled rows are not left
        pairs = zip(self._scale, self._each(angles), strict=False)
        return [(weight - known, part, mine) for weight, (part, mine) in pairs]

    def _each(self, angles: Floats) -> list[tuple[_Part, Floats]]:
        ends = np.cumsum([part.size for part in self._parts])
        return list(zip(self._parts, np.split(angles, ends[:-1]), strict=True))

    def _score(self, angles: Floats, prior: float) -> tuple[float, Floats]:
        """Compute the negative log likelihood with its gradient, and with a prior of errors."""
        angles = np.clip(angles, self._low, self._high)
        value, gradient = 0.0, []
        for part, mine in self._each(angles):
            log, slope, _ = part.explain(mine)
            errors, tangent = np.sin(mine[1:]) ** 2, np.tan(mine[1:])
            log += prior * float((np.log(errors) + PRIOR_RIGHT * np.log1p(-errors)).sum())
            slope[1:] += prior * 2 * (1 / tangent - PRIOR_RIGHT * tangent)
            value -= log
            gradient.append(-slope)
        return value, np.concatenate(gradient)

    def _fit(self, errors: float, prior: float) -> tuple[Floats, float]:
        start = []
        for part in self._parts:
            apparent = float(part.times @ part.called) / part.rows
            share = np.clip((apparent - errors) / (1 - 2 * errors), apparent / 10 + 1e-3, 0.9)
            start += [share, *[errors] * (part.size - 1)]
        return self._minimise(np.arcsin(np.sqrt(start)), prior)

    def _minimise(self, start: Floats, prior: float) -> tuple[Floats, float]:
        made = minimize(
            self._score, start, args=(prior,), jac=True, method="L-BFGS-B", bounds=self._bounds,
            options={"maxiter": 500},
        )  # fmt: skip
        return np.asarray(made.x), float(made.fun)


def _explain(draws: _Part, angles: Floats, shared: int) -> str:
    """Say what the estimate is made of, and whether most found rows may be false alarms."""
    called = float(draws.times @ draws.called)
    right = float((draws.times * draws.explain(angles)[2])[draws.called].sum())
    said = (
        f"From {draws.rows:,.0f} rows drawn at random, {shared:,} of them with labels of two "
        f"annotators or a settled class: of {called:,.0f} called positive about {right:,.0f} are "
        "(profile likelihood of Dawid and Skene's model)."
    )
    if called and right < called / 2:
        said += " More are false alarms than not, so the interval may reach 0."
    return said
