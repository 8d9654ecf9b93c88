"""``motherlode label``: label in the terminal, with a key for each class."""

import sys
import time
from pathlib import Path
from string import ascii_lowercase, punctuation
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._data.settings import Settings
from ..project._insight.prior import word_reason
from ..project._serving.answers import Answer
from ..project._serving.leases import Lease
from ..project._serving.live import Live
from ..project._training.supervisor import Supervisor
from ._keyboard import open_keyboard
from ._screen import make_console, say
from ._who import find_annotator

_SKIP, _UNSURE, _UNDO, _QUIT = " ", "?", "z", "q"
_RESERVED = {_SKIP, _UNSURE, _UNDO, _QUIT}
_KEYS = f"1234567890{ascii_lowercase}{punctuation}"
_LONGEST_TEXT = 4_000


def label(folder: Path, who: str | None) -> None:
    """Show row after row and take a key for each, until there is none or the annotator quits."""
    name = find_annotator(who)
    with open_project(folder) as project:
        project.rows.check()
        live = Live(project)
        try:
            with Supervisor(project), open_keyboard(sys.stdin) as read:
                count = _session(project, live, name, read, make_console())
        finally:
            live.close()
    say(make_console(), f"{count:,} answers saved; `motherlode label {folder}` goes on from here.")


def assign_keys(classes: tuple[str, ...]) -> dict[str, str]:
    """Give each class a key: its first letter that is free, else a digit, a letter or a sign.

    Examples
    --------
    >>> assign_keys(("spam", "ham", "scam"))
    {'s': 'spam', 'h': 'ham', 'c': 'scam'}
    """
    found: dict[str, str] = {}
    for place, name in enumerate(classes):
        own = [c for c in name.lower() if c.isalnum()]
        free = [c for c in (*own, str((place + 1) % 10), *_KEYS) if c not in _RESERVED | set(found)]
        if not free:
            raise InputError(
                f"There are {len(classes)} classes and keys for {len(found)} of them; label on the "
                "page, which `motherlode serve` opens."
            )
        found[free[0]] = name
    return found


def _session(project: Project, live: Live, name: str, read: Any, console: Console) -> int:
    settings = project.settings
    names = assign_keys(settings.classes)
    say(console, _help(names, settings))
    answered = 0
    while leases := live.next(name):
        lease = leases[0]
        _show(project, lease, console)
        shown = time.monotonic()
        key = _read_key(read, names)
        if key == _QUIT:
            return answered
        if key == _UNDO:
            answered -= _undo(live, name, console)
            continue
        answer = _answer(lease.offer.row, key, names, time.monotonic() - shown)
        live.answer(name, [answer])
        answered += 1
        say(console, f"→ {answer.label or answer.kind}")
    say(console, "Every row is answered, or kept for another annotator.")
    return answered


def _help(names: dict[str, str], settings: Settings) -> str:
    classes = ", ".join(f"{key} = {name}" for key, name in names.items())
    return f"Keys: {classes}; space = skip, ? = unsure, {_UNDO} = undo, {_QUIT} = quit."


def _show(project: Project, lease: Lease, console: Console) -> None:
    content = project.rows.content(lease.offer.row)
    text = Text()
    for column, value in content.items():
        shown = "" if value is None else str(value).expandtabs(4)
        text.append(f"{column}: " if len(content) > 1 else "", style="bold")
        text.append(shown[:_LONGEST_TEXT] + ("…" if len(shown) > _LONGEST_TEXT else "") + "\n")
    text.rstrip()
    title = f"row {project.rows.name(lease.offer.row)}"
    console.print(
        Panel(
            text,
            title=Text(title),
            subtitle=Text(word_reason(lease.offer.reason) or "", style="dim"),
        )
    )


def _read_key(read: Any, names: dict[str, str]) -> str:
    """Read the next key that has a meaning."""
    while True:
        key = read()
        if key is None:
            return _QUIT
        if key.lower() in names or key in _RESERVED:
            return str(key)


def _answer(row: int, key: str, names: dict[str, str], seconds: float) -> Answer:
    seconds = round(min(seconds, 86_400.0), 3)
    if key == _SKIP:
        return Answer(row, "skip", seconds=seconds)
    if key == _UNSURE:
        return Answer(row, "unsure", seconds=seconds)
    return Answer(row, label=names[key.lower()], seconds=seconds)


def _undo(live: Live, name: str, console: Console) -> int:
    try:
        event = live.undo(name)
    except InputError as problem:
        say(console, str(problem))
        return 0
    say(console, f"Took back {event.label or event.kind!r} of row {event.row}.")
    return 1
