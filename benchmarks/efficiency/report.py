"""The results page: who found and learned how much, beside peers, and what it was run with."""

import math
import os
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.efficiency import pictures
from benchmarks.efficiency.compare import Comparison
from benchmarks.efficiency.setting import RARE, Setting
from benchmarks.efficiency.summary import (
    AREA,
    BALANCED,
    EARLY,
    ENOUGH,
    FOUND,
    LAST,
    TIE,
    Duel,
    Measure,
    Needed,
    Spread,
    Summary,
)

_PAGE = """\
# Labels well spent: motherlode beside its peers

Written by `{command}`.

{setting}

## Finding the rare class

{finding}

## Learning it

{learning}

{pictures}{legend}

## Set by set

Share of the positives found, mean over seeds ± half a 95 % interval (Student t), the best of each
set in bold.

{found}

Area under the average precision, in the same way. "Whole pool" is the average precision of the
same final model, fitted once on every label of the pool.

{area}

## The peers

{peers}

## Made with

{versions}
"""

_LEGEND = """\
Means over the {n} sets that hold at least {rare} others for each positive, every set counting
alike, ± half a 95 % interval (Student t over sets). "Area" is the mean height of the learning
curve of the share found: the earlier, the higher. "x random" and "x best peer" are ratios of
these means; the best peer, marked †, is the single one with the highest mean by the table's first
measure among those that were run on every set. "Gain on it" is the mean difference, set by set,
with the interval of that difference. "W-T-L" are sets won, tied (within {tie:.0%}) and
lost against it, p is that of Wilcoxon's signed ranks over sets, two-sided. "In hindsight" takes
each set's best arm by its own outcome, which flatters: it is a ceiling, not a strategy.
Labels to {enough:.0%}: the median number of labels at which the final model first has {enough:.0%}
of the average precision that it has when the whole pool is labelled, and the share of runs that
got there within the budget. Seconds are those spent asking, in a run."""

_PEERS = """\
All arms share splits, starting rows, budget, batch and final model; peers ask with models of
their own. `skactiveml_…` is scikit-activeml's own code: `_logistic` a `LogisticRegression`,
`_forest` a `RandomForestClassifier` of 100 trees, each in a `SklearnClassifier`, the linear
committee five values of C. It takes no sparse matrices, so texts are handed over as dense TF-IDF
of the commonest words (60 million cells at most), and for BADGE, CLUE, CoreSet, TypiClust and
ProbCover as 50 dimensions of an SVD; tables are standardised. `modal_default` is the default rule
of modAL, least confidence of a random forest, and `asreview_default` the default model of ASReview
3, TF-IDF of words and pairs, weighted linear SVM, most likely first; these two rules are run by
our own code, since the packages do not run beside the versions below.{left_out}"""


def write(comparison: Comparison, setting: Setting, seeds: int, command: str, folder: Path) -> None:
    """Write ``RESULTS.md`` and its pictures.

    Parameters
    ----------
    comparison : Comparison
    setting : Setting
    seeds : int
        How many were asked for.
    command : str
        What was typed.
    folder : Path
        Made if it does not exist.
    """
    folder.mkdir(parents=True, exist_ok=True)
    summary = Summary(comparison)
    shown = ""
    if summary.sets:
        shown = "".join(f"![]({name})\n\n" for name in pictures.write(summary, folder))
    page = _PAGE.format(
        command=command,
        setting=_setting(comparison, setting, seeds),
        finding=finding(summary),
        learning=learning(summary),
        pictures=shown,
        legend=_LEGEND.format(n=len(summary.sets), rare=RARE, tie=TIE, enough=ENOUGH),
        found=_matrix(comparison, FOUND),
        area=_matrix(comparison, AREA),
        peers=_PEERS.format(left_out=_left_out(comparison)),
        versions=_versions(),
    )
    (folder / "RESULTS.md").write_text(page, encoding="utf-8")


def finding(summary: Summary) -> str:
    """Positives found, over the rare sets."""
    best, chance = summary.best_peer(FOUND), summary.results.baseline
    positives = Measure("positives", "final")

    def cells(arm: str) -> list[str]:
        return [
            f"{summary.over_sets(arm, positives).mean:.1f}",
            _spread(summary.over_sets(arm, FOUND)),
            _number(summary.over_sets(arm, EARLY).mean, 3),
            _number(summary.ratio(arm, chance, FOUND)),
            *_beside(summary, arm, best, FOUND),
            _number(summary.seconds(arm), 1),
        ]

    head = (
        "| arm | positives found | share found | area | x random | x best peer | gain on it "
        "| W-T-L | p | seconds |"
    )
    return _table(summary, head, cells, FOUND, before=1)


def learning(summary: Summary) -> str:
    """How good the final model is, over the rare sets."""
    best, chance = summary.best_peer(AREA), summary.results.baseline

    def cells(arm: str) -> list[str]:
        return [
            _spread(summary.over_sets(arm, AREA)),
            _number(summary.ratio(arm, chance, AREA)),
            *_beside(summary, arm, best, AREA),
            _number(summary.over_sets(arm, LAST).mean, 3),
            _number(summary.over_sets(arm, BALANCED).mean, 3),
            _needed(summary.needed(arm)),
        ]

    head = (
        "| arm | average precision, area | x random | x best peer | gain on it | W-T-L | p "
        f"| at the end | balanced accuracy | labels to {ENOUGH:.0%} |"
    )
    return _table(summary, head, cells, AREA, before=0)


