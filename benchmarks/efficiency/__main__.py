"""``python -m benchmarks.efficiency --sets satimage,sms_spam --strategies random,margin,auto``

Simulates labelling sessions and prints positives found and the area under average precision.
Exit code 2 for a wrong argument.
"""

import argparse
import sys

from benchmarks.datasets import available
from benchmarks.efficiency.journal import journal
from benchmarks.efficiency.sets import chosen, prepare
from benchmarks.efficiency.table import table
from motherlode.errors import InputError
from motherlode.simulation import Run, simulate
from motherlode.strategies import named


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.efficiency")
    parser.add_argument(
        "--sets", default="develop,judge", type=_listed, help="names, or a half: develop, judge"
    )
    parser.add_argument(
        "--strategies", default="random,margin,auto", type=_listed, help="(default: %(default)s)"
    )
    parser.add_argument("--seeds", default=5, type=int, help="how many (default: %(default)s)")
    parser.add_argument("--budget", default=200, type=int, help="labels (default: %(default)s)")
    parser.add_argument("--batch", default=10, type=int, help="a query's (default: %(default)s)")
    parser.add_argument(
        "--start", default="one", choices=("one", "none"), help="positives known (default: one)"
    )
    parser.add_argument(
        "--max-rows", type=int, help="cut larger sets down to a stratified sample of this size"
    )
    return parser


def main(argv: list[str]) -> int:
    """Simulate what is not simulated yet, and print the table."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.seeds < 1:
        parser.error(f"--seeds is {arguments.seeds}; at least 1 is needed")
    if arguments.max_rows is not None and arguments.max_rows < 100:
        parser.error(f"--max-rows is {arguments.max_rows}; at least 100 are needed")
    try:
        print(compare(arguments))
    except InputError as error:
        parser.error(str(error))
    return 0


def compare(arguments: argparse.Namespace) -> str:
    """The table of one comparison, as Markdown; sets that are not there are said on stderr."""
    lacking = available()
    for strategy in arguments.strategies:
        named(strategy)
    names = chosen(arguments.sets)
    for name in names:
        if lacking[name]:
            print(f"{name} is left out: {lacking[name]}", file=sys.stderr)
    there = [name for name in names if not lacking[name]]
    if not there:
        raise InputError("none of these sets is here; run benchmarks/datasets/fetch.sh")
    prepared = [prepare(name, arguments.max_rows) for name in there]
    results = simulate(
        [one.dataset for one in prepared],
        arguments.strategies,
        seeds=arguments.seeds,
        budget=arguments.budget,
        batch=arguments.batch,
        start=arguments.start,
        path=journal(arguments.start, arguments.budget, arguments.batch, arguments.max_rows),
        progress=_say,
    )
    return table(results, prepared)


def _say(done: int, total: int, run: Run) -> None:
    found = run.rounds[-1].positives
    print(
        f"{done}/{total} {run.dataset} {run.strategy} seed {run.seed}: {found} found, "
        f"{run.seconds:.1f} s asking",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
