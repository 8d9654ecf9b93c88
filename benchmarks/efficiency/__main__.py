"""``python -m benchmarks.efficiency --report benchmarks/efficiency``: the whole comparison.

Simulates labelling sessions, first what is asked and then how good the final models are, prints
the bars and positives found, and writes the results page. What has been done is kept, so it can be
run in pieces, with ``--minutes``. Exit code 2 for a wrong argument.
"""

import argparse
import shlex
import sys
from pathlib import Path
from typing import Any

from benchmarks.datasets import available
from benchmarks.efficiency import models, report, tables
from benchmarks.efficiency.arms import OWN, chosen_arms
from benchmarks.efficiency.compare import Comparison, compare
from benchmarks.efficiency.groups import GROUPS
from benchmarks.efficiency.sets import Prepared, chosen, prepare
from benchmarks.efficiency.setting import STARTS, Setting
from benchmarks.efficiency.summary import Summary, found_after
from motherlode.errors import InputError

QUICK: dict[str, Any] = {
    "sets": ["wine_red4", "car_vgood", "reuters_gold"],
    "strategies": ["random", "auto"],
    "peers": ["quick"],
    "seeds": 2,
    "budget": 100,
    "max_rows": 3000,
}
"""A comparison of about five minutes: small rare sets, few seeds, few peers."""


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.efficiency")
    add = parser.add_argument
    add("--quick", action="store_true", help="a comparison of minutes; other options still win")
    add(
        "--sets", default=["develop", "judge"], type=_listed, help="names, or a half (default: all)"
    )
    add("--strategies", default=list(OWN), type=_listed, help='as in "margin,auto:find"')
    add("--peers", default=["main"], type=_listed, help=f"names, or {', '.join(GROUPS)}")
    add("--starts", default=list(STARTS), type=_listed, help="positives known (default: one,none)")
    add("--seeds", default=5, type=int, help="how many (default: %(default)s)")
    add("--budget", default=200, type=int, help="labels (default: %(default)s)")
    add("--batch", default=10, type=int, help="a query's (default: %(default)s)")
    add("--score-every", default=50, type=int, help="labels between two final models (default: 50)")
    add("--models", default=list(models.FINALS), type=_listed, help="final models (default: both)")
    add("--max-rows", default=10_000, type=int, help="cut larger sets down (default: %(default)s)")
    add("--jobs", default=1, type=int, help="processes at work (default: %(default)s)")
    add("--minutes", type=float, help="begin nothing new after that time; run again to go on")
    add("--report", type=Path, metavar="FOLDER", help="write RESULTS.md and its pictures there")
    return parser


def main(argv: list[str]) -> int:
    """Do what is not done yet, and print what came out."""
    parser = _parser()
    if "--quick" in argv:
        parser.set_defaults(**QUICK)
    arguments = parser.parse_args(argv)
    least = {"seeds": 1, "budget": 1, "batch": 1, "max_rows": 100, "jobs": 1, "score_every": 1}
    for name, bound in least.items():
        value = getattr(arguments, name)
        if value < bound:
            parser.error(f"--{name.replace('_', '-')} is {value}; at least {bound} is needed")
    for name, there in (("starts", STARTS), ("models", models.FINALS)):
        unknown = [value for value in getattr(arguments, name) if value not in there]
        if unknown or not getattr(arguments, name):
            parser.error(f"--{name} is {', '.join(unknown) or 'empty'}; use {' or '.join(there)}")
    try:
        comparison = _compared(arguments)
    except InputError as error:
        parser.error(str(error))
    if arguments.report is not None:
        command = f"python -m benchmarks.efficiency {shlex.join(argv)}"
        report.write(comparison, command, arguments.report)
    print(_printed(comparison))
    return 0


def _compared(arguments: argparse.Namespace) -> Comparison:
    setting = Setting(
        starts=tuple(start for start in STARTS if start in arguments.starts),
        budget=arguments.budget,
        batch=arguments.batch,
        score_every=arguments.score_every,
        finals=tuple(final for final in models.FINALS if final in arguments.models),
        max_rows=arguments.max_rows,
    )
    arms = chosen_arms(arguments.strategies, arguments.peers)
    prepared = _prepared(arguments.sets, arguments.max_rows)
    return compare(
        setting, prepared, arms, arguments.seeds, jobs=arguments.jobs, minutes=arguments.minutes
    )


def _printed(comparison: Comparison) -> str:
    """The bars, and the positives found at the end by set and arm."""
    setting, parts = comparison.setting, [tables.of_bars(comparison)]
    for start in setting.starts:
        summary = Summary(comparison, start, setting.finals[0])
        if summary.results.runs:
            found = tables.by_set(summary, [found_after(setting.budget)], 1)
            parts.append(f"Positives found from {start}:\n\n{found}")
    return "\n\n".join(parts)


def _prepared(names: list[str], max_rows: int) -> list[Prepared]:
    """The sets that are there; those that are not are said on stderr."""
    lacking = available()
    wanted = chosen(names)
    for name in wanted:
        if lacking[name]:
            print(f"{name} is left out: {lacking[name]}", file=sys.stderr)
    there = [name for name in wanted if not lacking[name]]
    if not there:
        raise InputError("none of these sets is here; run benchmarks/datasets/fetch.sh")
    return [prepare(name, max_rows) for name in there]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
