"""Read single keys and lines from a terminal, or from a pipe."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TextIO

from ._label_keys import BACK, END, FORWARD

_ARROWS = {"D": BACK, "C": FORWARD}
_END_OF_FILE = "\x04"


class Keyboard(Protocol):
    """What keys come from."""

    def key(self) -> str:
        """Wait for the next key: a character, or a name of `motherlode.cli._label_keys`."""
        ...

    def line(self, prompt: str) -> str:
        """Ask for a line of text."""
        ...


@contextmanager
def open_keyboard(stream: TextIO) -> Iterator[Keyboard]:
    """Open the keyboard of a terminal, or a pipe that has a character for each key.

    A terminal gives every key at once until the block ends. Ctrl-C stays Ctrl-C.
    """
    if not stream.isatty():
        yield _Pipe(stream)
        return
    try:
        import termios
    except ImportError:
        yield _Windows()
        return
    before = termios.tcgetattr(stream)
    try:
        yield _Terminal(stream, before)
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)


class _Pipe:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def key(self) -> str:
        while (key := self._stream.read(1)) in ("\n", "\r"):
            pass
        if key == "\x1b":
            return _ARROWS.get(self._stream.read(2)[-1:], "")
        return key or END

    def line(self, prompt: str) -> str:
        return self._stream.readline().strip()


class _Terminal:
    def __init__(self, stream: TextIO, settings: list[Any]) -> None:
        self._stream, self._settings = stream, settings
        self._take_keys()

    def key(self) -> str:
        # Bytes, since what Python reads ahead would hide that an arrow key is three of them.
        read = self._read()
        if read == "\x1b":
            return _ARROWS.get(self._read()[-1:], "") if self._read() == "[" else ""
        return END if read in ("", _END_OF_FILE) else read

    def _read(self) -> str:
        found = os.read(self._stream.fileno(), 1)
        while found:
            try:
                return found.decode()
            except UnicodeDecodeError:
                if len(found) == 4:
                    return "\N{REPLACEMENT CHARACTER}"
                found += os.read(self._stream.fileno(), 1)
        return ""

    def line(self, prompt: str) -> str:
        import termios

        termios.tcsetattr(self._stream, termios.TCSADRAIN, self._settings)
        try:
            return input(prompt).strip()
        except EOFError:
            return ""
        finally:
            self._take_keys()

    def _take_keys(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._stream, termios.TCSADRAIN)  # keys that were pressed meanwhile stay


class _Windows:
    def key(self) -> str:
        import msvcrt

        key = str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
        if key in ("\0", "\xe0"):
            arrow = str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
            return {"K": BACK, "M": FORWARD}.get(arrow, "")
        if key == "\x03":
            raise KeyboardInterrupt
        return END if key in (_END_OF_FILE, "\x1a") else key

    def line(self, prompt: str) -> str:
        return input(prompt).strip()
