"""Where a description that changes is shown: in a notebook, on a terminal, or line by line."""

import sys
from importlib import import_module
from typing import Any, Protocol

from .._inert.description import Description


class Screen(Protocol):
    """What shows a description in place of the one before."""

    def show(self, described: Description) -> None:
        """Show it."""

    def close(self) -> None:
        """Leave the last one as it is."""


def choose_screen() -> Screen:
    """Choose by where Python runs."""
    if _in_notebook():
        return _Notebook()
    if sys.stdout.isatty():
        try:
            return _Terminal()
        except ModuleNotFoundError:  # rich
            pass
    return _Lines()


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


class _Notebook:
    """One output of a cell, which is replaced."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, described: Description) -> None:
        # Its display has no types.
        display: Any = import_module("IPython.display").display
        forms = {"text/html": described.html(), "text/plain": described.text()}
        if self._handle is None:
            self._handle = display(forms, raw=True, display_id=True)
        else:
            self._handle.update(forms, raw=True)

    def close(self) -> None:
        pass


class _Terminal:
    """Some lines, which are replaced."""

    def __init__(self) -> None:
        from rich.live import Live
        from rich.text import Text

        self._text = Text
        self._live = Live(auto_refresh=False)
        self._started = False

    def show(self, described: Description) -> None:
        if not self._started:
            self._live.start()
            self._started = True
        self._live.update(self._text(described.text()), refresh=True)

    def close(self) -> None:
        if self._started:
            self._live.stop()


class _Lines:
    """A line for each description that differs from the one before."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, described: Description) -> None:
        line = described.line()
        if line != self._last:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        self._last = line

    def close(self) -> None:
        pass
