"""A pause: nobody is given rows, and answers are still recorded."""

from dataclasses import dataclass
from datetime import datetime

from .._data.settings import Settings
from .._log.fold import State

PAUSED = "paused"
"""The name of the setting."""


@dataclass(frozen=True)
class Pause:
    """Who paused a project, and when, in seconds since 1970."""

    by: str
    at: float

    def __str__(self) -> str:
        begun = datetime.fromtimestamp(self.at).astimezone()
        is_today = begun.date() == datetime.now().astimezone().date()
        when = f"{begun:%H:%M}" if is_today else f"{begun:%d %b %Y, %H:%M}"
        return f"Paused by {self.by} since {when}"


def find_pause(settings: Settings, state: State) -> Pause | None:
    """Find the pause that a project is in, by its settings at a state; None if it goes on."""
    if not settings.paused:
        return None
    changed = (event for event in reversed(state.changes.events) if event.setting == PAUSED)
    event = next(changed)
    return Pause(event.annotator, event.at)
