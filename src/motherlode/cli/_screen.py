"""The console that commands print to, and their tables.

Rows, classes and columns may hold anything, so what they print is never a command to the terminal
and never markup.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.highlighter import JSONHighlighter
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from .._files.formats import STDOUT
from .._inert import make_inert, make_inert_json
from ._terminal import shows_all

_WIDTH_OF_PLAIN_TEXT = 110


class _InertConsole(Console):
    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Make every text inert, wherever in a table or panel it stands."""
        if isinstance(renderable, str):
            renderable = Text(renderable)
        if isinstance(renderable, Text):
            renderable = renderable.copy()
            renderable.plain = make_inert(renderable.plain)
        return super().render(renderable, options)


def make_console(to: Path | None = None) -> Console:
    """Make a console for what is printed now; without a terminal it writes plain text.

    Where the rows go `to` standard output, it writes to stderr.
    """
    console = _InertConsole(stderr=to == STDOUT, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_PLAIN_TEXT
    return console


def say(console: Console, sentence: str) -> None:
    """Print prose; outside a terminal it stays on one line."""
    console.print(Text(sentence), soft_wrap=not console.is_terminal)


def say_json(console: Console, value: Any) -> None:
    """Print a value as JSON, from which every character can be read back."""
    as_ascii = not shows_all(console.encoding)  # so that JSON stays JSON on every terminal
    text = make_inert_json(json.dumps(value, ensure_ascii=as_ascii, indent=2))
    console.print(JSONHighlighter()(Text(text)), soft_wrap=True)


def make_table(first: str, *others: str) -> Table:
    """Make a table of a left-aligned column and numbers."""
    table = Table(box=box.SIMPLE_HEAD, caption_justify="left", show_edge=False)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right")
    return table
