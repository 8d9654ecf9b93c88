"""The results page: what is asked of the default, and who found and learned how much."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.efficiency import pictures, tables
from benchmarks.efficiency.bars import FIND, LEARN
from benchmarks.efficiency.compare import Comparison
from benchmarks.efficiency.setting import RARE
from benchmarks.efficiency.summary import (
    ENOUGH,
    TIE,
    Measure,
    Summary,
    area,
    found_after,
    share_found,
)
from benchmarks.measured import measured

_PAGE = """\
# Labels well spent: motherlode beside its peers

{measured}

Written by `{command}`. {setting}

## What is asked of the default

{bars}

{how}

## The ceiling

{ceiling}

In hindsight every set, or every set and seed, is given to the arm that came out best on it.
Nobody can know that arm beforehand, and by seed its luck counts as skill: these are limits, not
strategies.

{starts}
## The sets

{sets}

Average precision of a whole pool is that of the same final model, fitted on every label of it.
\\* is a stratified sample of the set, seed 0.

## The peers

{peers}

## Made with

{versions}
"""

_HOW = """\
Over the sets with at least {rare} others for each positive, every set counting alike. A share found
is of the positives that could be found: all in the pool, or as many as were asked. The area under
average precision is the mean height of the learning curve of the final model on the test part.
"default" is motherlode's `final_model()`, fitted on what each arm has labelled and on rows that it
presumes negative, "labelled" the same kind of model on these labels alone, "logistic" a plain
logistic regression on them. The best peer is the single one of the highest mean.
Labels to {enough:.0%} are read off mean curves over seeds; a peer that never gets there is counted
at the budget."""

_START = """\
## From {start}

### Finding the rare class

{finding}

### Learning it

{learning}

{pictures}### Set by set, from {start}

Positives found after {counts} labels, means over seeds ± half a 95 % interval (Student t).

{found}

{areas}"""

_ARMS = """\
Means over {n} rare sets ± half a 95 % interval (Student t over sets); † is the best single peer.
Wins, ties (within {tie:.0%}) and losses are those of {default} against the arm, over sets; p is
that of Wilcoxon's signed ranks, two-sided. Seconds are those spent asking, in a run."""

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


def write(comparison: Comparison, command: str, folder: Path) -> None:
    """Write ``RESULTS.md`` and its pictures.

    Parameters
    ----------
    comparison : Comparison
    command : str
        What was typed.
    folder : Path
        Made if it does not exist.
    """
    folder.mkdir(parents=True, exist_ok=True)
    setting = comparison.setting
    summaries = {
        start: [Summary(comparison, start, final) for final in setting.finals]
        for start in setting.starts
        if any(of == start for of, _ in comparison.results)
    }
    shown = {start: pictures.write(by_final, folder) for start, by_final in summaries.items()}
    page = _PAGE.format(
        measured=measured(),
        command=command,
        setting=_setting(comparison),
        bars=tables.of_bars(comparison),
        how=_HOW.format(rare=RARE, enough=ENOUGH),
        ceiling=tables.of_ceiling(comparison),
        starts="\n".join(_start(summaries[start], shown[start]) for start in summaries),
        sets=tables.of_sets(comparison),
        peers=_PEERS.format(left_out=_left_out(comparison)),
        versions=_versions(),
    )
    (folder / "RESULTS.md").write_text(page, encoding="utf-8")


def _start(by_final: list[Summary], shown: dict[str, str]) -> str:
    first = by_final[0]
    budget = first.comparison.setting.budget
    counts = sorted({max(budget // 4, 1), max(budget // 2, 1), budget})
    areas = [
        f"Area under average precision, {one.final} model.\n\n{tables.by_set(one, [area], 3)}\n"
        for one in by_final
    ]
    return _START.format(
        start="one positive" if first.start == "one" else "nothing",
        finding=_arms([first], share_found, FIND),
        learning=_arms(by_final, area, LEARN),
        pictures="".join(f"![{title}]({name})\n\n" for name, title in shown.items()),
        counts=" / ".join(map(str, counts)),
        found=tables.by_set(first, [found_after(labels) for labels in counts], 1),
        areas="\n".join(areas),
    )


def _arms(by_final: list[Summary], measure: Measure, default: str) -> str:
    first = by_final[0]
    if not first.sets:
        return f"No set of this run holds {RARE} others for each positive."
    how = _ARMS.format(n=len(first.sets), tie=TIE, default=default)
    return f"{tables.of_arms(first, by_final[1:], measure, default)}\n\n{how}"


def _setting(comparison: Comparison) -> str:
    setting = comparison.setting
    cut = "" if setting.max_rows is None else f", larger ones cut to {setting.max_rows:,} rows"
    part = ""
    if comparison.done < comparison.pieces:
        part = f" **Cut short: {comparison.done} of {comparison.pieces} pieces are done.**"
    return (
        f"{len(comparison.prepared)} sets{cut}, 60 % of each the pool and 40 % the test part; "
        f"{comparison.seeds} seeds; {setting.budget} labels in batches of {setting.batch}, final "
        f"models judged every {setting.score_every}.{part}"
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
