"""``motherlode simulate``: compare strategies on a file whose labels are known."""

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .._files.choices import Choices
from .._inert.written_numbers import write_span
from ..errors import InputError, LeakWarning
from ..simulation import Results, Run, SeedMean, write_report
from ..simulation import simulate as simulate_sessions
from ..stopping import as_rules
from ..strategies import Strategy, named
from ._dataset import Loaded, load
from ._interrupt import Interrupted
from ._outputs import prepare
from ._screen import make_console, make_table, say


@dataclass(frozen=True)
class Request:
    """What to simulate, as typed."""

    data: str
    label: str
    strategies: str
    minority: list[str]
    choices: Choices
    budget: int
    batch: int
    seeds: int
    start: str
    jobs: int
    control: float = 0.0
    stop: str | None = None


def simulate(
    request: Request, *, report: Path | None, json: Path | None, resume: Path | None
) -> None:
    """Simulate, print the table, and write what was asked for."""
    chosen = _strategies(request.strategies)
    start = _start(request.start)
    if request.stop is not None:
        as_rules(request.stop)  # before anything is read
    prepare(report, json, resume, inputs=(Path(request.data),))
    loaded = load(request.data, request.label, request.minority, request.choices)
    console = make_console()
    _introduce(console, loaded)
    try:
        with _progress(console) as progress, warnings.catch_warnings():
            warnings.simplefilter("ignore", LeakWarning)  # said above
            results = simulate_sessions(
                loaded.dataset,
                chosen,
                seeds=request.seeds,
                budget=request.budget,
                batch=request.batch,
                start=start,
                control=request.control / 100,
                n_jobs=request.jobs,
                path=resume,
                stop=request.stop,
                progress=progress,
            )
    except KeyboardInterrupt:
        raise Interrupted(_how_to_go_on(resume)) from None
    _conclude(console, results, request.budget)
    if request.stop is not None:
        _say_stops(console, results)
    if json is not None:
        results.to_json(json)
        say(console, f"Every session: {json}")
    if report is not None:
        write_report(results, report, title=f"{loaded.dataset.name}: strategies compared")
        say(console, f"Report: {report}")


def _strategies(listed: str) -> dict[str, Strategy]:
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if not names:
        raise InputError("--strategies names none; `motherlode strategies` lists them all.")
    return {name: named(name) for name in names}


def _start(text: str) -> str | int:
    if text in ("one", "none"):
        return text
    try:
        rows = int(text)
    except ValueError:
        rows = -1
    if rows < 0:
        raise InputError(f"--start is {text!r}; it is one, none, or a number of rows.")
    return rows


def _introduce(console: Console, loaded: Loaded) -> None:
    dataset = loaded.dataset
    for note in loaded.notes:
        say(console, note)
    positive_class = ", ".join(map(str, dataset.minority))
    positives, rows = int(dataset.is_positive.sum()), len(dataset.labels)
    say(
        console,
        f"{dataset.name}: {positives:,} of {rows:,} rows are {positive_class!r} "
        f"({100 * positives / rows:.2f} %), the positive class.",
    )
    if loaded.left_out:
        say(console, f"Columns left out: {list_columns(loaded.left_out)}.")
    if loaded.reasons:
        say(console, f"How columns are read: {list_columns(loaded.reasons)}.")
    for name, how in loaded.dataset.leaks.items():
        say(console, f"Leak: column {name!r} {how}; what models learn of it is worth nothing.")


def list_columns(reasons: Mapping[str, str]) -> str:
    """List columns with why, and those of one reason together."""
    alike: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        alike.setdefault(reason, []).append(name)
    return "; ".join(f"{', '.join(names)} ({reason})" for reason, names in alike.items())


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[int, int, Run], None]]:
    """Show a bar on a terminal, and a line for each finished session anywhere else."""
    if not console.is_terminal:
        yield lambda done, total, run: say(
            console, f"{done} of {total} sessions: {run.strategy}, seed {run.seed}"
        )
        return
    columns = (TextColumn("Sessions"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.description}", markup=False), console=console) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int, run: Run) -> None:
            last = f"{run.strategy}, seed {run.seed}: {run.rounds[-1].positives} found"
            bar.update(task, completed=done, total=total, description=last)

        yield show


def _how_to_go_on(resume: Path | None) -> str:
    if resume is None:
        return "Stopped; nothing was kept, and --resume FILE.jsonl keeps finished sessions."
    return f"Stopped; the same command goes on from the finished sessions in {resume}."


def _conclude(console: Console, results: Results, budget: int) -> None:
    (dataset,) = results.datasets
    runs = results.runs
    to_find = write_span(run.pool_positives for run in runs)  # starting rows differ by seed
    table = make_table(
        "Strategy", f"Positives found, of {to_find}", "× random", "Average precision",
        "Balanced accuracy", "s",
    )  # fmt: skip
    for name in results.strategies:
        ratio = results.ratio_to_random(dataset, name)
        seconds = [run.seconds for run in results.cell(dataset, name).values()]
        table.add_row(
            name,
            _with_interval(results.estimate(dataset, name, "positives"), 1),
            "–" if math.isnan(ratio) else f"{ratio:.1f}",
            _with_interval(results.estimate(dataset, name, "average_precision"), 3),
            _with_interval(results.estimate(dataset, name, "balanced_accuracy"), 3),
            f"{sum(seconds) / len(seconds):.1f}",
        )
    console.print(table)
    say(console, _reading(runs, budget))


def _say_stops(console: Console, results: Results) -> None:
    """Where the stopping rules that were named would have ended the sessions."""
    (dataset,) = results.datasets
    table = make_table("Strategy", "Stopping rule", "Stopped", "At labels", "Found by then")
    for name in results.strategies:
        for rule, end in results.stops(dataset, name).items():
            when = (f"{end.labels:,.0f}", f"{end.recall:.0%}") if end.stopped else ("–", "–")
            table.add_row(name, rule, f"{end.stopped} of {end.runs}", *when)
    console.print(table)


def _reading(runs: list[Run], budget: int) -> str:
    seeds = len({run.seed for run in runs})
    labels = max(run.rounds[-1].labels for run in runs)
    means = "one session each" if seeds == 1 else f"means of {seeds} seeds ± 95 % interval"
    said = (
        f"After {labels:,} labels; {means}; models judged on rows kept apart; "
        "s is the time spent asking."
    )
    if labels < budget:
        said += f" The pool had no more rows to ask about; the budget was {budget:,}."
    return said


def _with_interval(mean: SeedMean, digits: int) -> str:
    said = f"{mean.mean:.{digits}f}"
    return said if math.isnan(mean.high) else f"{said} ± {mean.high - mean.mean:.{digits}f}"
