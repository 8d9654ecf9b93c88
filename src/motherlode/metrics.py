"""How good a model or a session is, when the positive class is rare: pure functions of arrays.

Everything is *positive against negative*: ``is_positive`` is true where a row's class is one of the
positive classes, ``scores`` is the summed probability of those classes, and ``predicted`` is true
where a row is called positive. With many classes it is the same, so a confusion among the negative
classes costs nothing.

Average precision and WSS judge the *ranking*. F1 and the Matthews correlation judge decisions at
0.5; balanced accuracy and the geometric mean are best judged at `threshold_for_balance`. A measure
is NaN where it is not defined (without a positive, or without a negative), and never warns.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import trapezoid
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    matthews_corrcoef,
)

from ._rows.arrays import Floats
from .errors import InputError

Flags = NDArray[np.bool_]


def average_precision(is_positive: ArrayLike, scores: ArrayLike) -> float:
    """Compute the mean precision over the ranks of the positives, as scikit-learn does.

    Parameters
    ----------
    is_positive : array-like of shape (n,), bool
        The truth.
    scores : array-like of shape (n,)
        Higher is more likely positive; rows with equal scores share one rank.

    Returns
    -------
    float
        In (0, 1]; the share of positives if all scores are equal; NaN without a positive.

    References
    ----------
    Davis & Goadrich (2006), The relationship between precision-recall and ROC curves, ICML;
    :func:`sklearn.metrics.average_precision_score`.

    Examples
    --------
    >>> average_precision([True, False, True], [0.9, 0.8, 0.7])
    0.8333333333333333
    """
    truth, values = _truth_and_scores(is_positive, scores)
    return float(average_precision_score(truth, values)) if truth.any() else math.nan


def balanced_accuracy(is_positive: ArrayLike, predicted: ArrayLike) -> float:
    """Compute the mean of the share of positives called so and of negatives called so.

    Parameters
    ----------
    is_positive, predicted : array-like of shape (n,), bool
        The truth, and the decisions.

    Returns
    -------
    float
        In [0, 1]; 0.5 for calling everything one class; NaN if a class has no row.

    References
    ----------
    Brodersen, Ong, Stephan & Buhmann (2010), The balanced accuracy and its posterior
    distribution, ICPR.

    Examples
    --------
    >>> balanced_accuracy([True, True, False, False], [True, False, False, False])
    0.75
    """
    truth, called = _truth_and_calls(is_positive, predicted)
    return float(balanced_accuracy_score(truth, called)) if _has_both(truth) else math.nan


def g_mean(is_positive: ArrayLike, predicted: ArrayLike) -> float:
    """Compute the geometric mean of sensitivity (share of positives called so) and specificity.

    Parameters
    ----------
    is_positive, predicted : array-like of shape (n,), bool
        The truth, and the decisions.

    Returns
    -------
    float
        In [0, 1]; 0 for calling everything one class; NaN if a class has no row.

    References
    ----------
    Kubat & Matwin (1997), Addressing the curse of imbalanced training sets, ICML.

    Examples
    --------
    >>> g_mean([True, True, True, True, False], [True, False, False, False, False])
    0.5
    """
    truth, called = _truth_and_calls(is_positive, predicted)
    if not _has_both(truth):
        return math.nan
    sensitivity, specificity = called[truth].mean(), (~called[~truth]).mean()
    return math.sqrt(sensitivity * specificity)


def mcc(is_positive: ArrayLike, predicted: ArrayLike) -> float:
    """Compute the Matthews correlation between truth and decision.

    Parameters
    ----------
    is_positive, predicted : array-like of shape (n,), bool
        The truth, and the decisions.

    Returns
    -------
    float
        In [-1, 1]; 0 for calling everything one class; NaN if a class has no row.

    References
    ----------
    Matthews (1975), Comparison of the predicted and observed secondary structure of T4 phage
    lysozyme, Biochimica et Biophysica Acta 405; Chicco & Jurman (2020), BMC Genomics 21.

    Examples
    --------
    >>> mcc([True, False, False], [True, False, False])
    1.0
    """
    truth, called = _truth_and_calls(is_positive, predicted)
    return float(matthews_corrcoef(truth, called)) if _has_both(truth) else math.nan


def f1(is_positive: ArrayLike, predicted: ArrayLike) -> float:
    """Compute the F1 of the positive class: the harmonic mean of its precision and recall.

    Parameters
    ----------
    is_positive, predicted : array-like of shape (n,), bool
        The truth, and the decisions.

    Returns
    -------
    float
        In [0, 1]; 0 if nothing is called positive; NaN without a positive.

    References
    ----------
    Van Rijsbergen (1979), Information retrieval, 2nd edition, chapter 7.

    Examples
    --------
    >>> f1([True, True, False], [True, False, False])
    0.6666666666666666
    """
    truth, called = _truth_and_calls(is_positive, predicted)
    return float(f1_score(truth, called, zero_division=0.0)) if truth.any() else math.nan


def threshold_for_balance(labelled_is_positive: ArrayLike) -> float:
    """Choose the probability from which a row is called positive, for balanced accuracy and G-mean.

    It is the share of positives among the labelled rows. A model fitted on them has learned that
    prior, and balanced accuracy is highest where all rows above the prior are called positive. At
    a threshold of 0.5 a strategy would lose by finding more positives.

    Parameters
    ----------
    labelled_is_positive : array-like of shape (m,), bool
        The rows the model was fitted on.

    Returns
    -------
    float
        In [0, 1]; NaN for no rows.

    References
    ----------
    Menon, Narasimhan, Agarwal & Chawla (2013), On the statistical consistency of algorithms
    for binary classification under class imbalance, ICML.

    Examples
    --------
    >>> threshold_for_balance([True, False, False, False])
    0.25
    """
    labelled = _flags(labelled_is_positive, "labelled rows")
    return float(labelled.mean()) if labelled.size else math.nan


def wss(is_positive: ArrayLike, scores: ArrayLike, recall: float = 0.95) -> float:
    """Compute the work saved over sampling: the reading that a ranking spares at a given recall.

    ``(TN + FN) / n - (1 - recall)`` at the highest threshold that finds the share ``recall`` of the
    positives. Rows with equal scores fall on the same side of it, so a ranking of equal scores
    saves nothing.

    Parameters
    ----------
    is_positive : array-like of shape (n,), bool
        The truth.
    scores : array-like of shape (n,)
        Read from the highest down.
    recall : float in (0, 1], default 0.95
        The share of the positives to find.

    Returns
    -------
    float
        In [recall - 1, recall); NaN without a positive.

    References
    ----------
    Cohen, Hersh, Peterson & Yen (2006), Reducing workload in systematic review preparation
    using automated citation classification, JAMIA 13.

    Examples
    --------
    >>> round(wss([True, False, False, False], [0.9, 0.8, 0.2, 0.1]), 10)
    0.7
    """
    if not 0 < recall <= 1:
        raise InputError(f"The recall to reach is {recall}; it must lie above 0 and at most at 1.")
    truth, values = _truth_and_scores(is_positive, scores)
    if not truth.any():
        return math.nan
    # 0.95 of 20 must be 19 also where the product comes out as 19.000000000000004.
    needed = max(1, math.ceil(recall * int(truth.sum()) - 1e-9))
    cut = np.sort(values[truth])[-needed]
    return float((values < cut).mean() - (1.0 - recall))


def recall_at_budget(
    is_positive_in_order_of_labelling: ArrayLike, total_positives: int, budget: int
) -> float:
    """Compute the share of a pool's positives found within the first labels.

    Parameters
    ----------
    is_positive_in_order_of_labelling : array-like of shape (m,), bool
        The labels, the first one first.
    total_positives : int
        Positives there were to find.
    budget : int
        Labels that count; with fewer labels than that, all of them count.

    Returns
    -------
    float
        In [0, 1]; NaN if there was nothing to find.

    References
    ----------
    Manning, Raghavan & Schütze (2008), Introduction to information retrieval, section 8.4.

    Examples
    --------
    >>> recall_at_budget([True, False, True, True], total_positives=4, budget=3)
    0.5
    """
    found = _flags(is_positive_in_order_of_labelling, "labelled rows")
    if budget < 0:
        raise InputError(f"The budget is {budget}; it must be 0 labels or more.")
    if found.sum() > total_positives:
        raise InputError(
            f"{int(found.sum())} positives are labelled, yet the total is given as "
            f"{total_positives}; count the positives of the whole pool."
        )
    return float(found[:budget].sum() / total_positives) if total_positives else math.nan


def area_under_curve(labels: ArrayLike, values: ArrayLike) -> float:
    """Compute the area under a learning curve (ALC): its mean height, by the trapezium rule.

    The area is divided by the span of labels, so it lies between the curve's lowest and highest
    value, in [0, 1] for metrics that do. A curve of one point has that point's value.

    Parameters
    ----------
    labels : array-like of shape (m,)
        Numbers of labels, increasing.
    values : array-like of shape (m,)
        The metric at each of them.

    Returns
    -------
    float

    References
    ----------
    Guyon, Cawley, Dror & Lemaire (2011), Results of the active learning challenge, JMLR W&CP
    16 (there over the logarithm of the labels, and rescaled; here plain).

    Examples
    --------
    >>> area_under_curve([0, 10, 30], [0.0, 1.0, 1.0])
    0.8333333333333334
    """
    counts, heights = _curve(labels, values)
    if counts.size == 1:
        return float(heights[0])
    return float(trapezoid(heights, counts) / (counts[-1] - counts[0]))


def lu_aubc(values: ArrayLike) -> float:
    """Compute the area under the budget curve as the code of Lu et al. does.

    It is the trapezium rule over the values after each of ``q`` queries of one row, divided by
    ``q + 1``: a curve that is 1 throughout has the area ``(q - 1) / (q + 1)``.

    Parameters
    ----------
    values : array-like of shape (q,)
        The metric after each query; the value before the first query is not among them.

    Returns
    -------
    float

    References
    ----------
    Lu, Li & Lin (2023), Re-benchmarking pool-based active learning for binary
    classification, arXiv:2306.08954.

    Examples
    --------
    >>> lu_aubc([1.0, 1.0, 1.0])
    0.5
    """
    heights = _column(values, "values")
    if not heights.size:
        raise InputError("The budget curve is empty; give the metric after at least one query.")
    return float(trapezoid(heights) / (heights.size + 1))


def labels_to_reach(labels: ArrayLike, values: ArrayLike, target: float) -> float:
    """Find the first number of labels at which a learning curve is at or above a target.

    Parameters
    ----------
    labels, values : array-like of shape (m,)
        A learning curve; labels increase.
    target : float
        The value to reach.

    Returns
    -------
    float
        One of ``labels``; NaN if the curve never gets there.

    References
    ----------
    Culver, Kun & Scott (2006), Active learning to maximize area under the ROC curve, ICDM: the
    ratio of two strategies' figures is their data utilisation rate.

    Examples
    --------
    >>> labels_to_reach([10, 20, 30], [0.2, 0.6, 0.5], target=0.5)
    20.0
    """
    counts, heights = _curve(labels, values)
    reached = np.flatnonzero(heights >= target)
    return float(counts[reached[0]]) if reached.size else math.nan


def _has_both(truth: Flags) -> bool:
    return bool(truth.any()) and not bool(truth.all())


def _flags(values: ArrayLike, what: str) -> Flags:
    flags = np.asarray(values)
    if flags.ndim != 1 or not np.isin(flags, (0, 1)).all():
        raise InputError(
            f"The {what} must be a one-dimensional array of true and false (positive or not), "
            f"not one of shape {flags.shape} and type {flags.dtype}."
        )
    return flags.astype(np.bool_)


def _column(values: ArrayLike, what: str) -> Floats:
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise InputError(f"The {what} must be one-dimensional, not of shape {column.shape}.")
    return column


def _same_length(one: NDArray[np.generic], other: NDArray[np.generic], what: str) -> None:
    if one.size != other.size:
        raise InputError(f"There are {one.size} {what} for {other.size}; give one for each row.")


def _truth_and_calls(is_positive: ArrayLike, predicted: ArrayLike) -> tuple[Flags, Flags]:
    truth, called = _flags(is_positive, "true classes"), _flags(predicted, "predictions")
    _same_length(called, truth, "predictions")
    return truth, called


def _truth_and_scores(is_positive: ArrayLike, scores: ArrayLike) -> tuple[Flags, Floats]:
    truth, values = _flags(is_positive, "true classes"), _column(scores, "scores")
    _same_length(values, truth, "scores")
    if not np.isfinite(values).all():
        raise InputError("Some scores are not finite; give every row a number.")
    return truth, values


def _curve(labels: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    counts, heights = _column(labels, "numbers of labels"), _column(values, "values")
    _same_length(heights, counts, "values")
    if not counts.size or not (np.diff(counts) > 0).all():
        raise InputError("A learning curve needs at least one point, and its labels must increase.")
    return counts, heights
