"""Rows that were added to a project, as its log tells of them.

Each part has a file of its own, which never changes. Its first rows are new and have the next ids.
The others have the content of now of rows that were there before; their old content stays in the
earlier files.
"""

import json
from dataclasses import dataclass

from .events import Event

ROWS = "rows"
"""The setting that an event changes which adds rows, or changes what some hold."""


@dataclass(frozen=True)
class Part:
    """Some rows that came together.

    Attributes
    ----------
    rows : int
        How many are new.
    updated : tuple of int
        Ids of the rows of before that have other content from here on.
    digest : str
        Of the file of rows.
    encoded : str or None
        Digest of the file that holds what an encoder made of them.
    root : str or None
        The folder that paths of its images are relative to.
    source : str
        Where they came from, as people call it.
    event : int
        Id of the event that added them; 0 before it is recorded.
    at : float
        When, in seconds since 1970. Whatever was given out before has an earlier time, or this
        one; whatever was given out after it has a later one.
    """

    rows: int
    updated: tuple[int, ...]
    digest: str
    encoded: str | None
    root: str | None
    source: str
    event: int = 0
    at: float = 0.0

    def to_json(self) -> str:
        """Write what an event holds of it."""
        held = {name: value for name, value in vars(self).items() if name not in ("event", "at")}
        return json.dumps(held, ensure_ascii=False)

    @staticmethod
    def from_event(event: Event) -> "Part":
        """Read it from the event that added it; Python raises an error if that is damaged."""
        held = json.loads(str(event.after))
        made = Part(
            int(held["rows"]),
            tuple(map(int, held["updated"])),
            str(held["digest"]),
            None if held["encoded"] is None else str(held["encoded"]),
            None if held["root"] is None else str(held["root"]),
            str(held["source"]),
            event.id,
            event.at,
        )
        if made.rows < 0:
            raise ValueError("fewer rows than none")
        return made


def number_part(place: int) -> int:
    """Give the number of a part by its place in the list; the project's first file has 1."""
    return place + 2
