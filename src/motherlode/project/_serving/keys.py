"""Keys by which a request that is sent again is known.

A key means one thing. The same content under it gets the answer that it got before. Other content
is refused, whoever sends it, and nothing of what is recorded is shown.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import Connection

from ...errors import InputError
from .._log import log
from .._log.events import Event

T = TypeVar("T")

_LONGEST_TEXT = 10_000


class KeyTaken(InputError):
    """The key stands for other content."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!r} was sent before with other content; nothing was recorded. Send a new "
            "random key with each answer."
        )


def find_recorded(
    connection: Connection,
    sent: Iterable[tuple[str | None, T]],
    is_same: Callable[[T, Event], bool],
) -> dict[str, Event]:
    """Find the events that were recorded for content sent with a key, by key.

    `is_same` says whether an event records some content.
    """
    by_key: dict[str, T] = {}
    for key, content in sent:
        if key is None:
            continue
        check_text(key)
        if key in by_key:
            raise KeyTaken(key)
        by_key[key] = content
    found = log.find_by_key(connection, by_key)
    for key, event in found.items():
        if not is_same(by_key[key], event):
            raise KeyTaken(key)
    return found


def check_text(text: str | None) -> None:
    """See that a note, a tag or a key is text that a database keeps."""
    if text is None:
        return
    if len(text) > _LONGEST_TEXT:
        raise InputError(f"A note has {len(text):,} characters; at most 10,000 are kept.")
    if "\0" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise InputError("A note, tag or key holds characters that are no text.")
