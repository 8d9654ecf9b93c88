"""python -m benchmarks.screening: run what is lacking, and write the page."""

import argparse
import sys
import warnings
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from time import monotonic

import motherlode
from benchmarks.proving.sources.reviews import FOLDER
from benchmarks.screening import asreview, journal, own, report
from benchmarks.screening.reviews import STARTS, deal, names
from benchmarks.screening.session import Key, Session


def main(given: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screening", description=__doc__)
    parser.add_argument("--asreview", type=Path, help="ASReview's command, of its own environment")
    parser.add_argument("--folder", type=Path, help="the folder of reviews")
    parser.add_argument("--reviews", nargs="+", help="names of reviews; all by default")
    parser.add_argument("--arms", nargs="+", default=[asreview.ARM, *own.ARMS], help="who screens")
    parser.add_argument("--seeds", type=int, default=3, help="how many")
    parser.add_argument("--minutes", type=float, help="begin no session after that time")
    parser.add_argument("--report", type=Path, help="a folder for RESULTS.md and its picture")
    asked = parser.parse_args(given)

    folder = asked.folder or FOLDER.path()
    reviews = [name for name in names(folder) if not asked.reviews or name in asked.reviews]
    keys = [
        Key(review, arm, start, seed)
        for seed, review, start, arm in product(range(asked.seeds), reviews, STARTS, asked.arms)
    ]
    command = asreview.found(asked.asreview) if asked.asreview else None
    sessions = _lead(folder, keys, command, asked.minutes)
    if asked.report is None:
        print(report.page(sessions))
    else:
        report.write(sessions, asked.report)


def _lead(
    folder: Path, keys: Sequence[Key], command: Path | None, minutes: float | None
) -> list[Session]:
    """Run what is lacking; all sessions of these keys that there are."""
    ours = journal.own()
    version = asreview.version(command) if command else ""
    theirs = journal.of_asreview(version) if command else journal.latest_of_asreview()
    if command is None:
        print(asreview.HOW, file=sys.stderr)
    began = monotonic()
    for key in keys:
        if minutes is not None and monotonic() - began > 60 * minutes:
            break
        of = theirs if key.arm == asreview.ARM else ours
        if of is None or key in of.known or (of is theirs and command is None):
            continue
        dealt = deal(folder, key.review, key.seed)
        if command is not None and key.arm == asreview.ARM:
            session = asreview.screen(command, version, dealt, key.start, key.seed)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                session = own.screen(motherlode.__version__, dealt, key.arm, key.start, key.seed)
        of.keep(session)
        print(f"{monotonic() - began:.0f} s: {' '.join(map(str, key))}", file=sys.stderr)
    known = ours.known | (theirs.known if theirs else {})
    return [known[key] for key in keys if key in known]


if __name__ == "__main__":
    main()
