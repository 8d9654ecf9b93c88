"""See whether a project is whole, and say all that is wrong with it and what to do."""

import json
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from ..._inert.shell_words import as_typed
from ..._rows.matrix import n_rows
from ...errors import InputError
from .._data.folder import Project, open_project, read_about
from .._data.own_files import ABOUT, CARD, MODEL, open_own_file
from .._data.rows import FILE, digest_file
from .._log.database import Progress
from .._log.events import CHANGED, Event
from .._log.fold import State
from .._log.log import count_events, read_whole

_SHOWN = 3  # of the same kind of fault
_TOLD = 1_000  # events or images between two looks at the progress
_CLOCK_SECONDS = 60.0  # that clocks of two machines may differ
_LEAST_FREE = 1 << 30  # bytes


def say_nothing(done: int, total: int) -> None:
    """Tell nobody how much is done."""


@dataclass
class Findings:
    """What a check found.

    Attributes
    ----------
    rows, events, last : int
        How many, as far as could be read, and the id of the last event.
    faults : list of str
        What is wrong: a sentence each, with what to do.
    hints : list of str
        What is not wrong, and may become so.
    """

    rows: int = 0
    events: int = 0
    last: int = 0
    faults: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Go on after what cannot be read."""
        try:
            yield
        except InputError as problem:
            if str(problem) not in self.faults:
                self.faults.append(str(problem))


def check(folder: Path, tell: Callable[[str], Progress]) -> Findings:
    """Look at all of a project, and go on after a fault.

    Parameters
    ----------
    folder : Path
        Its folder.
    tell : callable
        Given what is looked at, it gives what is called with how much is done, and of how much.
    """
    found = Findings()
    with found.noting(), open_project(folder) as project:
        found.rows = project.settings.rows
        with found.noting():
            check_rows(project)
        with found.noting():
            labels = check_labels(project, tell("Events read"))
            found.events, found.last = labels.events, labels.last
            found.faults += labels.faults
            found.hints += labels.hints
        with found.noting():
            found.faults += _check_images(project, tell("Images read"))
        found.hints += _check_model(project, found.last)
    if found.faults:
        _check_files(folder, found)
    if folder.is_dir():
        found.hints += _check_disk(folder)
    return found


def check_rows(project: Project) -> None:
    """See that the rows, and what encoders made of them, are those that the project was made of."""
    project.rows.check()
    if n_rows(project.rows.data()) != project.settings.rows:
        raise InputError(
            f"The rows of {project.folder} are not the {project.settings.rows:,} that it was made "
            "of; copy the folder again."
        )


def check_labels(project: Project, tell: Progress) -> Findings:
    """See that the log of a project holds nothing that cannot be."""
    found, state, faults = Findings(), State(), _Faults()
    latest, back = 0.0, (0.0, 0)
    project.database.check_pages()
    with project.database.reading() as connection:
        total = count_events(connection)
        for event in read_whole(connection):
            faults.note(_find_fault(project, state, event), event.id)
            if latest - event.at > back[0]:
                back = (latest - event.at, event.id)
            latest = max(latest, event.at)
            state.add(event)
            found.events += 1
            if found.events % _TOLD == 0:
                tell(found.events, total)
    tell(total, total)
    found.last = state.last
    found.faults = [
        f"The log of {project.folder} is damaged: {said}; go on from a backup, or write to the "
        "authors of motherlode."
        for said in faults.list()
    ]
    found.hints = list(_check_clock(back, latest))
    return found


class _Faults:
    """Faults by their kind, with the ids of events that have them."""

    def __init__(self) -> None:
        self._ids: dict[str, list[int]] = defaultdict(list)

    def note(self, kind: str | None, id: int) -> None:
        if kind is not None:
            self._ids[kind].append(id)

    def list(self) -> Iterator[str]:
        for kind, ids in self._ids.items():
            yield f"{kind}: {_enumerate(list(map(str, ids)), 'event')}"


def _enumerate(names: list[str], of: str) -> str:
    first = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{of}{'s' if len(names) > 1 else ''} {first}{more}"


def _find_fault(project: Project, state: State, event: Event) -> str | None:
    rows, known = project.settings_at(state).rows, state.changes.classes
    if event.kind != CHANGED and not 0 <= event.row < rows:
        return f"the row is none of the {rows:,}"
    classes = project.in_force.beginning.classes if known is None else known.places
    if event.kind == "label" and event.label not in classes:
        return "the label is no class"
    return None


def _check_clock(back: tuple[float, int], latest: float) -> Iterator[str]:
    if back[0] > _CLOCK_SECONDS:
        yield (
            f"The clock was set back by {_spell(back[0])} before event {back[1]}; labels are in "
            "their order, but times in exports are wrong there."
        )
    ahead = latest - time.time()
    if ahead > _CLOCK_SECONDS:
        yield (
            f"The last answers are {_spell(ahead)} in the future; set the clock of this machine, "
            "or of the one that recorded them."
        )


def _spell(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}"
    return f"{seconds / 60:.0f} minutes"


def _check_images(project: Project, tell: Progress) -> list[str]:
    """Read every image that the labels are of."""
    if project.settings.kind != "image":
        return []
    bad: list[tuple[str, str]] = []
    for row in range(project.settings.rows):
        try:
            project.rows.image(row)
        except InputError as problem:
            bad.append((project.rows.name(row), str(problem)))
        if row % 100 == 0:
            tell(row, project.settings.rows)
    tell(project.settings.rows, project.settings.rows)
    if len(bad) <= _SHOWN:
        return [said for _, said in bad]
    names = _enumerate([name for name, _ in bad], "row")
    return [
        f"{len(bad):,} images are missing or have changed, of {names}; put them back where they "
        f"were. The first: {bad[0][1]}"
    ]


def _check_model(project: Project, last: int) -> list[str]:
    """See whether the saved model knows all labels."""
    path = project.folder / MODEL
    again = f"make it again by `motherlode train {as_typed(project.folder)}`"
    try:
        with open_own_file(path) as file, ZipFile(file) as parts:
            seen = int(json.loads(parts.read(ABOUT))["last_event"])
    except FileNotFoundError:
        return []
    except (InputError, OSError, BadZipFile, ValueError, KeyError, TypeError):
        return [f"{path} is no model of this release; {again}."]
    hints = []
    if seen < last:
        newer = last - seen
        which = (
            "the last answer or change" if newer == 1 else f"the last {newer:,} answers or changes"
        )
        hints.append(f"{path} does not know {which}; {again}.")
    if not (project.folder / CARD).exists():
        hints.append(f"{path} has no model card {CARD}; {again}.")
    return hints


def _check_files(folder: Path, found: Findings) -> None:
    """Look at files that a fault elsewhere left unread, by what the folder says of them."""
    with found.noting():
        about = read_about(folder)
        for name, digest in ((FILE, about.get("digest")), *about.get("digests", {}).items()):
            path = folder / name
            if any(str(path) in said for said in found.faults):
                continue
            try:
                is_same = digest_file(path) == digest
            except OSError:
                is_same = False
            if not is_same:
                found.faults.append(
                    f"{path} is missing or has changed since the project was made; put the old "
                    "file back, or go on from a backup."
                )


def _check_disk(folder: Path) -> list[str]:
    free = shutil.disk_usage(folder).free
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    if free >= max(_LEAST_FREE, 2 * size):
        return []
    return [
        f"The disk of {folder} has {free / 1e9:.1f} GB left; free some space, since labels are "
        "refused on a full disk."
    ]