def _table(
    summary: Summary, head: str, cells: Callable[[str], list[str]], measure: Measure, before: int
) -> str:
    if not summary.sets:
        return f"No set of this run holds {RARE} others for each positive."
    best = summary.best_peer(measure)
    lines = [head, "| --- |" + " ---: |" * (head.count("|") - 2)]
    for arm in summary.arms:
        lines.append(_row([_name(summary, arm, best, measure), *cells(arm)]))
    for label, arms in (
        ("best peer of each set, in hindsight", summary.comparison.peers),
        ("best of all arms of each set, in hindsight", summary.arms),
    ):
        if arms:
            gap = [""] * before
            cells_of = [f"*{label}*", *gap, _spread(summary.hindsight(arms, measure))]
            lines.append(_row(cells_of + [""] * (head.count("|") - 1 - len(cells_of))))
    return "\n".join(lines)


def _name(summary: Summary, arm: str, best: str | None, measure: Measure) -> str:
    run_on = len(summary.by_set(arm, measure))
    part = "" if run_on == len(summary.sets) else f" ({run_on} of {len(summary.sets)} sets)"
    if arm == best:
        return f"**{arm}** †"
    return (f"{arm}" if arm in summary.comparison.peers else f"**{arm}**") + part


def _beside(summary: Summary, arm: str, best: str | None, measure: Measure) -> list[str]:
    if best is None or arm == best:
        return ["–"] * 4
    against: Duel = summary.duel(arm, best, measure)
    return [
        _number(summary.ratio(arm, best, measure)),
        _gain(summary.gain(arm, best, measure)),
        f"{against.wins}-{against.ties}-{against.losses}",
        _number(against.p, 3),
    ]


def _matrix(comparison: Comparison, measure: Measure) -> str:
    """A line for each set, a column for each arm."""
    results, arms = comparison.results, [*comparison.strategies, *comparison.peers]
    whole = measure == AREA
    extra = ["whole pool"] if whole else ["to find"]
    lines = [_row(["set", "rows", "1:", *extra, *arms])]
    lines.append("| --- |" + " ---: |" * (2 + len(extra) + len(arms)))
    for of in comparison.prepared:
        name = of.dataset.name
        estimates = {
            arm: results.estimate(name, arm, *measure) for arm in arms if results.cell(name, arm)
        }
        top = max(e.mean for e in estimates.values())
        cells = [
            _bold(_pm(e.mean, e.high - e.mean), e.mean == top) if (e := estimates.get(arm)) else ""
            for arm in arms
        ]
        mark = _whole(comparison, name) if whole else _to_find(comparison, name)
        size = f"{len(of.dataset.labels):,}" + ("*" if of.note.startswith("stratified") else "")
        lines.append(_row([name, size, f"{of.ratio:,.0f}", mark, *cells]))
    cut = any(of.note.startswith("stratified") for of in comparison.prepared)
    return "\n".join(lines) + ("\n\n\\* a stratified sample of the set, seed 0." if cut else "")


def _whole(comparison: Comparison, name: str) -> str:
    values = [value for (of, _), value in comparison.whole.items() if of == name]
    return f"{sum(values) / len(values):.3f}"


def _to_find(comparison: Comparison, name: str) -> str:
    run = next(run for run in comparison.results.runs if run.dataset == name)
    return f"{run.pool_positives:,}"


def _setting(comparison: Comparison, setting: Setting, seeds: int) -> str:
    known = "one positive known" if setting.start == "one" else "nothing known"
    run = {s for _, s in comparison.whole}
    cut = "" if setting.max_rows is None else f", larger sets cut to {setting.max_rows:,} rows"
    of_all = f"{seeds} seeds" if len(run) == seeds else f"{len(run)} of {seeds} seeds"
    every = setting.score_every or setting.batch
    return (
        f"At the start {known}; {setting.budget} labels in batches of {setting.batch}, a final "
        f'model ({setting.model}) scored every {every}; goal "{setting.goal}"; '
        f"{of_all}, {len(comparison.prepared)} sets{cut}, 60 % of each the "
        "pool and 40 % the test part."
    )


def _left_out(comparison: Comparison) -> str:
    said = [f"\n- `{name}` is not run on {why}." for name, why in comparison.left_out.items()]
    return "\n" + "".join(said) if said else ""


def _versions() -> str:
    packages = ("motherlode", "numpy", "scipy", "scikit-learn", "scikit-activeml")
    found = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    return f"{', '.join(found)}; {_processor()}, {os.cpu_count()} cores."


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _bold(text: str, bold: bool) -> str:
    return f"**{text}**" if bold else text


def _pm(mean: float, half: float) -> str:
    return f"{mean:.3f}" + ("" if math.isnan(half) else f" ± {half:.3f}")


def _spread(of: Spread) -> str:
    return _pm(of.mean, of.half)


def _gain(of: Spread) -> str:
    return f"{of.mean:+.3f}" + ("" if math.isnan(of.half) else f" ± {of.half:.3f}")


def _needed(needed: Needed) -> str:
    if math.isnan(needed.share):
        return "–"
    labels = f"{needed.labels:.0f}" if math.isfinite(needed.labels) else "never"
    return f"{labels} ({needed.share:.0%})"


def _number(value: float, digits: int = 2) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"
