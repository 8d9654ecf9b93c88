"""What several annotators' labels of the same rows prove: each row's class, and who errs how.

The model is Dawid and Skene's: a row has one class, and each annotator calls it what it is with
chances of their own. All labels count, also those of rows that one annotator alone has seen. So
it does no harm if the rows to see again were chosen by what was said of them.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ._value import Estimate, MaybeEstimate, NoEstimate

_NEEDS_EXTRA = (
    "Labels of one row by several annotators are settled by crowd-kit: "
    'pip install "motherlode[annotators]".'
)

PRIOR_RIGHT = 9  # rows of each class that an annotator is taken to have called right, for one wrong
_BURN, _DRAWS = 200, 1_000
_LEVEL = 0.95
_METHOD = "Dawid and Skene's model, with an interval from draws of its posterior"
_ASSUMES = (
    "Given its class, annotators err on a row independently; before any label each is taken to "
    f"call one row of {PRIOR_RIGHT + 1} wrong."
)
_NOT_SHARED = NoEstimate(
    "No row has labels of two annotators, so nothing shows who errs; let a second one label some."
)


class Opinion(NamedTuple):
    """What one annotator said of one row.

    Attributes
    ----------
    row : int
        Global id.
    annotator : str
        The annotator's name.
    code : int
        The label, as a position in the classes.
    """

    row: int
    annotator: str
    code: int


@dataclass(frozen=True, eq=False)
class Annotator:
    """How one annotator labels, as far as rows with labels of others show it.

    Attributes
    ----------
    name : str
        As it was given; empty for labels without a name.
    labels, shared : int
        Rows that they labelled, and those of these that somebody else labelled or settled too.
    errors : dict of label to Estimate or NoEstimate
        For each class, the share of its rows that they call something else.
    confusion : ndarray of shape (k, k), or None
        The share of rows of class i that they call j; None where no row is shared.
    low, high : ndarray of shape (k, k), or None
        The ends of the 95 % intervals of `confusion`.
    """

    name: str
    labels: int
    shared: int
    errors: Mapping[Any, MaybeEstimate]
    confusion: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None

    def __str__(self) -> str:
        who = self.name or "(no name)"
        said = f"{who}: {self.labels:,} labels, {self.shared:,} of rows that others saw too"
        if self.confusion is None:
            return f"{said}; {next(iter(self.errors.values()))}"
        wrong = [f"{e} of {c} called otherwise" for c, e in self.errors.items()]
        return f"{said}; {', '.join(wrong)}"


@dataclass(frozen=True, eq=False)
class Settlement:
    """What labels of several annotators say of rows together.

    Attributes
    ----------
    rows : ndarray of int64 of shape (m,)
        Global ids, in increasing order.
    probabilities : ndarray of shape (m, k)
        Of each class, for each row.
    codes : ndarray of int64 of shape (m,)
        The settled class of each row: the likeliest of those that somebody named, so that a row
        on which all agree keeps its label.
    opinions : tuple of Opinion
        What it was made of.
    settled : dict of int to int
        The class of rows that somebody has settled, which is certain.
    """

    rows: Rows
    probabilities: Floats
    codes: Codes
    opinions: tuple[Opinion, ...] = field(repr=False)
    settled: Mapping[int, int]

    @property
    def trust(self) -> Floats:
        """The probability of the settled class of each row, shape (m,)."""
        return self.probabilities[np.arange(len(self.rows)), self.codes]

    @property
    def gain(self) -> Floats:
        """What another opinion of each row is worth, shape (m,); 0 for settled rows.

        It is the probability that the settled class is wrong, and each wrong label counts as many
        times as the rarer of the two classes goes into all rows: one wrong row of ten misleads
        more than one of a thousand.
        """
        each = 1 / np.maximum(np.bincount(self.codes, minlength=self.probabilities.shape[1]), 1)
        harm = np.maximum(each[None, :], each[self.codes][:, None]) * len(self.rows)
        harm[np.arange(len(self.rows)), self.codes] = 0.0
        gain = (self.probabilities * harm).sum(axis=1)
        return np.where(np.isin(self.rows, list(self.settled)), 0.0, gain)


def check_extra() -> None:
    """See that labels of one row by several annotators can be settled.

    Raises
    ------
    InputError
        If the extra ``annotators`` is not installed.
    """
    if find_spec("crowdkit") is None:
        raise InputError(_NEEDS_EXTRA)


def is_shared(opinions: Iterable[Opinion], settled: Mapping[int, int]) -> bool:
    """Tell whether some row has labels of two annotators, or a label and a settled class."""
    seen: set[int] = set(settled)
    for opinion in opinions:
        if opinion.row in seen:
            return True
        seen.add(opinion.row)
    return False


def settle_opinions(
    opinions: Sequence[Opinion], classes: int, settled: Mapping[int, int] | None = None
) -> Settlement:
    """Compute how likely each class is for each row, from the labels of all annotators.

    Each annotator has a confusion matrix, found by expectation maximisation. With few rows that
    two have seen, the likelihood alone hardly says who errs. So each annotator is taken to have
    labelled some rows of known class, of two classes ten each, one in ten of them wrong: Dirichlet
    priors of the rows of the matrix. Where no row has labels of two annotators, one label in ten
    is taken for a guess.

    Parameters
    ----------
    opinions : sequence of Opinion
        At most one of each annotator for a row.
    classes : int
        How many classes there are.
    settled : dict of int to int, optional
        Rows whose class is certain, and their class.

    Returns
    -------
    Settlement

    Raises
    ------
    InputError
        If a row has labels of several annotators and the extra ``annotators`` is not installed.

    References
    ----------
    Dawid & Skene (1979), Maximum likelihood estimation of observer error-rates using the EM
    algorithm, Applied Statistics 28(1), equations 2.3 to 2.5.

    Examples
    --------
    >>> said = [Opinion(row, who, 0) for row in range(40) for who in ("ann", "ben")]
    >>> said += [Opinion(row, "ann", 1) for row in (40, 41)]
    >>> found = settle_opinions([*said, Opinion(41, "ben", 1)], classes=2)
    >>> found.rows[[40, 41]].tolist(), found.codes[[40, 41]].tolist()
    ([40, 41], [1, 1])
    >>> bool(found.trust[40] < found.trust[41])
    True
    """
    settled, opinions = dict(settled or {}), tuple(opinions)
    rows = np.unique(np.array([*(o.row for o in opinions), *settled], dtype=np.int64))
    codes = np.array([o.code for o in opinions], dtype=np.int64)
    places = np.searchsorted(rows, [o.row for o in opinions]).astype(np.int64)
    if is_shared(opinions, settled):
        P = _run_crowd_kit(opinions, settled, rows, _prior(classes))
    else:
        P = _judge_alone(rows, places, codes, classes)
    for row, code in settled.items():
        P[np.searchsorted(rows, row)] = np.eye(classes)[code]
    named = np.zeros(P.shape, dtype=bool)
    named[places, codes] = True
    named[np.searchsorted(rows, list(settled)), list(settled.values())] = True
    chosen = np.where(named, P, -1.0).argmax(axis=1)
    return Settlement(rows, P, chosen, opinions, settled)


def judge_annotators(
    found: Settlement, classes: Sequence[Any], rng: np.random.Generator
) -> list[Annotator]:
    """Estimate how each annotator errs, with intervals.

    The intervals come from draws of the posterior of Dawid and Skene's model, by data
    augmentation: classes of rows are drawn given the confusion matrices, and these given the
    classes. Counts of the likeliest classes in place of draws would make intervals too narrow,
    since they take rows that one annotator alone has seen for evidence.

    Parameters
    ----------
    found : Settlement
        Of all labels.
    classes : sequence
        The names of the classes, in their order.
    rng : numpy Generator
        Draws from the posterior.

    Returns
    -------
    list of Annotator
        In the order of their names.

    References
    ----------
    Tanner & Wong (1987), The calculation of posterior distributions by data augmentation, JASA
    82(398), equations 2.1 and 2.2; Kim & Ghahramani (2012), Bayesian classifier combination,
    AISTATS (the independent model, with these priors).

    Examples
    --------
    >>> said = [Opinion(row, who, row % 2) for row in range(200) for who in ("ann", "ben")]
    >>> said += [Opinion(row, "cy", row % 4 // 3) for row in range(200)]
    >>> found = settle_opinions(said, classes=2)
    >>> judged = judge_annotators(found, ["dry", "gold"], np.random.default_rng(0))
    >>> [round(one.errors["gold"].value, 1) for one in judged]
    [0.0, 0.0, 0.5]
    """
    names = sorted({o.annotator for o in found.opinions})
    table = _tabulate(found, names)
    known = np.isin(found.rows, list(found.settled))
    others = (table >= 0).sum(axis=1) + known
    labels, shared = (table >= 0).sum(axis=0), (table[others > 1] >= 0).sum(axis=0)
    if not shared.any():
        nothing = dict.fromkeys(classes, _NOT_SHARED)
        return [Annotator(who, int(n), 0, nothing) for who, n in zip(names, labels, strict=True)]
    draws = _draw_confusions(found, table, known, rng)
    mean = draws.mean(axis=0)
    low, high = np.quantile(draws, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2], axis=0)
    return [
        Annotator(
            who, int(labels[a]), int(shared[a]), _errors(mean[a], low[a], high[a], classes),
            mean[a], low[a], high[a],
        )
        for a, who in enumerate(names)
    ]  # fmt: skip


def _errors(
    mean: Floats, low: Floats, high: Floats, classes: Sequence[Any]
) -> dict[Any, MaybeEstimate]:
    ends = [(1 - table.diagonal()).tolist() for table in (mean, high, low)]
    return {
        label: Estimate(value, least, most, _LEVEL, _METHOD, _ASSUMES, kind="share")
        for label, value, least, most in zip(classes, *ends, strict=True)
    }


def _prior(classes: int) -> Codes:
    """Count the rows of known class that an annotator is taken to have labelled: class × label."""
    prior = np.ones((classes, classes), dtype=np.int64)
    np.fill_diagonal(prior, PRIOR_RIGHT * (classes - 1))
    return prior


def _judge_alone(rows: Rows, places: Rows, codes: Codes, classes: int) -> Floats:
    """Compute probabilities where each row has one opinion, by Bayes' rule.

    Labels have the shares of the classes, and one label in ten is a guess with these shares. So a
    label of a rare class is wrong with a probability of nearly a tenth, however rare it is.
    """
    share = np.bincount(codes, minlength=classes) + 1.0
    share /= share.sum()
    guess = 1 / (PRIOR_RIGHT + 1)
    joint = share[:, None] * ((1 - guess) * np.eye(classes) + guess * share)
    P = np.full((len(rows), classes), 1 / classes)
    P[places] = (joint / joint.sum(axis=0)).T[codes]
    return P


def _run_crowd_kit(
    opinions: Sequence[Opinion], settled: Mapping[int, int], rows: Rows, prior: Codes
) -> Floats:
    check_extra()
    import pandas as pd
    from crowdkit.aggregation import DawidSkene  # takes seconds to load

    k, names = len(prior), sorted({o.annotator for o in opinions})
    true, said = (np.repeat(axis.ravel(), prior.ravel()) for axis in np.indices((k, k)))
    tasks = -1 - np.arange(len(true))  # ids that no row has
    data = pd.DataFrame(
        {
            "task": np.concatenate([[o.row for o in opinions], np.tile(tasks, len(names))]),
            "worker": [o.annotator for o in opinions] + np.repeat(names, len(tasks)).tolist(),
            "label": np.concatenate([[o.code for o in opinions], np.tile(said, len(names))]),
        }
    )
    known = pd.concat([pd.Series(true, index=tasks), pd.Series(settled, dtype=np.int64)])
    with warnings.catch_warnings():  # crowd-kit 1.4 calls pandas in ways that pandas 4 is to end
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        P = DawidSkene().fit_predict_proba(data, known)
    return P.reindex(index=rows, columns=range(k), fill_value=0.0).to_numpy(np.float64).copy()


def _tabulate(found: Settlement, names: Sequence[str]) -> Codes:
    """Make a table of labels, rows × annotators; -1 where there is none."""
    place = {who: a for a, who in enumerate(names)}
    table = np.full((len(found.rows), len(names)), -1, dtype=np.int64)
    rows = np.searchsorted(found.rows, [o.row for o in found.opinions]).astype(np.int64)
    table[rows, [place[o.annotator] for o in found.opinions]] = [o.code for o in found.opinions]
    return table


def _draw_confusions(
    found: Settlement, table: Codes, known: Any, rng: np.random.Generator
) -> Floats:
    """Draw confusion matrices from their posterior, shape (draws, annotators, k, k)."""
    k = found.probabilities.shape[1]
    prior = _prior(k).astype(float)
    told = np.where(known, found.codes, -1)
    # Rows of which the same was said are alike, and there are few kinds of them.
    kinds, times = np.unique(np.column_stack([told, table]), axis=0, return_counts=True)
    told, said = kinds[:, 0], (kinds[:, 1:, None] == np.arange(k)).astype(float)
    allowed = (told[:, None] < 0) | (told[:, None] == np.arange(k))
    theta = np.repeat((prior / prior.sum(axis=1, keepdims=True))[None], table.shape[1], axis=0)
    share, draws = np.full(k, 1 / k), []
    for turn in range(_BURN + _DRAWS):
        log = np.einsum("pal,acl->pc", said, np.log(theta)) + np.log(share)
        P = np.where(allowed, np.exp(log - log.max(axis=1, keepdims=True)), 0.0) + 1e-300 * allowed
        counts = rng.multinomial(times, P / P.sum(axis=1, keepdims=True))
        share = rng.dirichlet(counts.sum(axis=0) + 1.0)
        drawn = rng.standard_gamma(np.einsum("pc,pal->acl", counts, said) + prior)
        theta = drawn / drawn.sum(axis=2, keepdims=True)
        if turn >= _BURN:
            draws.append(theta)
    return np.array(draws)
