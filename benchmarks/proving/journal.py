"""Sessions that are over, kept on disk: what is cut short goes on, and rivals are run once."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks.efficiency import journal as digests
from benchmarks.proving.arms import CHANCE, RIVALS
from benchmarks.proving.sessions import Session, Setting


class Key(NamedTuple):
    """What tells one session from all others."""

    task: str
    arm: str
    setting: Setting


class Journal:
    """Sessions by key, in one file for each kind of arm.

    What rivals and chance ask hangs on their own code alone, so their sessions stay when the
    default changes. Those of the default hang on all of motherlode that bears on a question.
    """

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}
        self.known: dict[Key, Session] = {}
        for kind in ("own", "peer"):
            self._paths[kind] = digests.journal(f"proving-{kind}", kind)
            for session in digests.read_lines(self._paths[kind], Session):
                self.known[_key(session)] = session

    def lacking(self, wanted: Iterable[Key]) -> list[Key]:
        """Those that are still to be run."""
        return [key for key in wanted if key not in self.known]

    def keep(self, sessions: Iterable[Session]) -> None:
        """Add sessions, and write them down."""
        for session in sessions:
            self.known[_key(session)] = session
            with self._paths[kind_of(session.arm)].open("a") as file:
                file.write(session.line() + "\n")


def kind_of(arm: str) -> str:
    """Whether an arm's questions hang on motherlode ("own") or not ("peer")."""
    return "peer" if arm in RIVALS or arm == CHANCE else "own"


def _key(session: Session) -> Key:
    return Key(session.task, session.arm, session.setting)
