"""Paired tests: how much more one strategy finds or learns than another with the same seeds."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from ..errors import InputError


def compare_pairs(results: Any, metric: str, of: str, against: str | None) -> dict[str, list[Any]]:
    """Compare each strategy with one of them, on each data set; see `Results.compare`."""
    other = results.baseline if against is None else against
    if other not in results.strategies:
        raise InputError(
            f"against={against!r} is none of the strategies, {', '.join(results.strategies)}; "
            "name the one to compare with."
        )
    if len(results.strategies) == 1:
        raise InputError(f"All runs are of {other}; there is no strategy to compare it with.")
    rows = [
        {"dataset": dataset, "strategy": strategy, "against": other, **_test(gains)}
        for dataset in results.datasets
        for strategy in results.strategies
        if strategy != other
        and (gains := _subtract(results, dataset, strategy, other, metric, of)).size
    ]
    adjusted = adjust_by_holm([row["p_value"] for row in rows])
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else {})}
    return columns | {"p_holm": adjusted}


def _subtract(
    results: Any, dataset: str, strategy: str, other: str, metric: str, of: str
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    mine, theirs = (results.values(dataset, s, metric, of) for s in (strategy, other))
    return np.array([value - theirs[seed] for seed, value in mine.items() if seed in theirs])


def _test(gains: "np.ndarray[Any, np.dtype[np.float64]]") -> dict[str, Any]:
    n, mean = len(gains), float(gains.mean())
    error = float(gains.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    half = float(stdtrit(n - 1, 0.975)) * error if n > 1 else math.nan
    if error > 0:
        p = float(2 * stdtr(n - 1, -abs(mean / error)))
    else:
        p = 1.0 if error == 0 and mean == 0 else math.nan
    return {
        "difference": mean,
        "low": mean - half,
        "high": mean + half,
        "pairs": n,
        "wins": int((gains > 0).sum()),
        "ties": int((gains == 0).sum()),
        "losses": int((gains < 0).sum()),
        "p_value": p,
    }


def adjust_by_holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for their number; NaN stays, and counts as no comparison.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6.

    Examples
    --------
    >>> adjust_by_holm([0.04, 0.01, float("nan"), 0.03])
    [0.06, 0.03, nan, 0.06]
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if not math.isnan(p))
    adjusted, least = [math.nan] * len(p_values), 0.0
    for rank, (p, place) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - rank)))
        adjusted[place] = least
    return adjusted
