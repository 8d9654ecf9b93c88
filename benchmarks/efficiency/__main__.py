"""``python -m benchmarks.efficiency --sets satimage,sms_spam --strategies random,auto --peers all``

Simulates labelling sessions and prints positives found and the area under average precision;
``--report FOLDER`` writes the results page. What has been simulated is kept, so a long comparison
can be run in pieces, with ``--minutes``. Exit code 2 for a wrong argument.
"""

import argparse
import shlex
import sys
from pathlib import Path
from typing import Any

from benchmarks.datasets import available
from benchmarks.efficiency import models, report
from benchmarks.efficiency.compare import Arms, compare
from benchmarks.efficiency.peers import GROUPS, chosen_peers
from benchmarks.efficiency.sets import Prepared, chosen, prepare
from benchmarks.efficiency.setting import Setting
from benchmarks.efficiency.table import table
from motherlode.errors import InputError
from motherlode.strategies import named

QUICK: dict[str, Any] = {
    "sets": ["wine_red4", "car_vgood", "yeast6", "letter_z", "reuters_gold"],
    "peers": ["quick"],
    "seeds": 2,
    "budget": 100,
    "score_every": 20,
    "max_rows": 4000,
}
"""A comparison of some minutes: small rare sets, few seeds, few peers."""


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.efficiency")
    add = parser.add_argument
    add(
        "--quick", action="store_true", help="a comparison of some minutes; other options still win"
    )
    add("--sets", default="develop,judge", type=_listed, help="names, or a half: develop, judge")
    add("--strategies", default="random,margin,auto", type=_listed, help="(default: %(default)s)")
    add("--peers", default=[], type=_listed, help=f"names, or {', '.join(GROUPS)} (default: none)")
    add("--seeds", default=5, type=int, help="how many (default: %(default)s)")
    add("--budget", default=200, type=int, help="labels (default: %(default)s)")
    add("--batch", default=10, type=int, help="a query's (default: %(default)s)")
    add("--score-every", type=int, help="labels between two final models (default: the batch)")
    add("--start", default="one", choices=("one", "none"), help="positives known (default: one)")
    add("--goal", default="both", choices=("both", "find", "learn"), help="what labels are for")
    add("--model", default="default", choices=models.NAMES, help="the final model of everyone")
    add("--max-rows", type=int, help="cut larger sets down to a stratified sample of this size")
    add("--jobs", default=1, type=int, help="processes at work (default: %(default)s)")
    add("--minutes", type=float, help="begin nothing new after that time; run again to go on")
    add("--report", type=Path, metavar="FOLDER", help="write RESULTS.md and its pictures there")
    return parser


def main(argv: list[str]) -> int:
    """Simulate what is not simulated yet, and print the table."""
    parser = _parser()
    if "--quick" in argv:
        parser.set_defaults(**QUICK)
    arguments = parser.parse_args(argv)
    least = (("seeds", 1), ("max_rows", 100), ("jobs", 1), ("score_every", 1))
    for name, bound in least:
        value = getattr(arguments, name)
        if value is not None and value < bound:
            parser.error(f"--{name.replace('_', '-')} is {value}; at least {bound} is needed")
    try:
        print(_compared(arguments, shlex.join(argv)))
    except InputError as error:
        parser.error(str(error))
    return 0


def _compared(arguments: argparse.Namespace, typed: str) -> str:
    """The table of one comparison, as Markdown."""
    for strategy in arguments.strategies:
        named(strategy)
    peers = chosen_peers(arguments.peers)
    setting = Setting(
        start=arguments.start,
        goal=arguments.goal,
        budget=arguments.budget,
        batch=arguments.batch,
        score_every=arguments.score_every,
        model=arguments.model,
        max_rows=arguments.max_rows,
    )
    prepared = _prepared(arguments.sets, arguments.max_rows)
    comparison = compare(
        setting,
        prepared,
        Arms(arguments.strategies, peers),
        arguments.seeds,
        jobs=arguments.jobs,
        minutes=arguments.minutes,
        whole_pools=arguments.report is not None,
    )
    if arguments.report is not None:
        command = f"python -m benchmarks.efficiency {typed}"
        report.write(comparison, setting, arguments.seeds, command, arguments.report)
    return table(comparison.results, comparison.prepared)


def _prepared(names: list[str], max_rows: int | None) -> list[Prepared]:
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
