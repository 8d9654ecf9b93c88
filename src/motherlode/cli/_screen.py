"""The console that commands print to, and their tables."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_OF_PLAIN_TEXT = 110


def make_console() -> Console:
    """Make a console for what is printed now; without a terminal it writes plain text."""
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_PLAIN_TEXT
    return console


def say(console: Console, sentence: str) -> None:
    """Print prose; outside a terminal it stays on one line."""
    console.print(Text(sentence), soft_wrap=not console.is_terminal)


def make_table(first: str, *others: str) -> Table:
    """Make a table of a left-aligned column and numbers."""
    table = Table(box=box.SIMPLE_HEAD, caption_justify="left", show_edge=False)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right")
    return table
