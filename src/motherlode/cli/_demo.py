"""``motherlode demo``: find ill patients with few labels, and compare that with random draws."""

from pathlib import Path

from rich.console import Console

from ..simulation import Dataset, Results, Run, patients, run, versions, write_report
from ._outputs import prepare
from ._rounds import show_rounds
from ._screen import make_console, make_table, say

_SEEDS = 3
_BATCH = 10
_STRATEGIES = ("auto", "random")
# Scoring fits a model up to three times, so only every fourth batch is scored.
_SCORED_EVERY = 40


def demo(out: Path, budget: int) -> None:
    """Compare the default strategy with random draws over `budget` labels; print, and report."""
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
    runs = _sessions(console, dataset, budget)
    settings = {"budget": budget, "batch": _BATCH, "start": "one", "seeds": _SEEDS}
    results = Results(runs, {**settings, "versions": versions()})
    _conclude(console, results)
    write_report(results, out, title="Finding hypothyroid patients with few labels")
    say(console, f"Report: {out}")


def _sessions(console: Console, dataset: Dataset, budget: int) -> list[Run]:
    order = [(strategy, seed) for seed in range(_SEEDS) for strategy in _STRATEGIES]
    with show_rounds(console, order, budget) as watch:
        return [
            run(
                dataset,
                strategy,
                budget=budget,
                batch=_BATCH,
                seed=seed,
                final_every=_SCORED_EVERY,
                on_round=watch(strategy, seed),
            )
            for strategy, seed in order
        ]


def _conclude(console: Console, results: Results) -> None:
    (dataset,) = results.datasets
    needed = results.labels_random_needs(dataset, "auto", "positives")
    labels = results.runs[0].rounds[-1].labels
    to_find = results.runs[0].pool_positives
    found, precision = (
        {s: results.estimate(dataset, s, metric).mean for s in _STRATEGIES}
        for metric in ("positives", "average_precision")
    )
    table = make_table(
        "Strategy", "Labels", f"Ill found, of {to_find}", "Test average precision",
        "Random labels for as many",
    )  # fmt: skip
    table.caption = f"Means of {_SEEDS} seeds."
    for strategy in _STRATEGIES:
        table.add_row(
            strategy,
            f"{labels:,}",
            f"{found[strategy]:.1f}",
            f"{precision[strategy]:.3f}",
            f"{needed:,.0f}" if strategy == "auto" else "–",
        )
    console.print(table)
    say(
        console,
        f"With {labels:,} labels Motherlode found {found['auto']:.0f} of {to_find} ill "
        f"patients and random asking {found['random']:.0f}; to find as many, random asking "
        f"needs {needed:,.0f} labels on average, {needed / labels:.1f} times the work.",
    )
