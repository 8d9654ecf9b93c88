"""python -m benchmarks.proving: run what is lacking, and write the page."""

import argparse
from pathlib import Path

from benchmarks.proving import report
from benchmarks.proving.arms import chosen
from benchmarks.proving.journal import Journal
from benchmarks.proving.plan import plan
from benchmarks.proving.sources import available
from benchmarks.proving.work import lead


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proving", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one task a source, two starts")
    parser.add_argument(
        "--arms", nargs="+", default=["all"], help="names, 'all', 'short' or 'pretrained'"
    )
    parser.add_argument("--kinds", nargs="+", help="kinds of data; all by default")
    parser.add_argument("--jobs", type=int, default=2, help="processes at work")
    parser.add_argument("--minutes", type=float, help="begin no task after that time")
    parser.add_argument("--report", type=Path, help="a folder for RESULTS.md")
    asked = parser.parse_args()

    tasks = [task for task in available() if not asked.kinds or task.kind in asked.kinds]
    names, journal = chosen(asked.arms), Journal()
    wanted = plan(tasks, names, quick=asked.quick)
    left = lead(journal, tasks, wanted, jobs=asked.jobs, minutes=asked.minutes)
    page = report.page([journal.known[key] for key in wanted if key in journal.known], left)
    if asked.report is None:
        print(page)
    else:
        asked.report.mkdir(parents=True, exist_ok=True)
        (asked.report / "RESULTS.md").write_text(page)


if __name__ == "__main__":
    main()
