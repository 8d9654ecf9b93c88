"""``motherlode demo``: find ill patients with few labels, beside a forest and random draws."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.ensemble import RandomForestClassifier

from ..simulation import Dataset, Results, Round, patients, run, versions, write_report
from ._outputs import prepare
from ._rounds import show_rounds
from ._screen import make_console, make_table, say

_SEEDS = 3
_BATCH = 10


class _Way(NamedTuple):
    """How rows are picked: a strategy, a model or the default's, and what it is in words."""

    strategy: str
    model: Any
    words: str


_WAYS = {
    "auto": _Way("auto", None, "motherlode's default"),
    # The best of the simple ways here: `benchmarks/proving` compares six of them.
    "forest": _Way(
        "most_likely", RandomForestClassifier(100), "a random forest, asked for its likeliest rows"
    ),
    "random": _Way("random", None, "patients drawn at random"),
}
_ORDER = [(name, seed) for seed in range(_SEEDS) for name in _WAYS]
# Scoring fits a model up to three times, so only every fourth batch is scored.
_SCORED_EVERY = 40


def demo(out: Path, budget: int) -> None:
    """Compare the default, a forest and random draws over `budget` labels; print, and report."""
    prepare(out)
    dataset = patients()
    console = make_console()
    ill, rows = int(dataset.is_positive.sum()), len(dataset.labels)
    say(
        console,
        f"{rows:,} patients, {ill} of them with hypothyroidism ({ill / rows:.1%}). Six in ten "
        "make the pool, the others judge the model. One ill patient is known at the start; "
        f"then {budget:,} patients are looked at, {_BATCH} at a time.",
    )
    with show_rounds(console, _ORDER, budget) as watch:
        results = compare(dataset, budget, watch)
    console.print(_tabulate(results))
    summary = _summarise(results)
    say(console, summary)
    write_report(results, out, title="Finding hypothyroid patients with few labels", lead=summary)
    say(console, f"Report: {out}")


def compare(
    dataset: Dataset, budget: int, watch: Callable[[str, int], Callable[[Round], None] | None]
) -> Results:
    """Run each way of picking rows with each seed; ``watch`` gives what hears of its rounds."""
    runs = [
        replace(
            run(
                dataset,
                _WAYS[name].strategy,
                model=_WAYS[name].model,
                budget=budget,
                batch=_BATCH,
                seed=seed,
                final_every=_SCORED_EVERY,
                on_round=watch(name, seed),
            ),
            strategy=name,
        )
        for name, seed in _ORDER
    ]
    settings = {"budget": budget, "batch": _BATCH, "start": "one", "seeds": _SEEDS}
    return Results(runs, {**settings, "versions": versions()})


def _tabulate(results: Results) -> Any:
    (dataset,) = results.datasets
    last = results.runs[0].rounds[-1]
    table = make_table(
        f"After {last.labels:,} labels", f"Ill found, of {results.runs[0].pool_positives}",
        "Labels that random needs for as many", "Average precision on other patients",
    )  # fmt: skip
    table.caption = (
        f"Means of {_SEEDS} seeds, ± half of their 95 % interval. An average precision of 1: the "
        "model puts all ill patients before all others."
    )
    for name, way in _WAYS.items():
        found, precision = (
            results.estimate(dataset, name, metric) for metric in ("positives", "average_precision")
        )
        needed = results.labels_random_needs(dataset, name, "positives")
        table.add_row(
            f"{name}: {way.words}",
            f"{found.mean:.1f} ± {found.high - found.mean:.1f}",
            f"{needed:,.0f}",
            f"{precision.mean:.2f} ± {precision.high - precision.mean:.2f}",
        )
    return table


def _summarise(results: Results) -> str:
    (dataset,) = results.datasets
    labels, ill = results.runs[0].rounds[-1].labels, results.runs[0].pool_positives
    auto, forest, by_chance = (results.estimate(dataset, name, "positives").mean for name in _WAYS)
    needed = results.labels_random_needs(dataset, "auto", "positives")
    return (
        f"Who looks at {labels:,} patients that motherlode picks finds {auto:.0f} of the {ill} who "
        f"are ill; of {labels:,} drawn at random {by_chance:.0f} are ill, and to find as many, one "
        f"must draw {needed:,.0f}, {needed / labels:.1f} times the work. A forest asked for its "
        f"likeliest rows, the best of six simple ways, finds {forest:.0f}."
    )
