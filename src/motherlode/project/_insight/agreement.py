"""How well annotators agree beyond chance, and where they do not."""

from itertools import combinations

import numpy as np

from ..._rows.arrays import Floats
from .._log.fold import RowState, State


def cohen_kappa(table: Floats) -> float:
    """Measure the agreement of two annotators beyond chance.

    Parameters
    ----------
    table : array of shape (k, k)
        How many rows the first called i and the second j.

    Returns
    -------
    float
        1 for full agreement, 0 for as much as by chance; NaN where both used one class only, so
        that chance alone agrees on everything.

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20(1), equation 1.

    Examples
    --------
    >>> round(cohen_kappa(np.array([[20.0, 5.0], [10.0, 15.0]])), 2)
    0.4
    """
    first, second = np.nonzero(table)
    if len(np.union1d(first, second)) < 2:
        return float("nan")
    from sklearn.metrics import cohen_kappa_score  # slow to load; first rows do not need it

    return float(cohen_kappa_score(first, second, sample_weight=table[first, second]))


def fleiss_kappa(counts: Floats, rows: Floats | None = None) -> float:
    """Measure the agreement of several annotators beyond chance.

    Parameters
    ----------
    counts : array of shape (n, k)
        How many annotators put row i into class j; every row has at least two. If all rows have
        the same number, this is Fleiss' kappa; if not, each row has weight one in the observed
        agreement.
    rows : array of shape (n,), optional
        How many rows have these counts; by default one each.

    Returns
    -------
    float
        As for `cohen_kappa`.

    References
    ----------
    Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin
    76(5), equations 1 to 7.

    Examples
    --------
    >>> round(fleiss_kappa(np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0], [2.0, 0.0]])), 4)
    0.4667
    """
    raters = counts.sum(axis=1)
    agreed = ((counts**2).sum(axis=1) - raters) / (raters * (raters - 1))
    times = np.ones(len(counts)) if rows is None else rows
    share = times @ counts / (times @ raters)
    expected = float((share**2).sum())
    observed = times @ agreed / times.sum()
    return float((observed - expected) / (1 - expected)) if expected < 1 else float("nan")


def measure_agreement(state: State, classes: tuple[str, ...]) -> dict[str, object]:
    """Measure kappas on the rows that two or more annotators labelled, without settling labels.

    Returns
    -------
    dict
        ``rows``: how many rows; ``fleiss``: over all of them; ``cohen``: a list of pairs, each
        with ``annotators``, ``rows`` and ``kappa``. A kappa that is not defined is None.
    """
    code = {label: place for place, label in enumerate(classes)}
    counts: list[Floats] = []
    times: list[int] = []
    tables: dict[tuple[str, str], Floats] = {}
    for said, rows in state.opinions.items():
        if not rows:
            continue
        coded = [(who, code[label]) for who, label in said]
        counts.append(np.bincount([c for _, c in coded], minlength=len(classes)).astype(float))
        times.append(rows)
        for (first, a), (second, b) in combinations(coded, 2):
            table = tables.setdefault((first, second), np.zeros((len(classes), len(classes))))
            table[a, b] += rows
    pairs = [
        {"annotators": list(pair), "rows": int(table.sum()), "kappa": _number(cohen_kappa(table))}
        for pair, table in sorted(tables.items())
    ]
    fleiss = _number(fleiss_kappa(np.array(counts), np.array(times, float))) if counts else None
    return {"rows": sum(times), "fleiss": fleiss, "cohen": pairs}


def list_disagreements(state: State) -> list[tuple[int, RowState]]:
    """List the rows that annotators differ on and nobody has settled, the oldest first."""
    table = state.table()
    found = table[table["disagrees"]]
    rows: list[int] = found["row"][np.argsort(found["since"])].tolist()
    return [(row, state.rows[row]) for row in rows]


def _number(kappa: float) -> float | None:
    return None if np.isnan(kappa) else kappa
