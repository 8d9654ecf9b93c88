"""The widget: what anywidget sends between a `Desk` and the browser."""

import asyncio
import threading
from pathlib import Path
from re import MULTILINE, sub
from typing import Any

import anywidget
from traitlets import Dict

from ._desk import Desk

_HERE = Path(__file__).parent
_SHARED = ("build.js", "keys.js", "row.js")  # of the page, each behind those that it imports


def join_scripts() -> str:
    """Join the page's scripts and the widget's into one module, as notebooks load no other."""
    paths = [*(_HERE.parent / "static" / name for name in _SHARED), _HERE / "widget.js"]
    joined = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return sub(r"^import [^;]*;\n|^export (?=function|class)", "", joined, flags=MULTILINE)


class LabelWidget(anywidget.AnyWidget):
    """Label rows of a learner in a notebook; see `motherlode.ActiveLearner.label`."""

    _esm = join_scripts()
    _css = _HERE / "widget.css"
    about = Dict().tag(sync=True)
    drawings = Dict().tag(sync=True)
    state = Dict().tag(sync=True)

    def __init__(self, desk: Desk) -> None:
        super().__init__(about=desk.about, drawings=desk.drawings, state=desk.state)
        self._desk = desk
        self._thread, self._loop = threading.get_ident(), _running_loop()
        desk.tell = self._tell
        self.on_msg(self._receive)

    def __repr__(self) -> str:  # all that is left of a widget where none can be shown
        rows, labelled = self.about["rows"], self.state["labelled"]
        return f"LabelWidget({labelled:,} of {rows:,} rows labelled; run its cell to label more)"

    def _tell(self) -> None:
        self.drawings = self._desk.drawings  # first, since the state names rows that they hold
        self.state = self._desk.state

    def _receive(self, widget: Any, action: Any, buffers: Any) -> None:
        # JupyterLab has a thread for messages of widgets. A learner is of one thread: that of the
        # cells, which takes up the action once no cell runs.
        if self._loop is None or threading.get_ident() == self._thread:
            self._do(action)
        else:
            self._loop.call_soon_threadsafe(self._do, action)

    def _do(self, action: Any) -> None:
        refused = self._desk.receive(action) if isinstance(action, dict) else None
        if refused is not None:
            self.send(refused)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
