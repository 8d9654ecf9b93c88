"""The mean of labels over a pool, from few labels and a model's predictions of all rows.

Predictions alone are biased, and labels alone are few. The mean of the predictions is corrected by
their error on the rows that have labels.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from .._rows.arrays import Codes, Floats, Rows
from ..errors import InputError
from ..session import Group
from ._exact import total_interval
from ._model_scores import read_scores
from ._strata import Contrast, Tally, cut_by_rank, interval
from ._value import Estimate, MaybeEstimate, NoEstimate, check_share

_FEWEST = 5  # labels of a layer by prediction; layers with fewer are joined
_LEAST = 2  # labels of a stratum, without which it has no variance
_WORTH = 0.9  # predictions are used for the interval if they leave less than this of the variance
_ASSUMES = (
    "That the labels are right, and that rows were drawn at random from each stratum whatever the "
    "predictions say of them."
)
_EXACT = (
    "Prediction-powered, {weight:.2f} of the predictions used; the interval is by resampling in "
    "{layers} layers of predictions, and holds for rare classes too."
)
_PLAIN = "From the labels alone (exact), since the predictions would save next to none of them."
_NORMAL = (
    "Prediction-powered, {weight:.2f} of the predictions used; the interval is by the central "
    "limit theorem, and needs some fifty labels or more that are not nearly all alike."
)


class _Drawn(NamedTuple):
    """Labels and predictions of the rows drawn, and the stratum of each row."""

    rows: Rows
    labels: Floats
    predictions: Floats  # of the whole pool
    stratum: Codes  # of the whole pool


def ppi_mean(
    predictions: ArrayLike,
    rows: ArrayLike,
    labels: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    level: float = 0.95,
) -> MaybeEstimate:
    """Estimate the mean label of a pool, as the prevalence, from few labels and predictions of all.

    Parameters
    ----------
    predictions : array-like of shape (n,)
        What a model, a rule or a language model says of each row of the pool: probabilities, the
        labels 0 and 1, or numbers on the labels' scale.
    rows : array-like of int of shape (m,)
        Ids of rows that were drawn at random without replacement, each once.
    labels : array-like of shape (m,)
        What people say of them: true or false, 1 or 0, or any number.
    strata : array-like of shape (n,), optional
        The stratum of each row of the pool, if rows were drawn in strata with shares of their own;
        by default they were drawn from all rows alike.
    level : float in (0, 1), default 0.95
        Nominal coverage of the interval.

    Returns
    -------
    Estimate or NoEstimate
        There is no estimate while some stratum has fewer than two labels.

    Notes
    -----
    The value is that of PPI++ with its weight of the predictions tuned, for a pool whose
    predictions are all known: bad predictions get a weight near 0. Where labels are 0 and 1, the
    interval is by hybrid resampling in layers of like predictions, as of `Evaluation`. It holds
    where a class is rare, where intervals by the central limit theorem don't.

    References
    ----------
    Angelopoulos, Duchi & Zrnic (2023), PPI++: Efficient prediction-powered inference,
    arXiv:2311.01453. Fisch et al. (2024), Stratified prediction-powered inference, NeurIPS.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.random(10_000) < 0.1
    >>> said = truth ^ (rng.random(10_000) < 0.02)  # a rule that errs in two rows of a hundred
    >>> rows = rng.choice(10_000, 300, replace=False)
    >>> estimate = ppi_mean(said, rows, truth[rows])
    >>> bool(estimate.low <= truth.mean() <= estimate.high), estimate.half_width < 0.03
    (True, True)
    """
    check_share(level, "level")
    drawn = _read(predictions, rows, labels, strata)
    counts = np.bincount(drawn.stratum[drawn.rows], minlength=int(drawn.stratum.max()) + 1)
    sizes = np.bincount(drawn.stratum)
    few = int((counts < np.minimum(_LEAST, sizes)).sum())
    if few:
        where = "The pool has" if len(sizes) == 1 else f"{few} of {len(sizes)} strata have"
        return NoEstimate(f"{where} fewer than {_LEAST} labels; draw {_LEAST} or more of each.")
    weight = _tune(drawn, sizes, counts)
    value, variance = _correct(drawn, sizes, counts, weight)
    if np.isin(drawn.labels, (0, 1)).all():
        plain = _correct(drawn, sizes, counts, 0.0)[1]
        layer = _cut(drawn) if variance < _WORTH * plain else drawn.stratum
        if not layer.any():
            return _say_plain(drawn, value, level)
        rows_of, positives = np.bincount(layer), np.bincount(layer[drawn.rows], drawn.labels)
        tally = Tally(rows_of, np.bincount(layer[drawn.rows]), positives.astype(np.int64))
        n = float(len(drawn.stratum))
        middle = float(np.clip(rows_of @ tally.shares / n, 0.0, 1.0))
        low, high = interval(
            tally, lambda v: Contrast(rows_of.astype(np.float64), v * n), middle, level
        )
        said = _EXACT.format(weight=weight, layers=len(rows_of))
        middle = float(np.clip(value, low, high))
        return Estimate(middle, low, high, level, said, _ASSUMES, kind="share")
    half = float(t.isf((1 - level) / 2, max(int(counts.sum()) - len(counts), 1)) * variance**0.5)
    said = _NORMAL.format(weight=weight)
    return Estimate(value, value - half, value + half, level, said, _ASSUMES)


def _say_plain(drawn: _Drawn, value: float, level: float) -> Estimate:
    """Estimate by the labels alone, exactly: the predictions are worth next to nothing."""
    n, positives = len(drawn.stratum), int(drawn.labels.sum())
    group = Group(n, len(drawn.rows), positives, 0)
    most = n - len(drawn.rows) + positives
    low, high = (end / n for end in total_interval([group], positives, most, level))
    return Estimate(
        float(np.clip(value, low, high)), low, high, level, _PLAIN, _ASSUMES, kind="share"
    )


def _read(
    predictions: ArrayLike, rows: ArrayLike, labels: ArrayLike, strata: ArrayLike | None
) -> _Drawn:
    said, ids = read_scores(predictions), np.atleast_1d(np.asarray(rows))
    given = np.atleast_1d(np.asarray(labels, dtype=np.float64))
    if ids.shape != given.shape or not ids.size:
        raise InputError(f"There are {ids.size} rows and {given.size} labels; give one each.")
    if not np.issubdtype(ids.dtype, np.integer) or ids.min() < 0 or ids.max() >= len(said):
        raise InputError(f"A row is not in the pool, whose rows are 0 to {len(said) - 1}.")
    if len(np.unique(ids)) < len(ids):
        raise InputError("A row is given twice; give each row that was drawn once.")
    if not np.isfinite(given).all():
        raise InputError("A label is NaN or infinite; leave out rows that nobody could tell.")
    if strata is None:
        return _Drawn(ids, given, said, np.zeros(len(said), dtype=np.int64))
    kinds = np.asarray(strata)
    if kinds.shape != said.shape:
        raise InputError(f"There are {len(said)} rows and {kinds.size} strata; give one each.")
    codes = np.unique(kinds, return_inverse=True)[1]
    return _Drawn(ids, given, said, np.asarray(codes, dtype=np.int64))


def _moments(drawn: _Drawn, values: Floats, others: Floats, counts: Codes) -> Floats:
    """Compute the covariance of two numbers of the rows drawn, in each stratum."""
    code = drawn.stratum[drawn.rows]
    n = np.maximum(counts, 1)
    k = len(counts)
    a = values - (np.bincount(code, values, minlength=k) / n)[code]
    b = others - (np.bincount(code, others, minlength=k) / n)[code]
    return np.asarray(np.bincount(code, a * b, minlength=k) / np.maximum(counts - 1, 1))


def _shrink(sizes: Codes, counts: Codes) -> Floats:
    """Weigh the variance of each stratum in that of the mean: 0 for one that is drawn whole."""
    share = sizes / sizes.sum()
    return np.asarray(share**2 * (1 - counts / sizes) / np.maximum(counts, 1))


def _tune(drawn: _Drawn, sizes: Codes, counts: Codes) -> float:
    """Find the weight of the predictions that makes the variance least, from 0 to 1."""
    f, factor = drawn.predictions[drawn.rows], _shrink(sizes, counts)
    # The spread of the predictions is known of the whole pool.
    means = np.bincount(drawn.stratum, drawn.predictions) / sizes
    spread = float(factor @ (np.bincount(drawn.stratum, drawn.predictions**2) / sizes - means**2))
    if spread <= 0:
        return 0.0
    both = float(factor @ _moments(drawn, f, drawn.labels, counts))
    return float(np.clip(both / spread, 0.0, 1.0))


def _correct(drawn: _Drawn, sizes: Codes, counts: Codes, weight: float) -> tuple[float, float]:
    """Correct the mean prediction by its error on the rows drawn; give its variance too."""
    error = drawn.labels - weight * drawn.predictions[drawn.rows]
    code = drawn.stratum[drawn.rows]
    means = np.bincount(code, error, minlength=len(sizes)) / np.maximum(counts, 1)
    value = weight * drawn.predictions.mean() + means @ sizes / sizes.sum()
    variance = _shrink(sizes, counts) @ _moments(drawn, error, error, counts)
    return float(value), float(variance)


def _cut(drawn: _Drawn) -> Codes:
    """Cut strata into layers of like predictions, with some labels in each."""
    layer = np.zeros(len(drawn.stratum), dtype=np.int64)
    is_drawn = np.zeros(len(layer), dtype=bool)
    is_drawn[drawn.rows] = True
    so_far = 0
    for code in range(int(drawn.stratum.max()) + 1):
        members = np.flatnonzero(drawn.stratum == code)
        own = drawn.predictions[members]
        fine = cut_by_rank(own, np.zeros(len(own), dtype=np.int64))
        layer[members] = (
            so_far + _join_few(np.bincount(fine, is_drawn[members].astype(np.float64)))[fine]
        )
        so_far = int(layer.max()) + 1
    return layer


def _join_few(labels: Codes) -> Codes:
    """Join layers, from the first on, until each has a few labels.

    Examples
    --------
    >>> _join_few(np.array([1, 2, 4, 9, 3])).tolist()
    [0, 0, 0, 1, 1]
    """
    joined = np.zeros(len(labels), dtype=np.int64)
    held = place = 0
    for i, count in enumerate(labels.tolist()):
        if held >= _FEWEST:
            held, place = 0, place + 1
        joined[i] = place
        held += count
    if held < _FEWEST and place:
        joined[joined == place] = place - 1
    return joined
