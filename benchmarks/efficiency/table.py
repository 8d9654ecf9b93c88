"""Positives found and average precision by set and strategy, beside what random asking gets."""

import math

from benchmarks.efficiency.sets import Prepared
from motherlode.simulation import Results
from motherlode.simulation.results import Estimate

_HEAD = """\
| set | rows | strategy | positives found | to find | x random | average precision (area) \
| x random | note |
| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |
"""


def table(results: Results, prepared: list[Prepared]) -> str:
    """Markdown, one line for each set and strategy; means over seeds ± half a 95 % interval."""
    lines = [
        _line(results, of, strategy)
        for of in prepared
        for strategy in results.strategies
        if results.cell(of.dataset.name, strategy)
    ]
    return _HEAD + "\n".join(lines)


def _line(results: Results, of: Prepared, strategy: str) -> str:
    name = of.dataset.name
    runs = results.cell(name, strategy).values()
    to_find = sum(run.pool_positives for run in runs) / len(runs)
    return (
        f"| {name} | {len(of.dataset.labels):,} | {strategy} "
        f"| {_mean(results.estimate(name, strategy, 'positives'), 1)} | {to_find:.0f} "
        f"| {_ratio(results.ratio_to_random(name, strategy))} "
        f"| {_mean(results.estimate(name, strategy, 'average_precision', 'area'), 3)} "
        f"| {_ratio(area_ratio(results, name, strategy))} | {of.note} |"
    )


def area_ratio(results: Results, dataset: str, strategy: str) -> float:
    """Area under average precision over that of random asking, on the seeds both have run.

    A ratio of means; NaN if nothing was asked at random.
    """
    areas = results.values(dataset, strategy, "average_precision", "area")
    by_chance = results.values(dataset, results.baseline or "", "average_precision", "area")
    both = areas.keys() & by_chance.keys()
    chance = sum(by_chance[seed] for seed in both)
    return sum(areas[seed] for seed in both) / chance if chance else math.nan


def _mean(estimate: Estimate, digits: int) -> str:
    half = estimate.high - estimate.mean
    return f"{estimate.mean:.{digits}f}" + ("" if math.isnan(half) else f" ± {half:.{digits}f}")


def _ratio(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"
