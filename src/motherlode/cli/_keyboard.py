"""Read single keys from a terminal, or characters from a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def open_keyboard(stream: TextIO) -> Iterator[Callable[[], str | None]]:
    """Make a function that waits for the next key; it returns None at the end of the input.

    A terminal gives every key at once until the block ends. Ctrl-C stays Ctrl-C.
    """
    if not stream.isatty():
        yield lambda: _read_pipe(stream)
        return
    try:
        import termios
        import tty
    except ImportError:
        yield _read_windows
        return
    before = termios.tcgetattr(stream)
    try:
        tty.setcbreak(stream)
        yield lambda: stream.read(1) or None
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)


def _read_pipe(stream: TextIO) -> str | None:
    key = stream.read(1)
    while key in ("\n", "\r"):
        key = stream.read(1)
    return key or None


def _read_windows() -> str | None:
    import msvcrt

    return str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
