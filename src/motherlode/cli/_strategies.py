"""``motherlode strategies``: list every strategy that has a name."""

import inspect

from rich import box
from rich.table import Table
from rich.text import Text

from ..strategies import named
from ..strategies._registry import STRATEGIES
from ._screen import make_console, say_json


def strategies(json: bool) -> None:
    """Print every named strategy, as a table or as JSON."""
    known = [describe(name) for name in STRATEGIES.names()]
    console = make_console()
    if json:
        say_json(console, known)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("Name", no_wrap=True)
    for title, share in (("What it asks", 3), ("Needs", 1), ("Family", 1), ("Paper", 2)):
        table.add_column(title, ratio=share, overflow="fold")
    for one in known:
        _, bracket, settings = one["strategy"].partition("(")
        about = f"{one['about']} {bracket}{settings}".strip()
        cells = (one["name"], about, one["needs"], one["family"], one["paper"])
        table.add_row(*map(Text, cells))
    console.print(table)


def describe(name: str) -> dict[str, str]:
    """Describe a strategy: its name, settings, first sentence, needs, family and paper."""
    strategy = named(name)
    about = (inspect.getdoc(type(strategy)) or "").split("\n\n")[0]
    return {
        "name": name,
        "strategy": str(strategy),
        "about": " ".join(about.split()),
        "needs": strategy.needs,
        "family": strategy.family,
        "paper": strategy.paper,
    }
