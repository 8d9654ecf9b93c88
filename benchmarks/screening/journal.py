"""Sessions that are over, kept on disk, so that what is cut short goes on."""

from pathlib import Path

from benchmarks.efficiency import journal as digests
from benchmarks.screening.session import Key, Session


class Journal:
    """Sessions of one program by key.

    Parameters
    ----------
    path : Path
        A file of JSON lines, which need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.known: dict[Key, Session] = {one.key: one for one in digests.read_lines(path, Session)}

    def keep(self, session: Session) -> None:
        """Add a session, and write it down."""
        self.known[session.key] = session
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(session.line() + "\n")


def own() -> Journal:
    """Of motherlode: it hangs on all its code that bears on a question."""
    return Journal(digests.journal("screening-own", "own"))


def of_asreview(version: str) -> Journal:
    """Of one version of ASReview."""
    return Journal(digests.RUNS / f"screening-asreview-{version}.jsonl")


def latest_of_asreview() -> Journal | None:
    """What was run before, where its command is not at hand now."""
    paths = sorted(digests.RUNS.glob("screening-asreview-*.jsonl"), key=lambda p: p.stat().st_mtime)
    return Journal(paths[-1]) if paths else None
