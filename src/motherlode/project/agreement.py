"""How well annotators agree beyond chance, and where they do not."""

from collections import Counter
from itertools import combinations

import numpy as np

from ..arrays import Floats
from .events import SETTLE
from .fold import Present, State


def cohen_kappa(table: Floats) -> float:
    """Agreement of two annotators beyond chance.

    Parameters
    ----------
    table : array of shape (k, k)
        How many rows the first called i and the second j.

    Returns
    -------
    float
        1 for full agreement, 0 for as much as by chance; NaN where chance alone would agree
        on everything, since both used one class.

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20(1), equation 1.

    Examples
    --------
    >>> round(cohen_kappa(np.array([[20.0, 5.0], [10.0, 15.0]])), 2)
    0.4
    """
    n = table.sum()
    observed = np.trace(table) / n
    expected = float((table.sum(axis=0) * table.sum(axis=1)).sum() / n**2)
    return float((observed - expected) / (1 - expected)) if expected < 1 else float("nan")


def fleiss_kappa(counts: Floats) -> float:
    """Agreement of several annotators beyond chance.

    Parameters
    ----------
    counts : array of shape (n, k)
        How many annotators put row i into class j; every row has at least two. Where all rows
        have as many this is Fleiss' kappa; rows of different numbers of annotators each weigh
        by one in the observed agreement.

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
    share = counts.sum(axis=0) / counts.sum()
    expected = float((share**2).sum())
    return float((agreed.mean() - expected) / (1 - expected)) if expected < 1 else float("nan")


def agreement(state: State, classes: tuple[str, ...]) -> dict[str, object]:
    """Kappas over the rows that two or more annotators labelled, settling opinions left out.

    Returns
    -------
    dict
        ``rows``: how many rows; ``fleiss``: over all of them; ``cohen``: a list of pairs, each
        with ``annotators``, ``rows`` and ``kappa``. A kappa that cannot be told is None.
    """
    code = {label: place for place, label in enumerate(classes)}
    counts: list[list[float]] = []
    tables: dict[tuple[str, str], Floats] = {}
    for present in state.present.values():
        said = sorted(_independent(present, code))
        if len(said) < 2:
            continue
        tally = Counter(c for _, c in said)
        counts.append([float(tally[c]) for c in range(len(classes))])
        for (first, a), (second, b) in combinations(said, 2):
            table = tables.setdefault((first, second), np.zeros((len(classes), len(classes))))
            table[a, b] += 1
    pairs = [
        {"annotators": list(pair), "rows": int(table.sum()), "kappa": _number(cohen_kappa(table))}
        for pair, table in sorted(tables.items())
    ]
    fleiss = _number(fleiss_kappa(np.array(counts))) if counts else None
    return {"rows": len(counts), "fleiss": fleiss, "cohen": pairs}


def disagreements(state: State) -> list[tuple[int, Present]]:
    """Rows on which annotators differ and that nobody has settled, the oldest first."""
    found = [(row, present) for row, present in state.present.items() if present.disagrees]
    return sorted(found, key=lambda pair: pair[1].since)


def _independent(present: Present, code: dict[str, int]) -> list[tuple[str, int]]:
    return [
        (opinion.annotator, code[opinion.label])
        for opinion in present.opinions
        if opinion.label in code and opinion.channel != SETTLE
    ]


def _number(kappa: float) -> float | None:
    return None if np.isnan(kappa) else kappa
