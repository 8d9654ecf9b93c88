"""Single key strokes from a terminal, or characters from a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def keys(stream: TextIO) -> Iterator[Callable[[], str | None]]:
    """A function that waits for the next key; None at the end of the input.

    A terminal is set to give every key at once, and back at the end. Ctrl-C stays Ctrl-C.
    """
    if not stream.isatty():
        yield lambda: _from_pipe(stream)
        return
    try:
        import termios
        import tty
    except ImportError:
        yield _from_windows
        return
    before = termios.tcgetattr(stream)
    try:
        tty.setcbreak(stream)
        yield lambda: stream.read(1) or None
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)


def _from_pipe(stream: TextIO) -> str | None:
    key = stream.read(1)
    while key in ("\n", "\r"):
        key = stream.read(1)
    return key or None


def _from_windows() -> str | None:
    import msvcrt

    return str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
