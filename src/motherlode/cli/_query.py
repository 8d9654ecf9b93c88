"""``motherlode query``: print the rows to label next."""

from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._insight.wording import word_reason
from ..project._serving.ranking import Ranking
from ._screen import make_console, say_json

_LONGEST_CELL = 60


def query(folder: Path, n: int | None, json: bool, at_random: bool) -> None:
    """Rank, and print the best rows as a table or as JSON."""
    # It loads scikit-learn, which `answers`, that takes words from this module, can spare.
    from ..project._training.training import ask_batch

    with open_project(folder) as project:
        project.rows.check()
        asked = ask_batch(project, n, at_random=at_random)
        if asked is None:
            raise InputError("Every row is labelled or passed over; there is nothing to ask.")
        if json:
            say_json(make_console(), _lines(project, asked))
        else:
            _print(project, asked)


def _lines(project: Project, asked: Ranking) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            **({project.settings.id: project.rows.name(row)} if project.settings.id else {}),
            "utility": asked.utilities[place],
            "probability": asked.probability(place),
            "reason": asked.reasons[place],
            "content": project.rows.content(row),
        }
        for place, row in enumerate(asked.rows)
    ]


def _print(project: Project, asked: Ranking) -> None:
    settings, console = project.settings, make_console()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("row", *([settings.id] if settings.id else []), *settings.shown[:3], "why"):
        table.add_column(Text(name), overflow="fold")
    for place, row in enumerate(asked.rows):
        content = project.rows.content(row)
        named = [project.rows.name(row)] if settings.id else []
        cells = [row, *named, *(content[c] for c in settings.shown[:3])]
        reason = asked.reasons[place]
        cells.append(word_reason(reason, project.rows.name, settings.positive_name))
        table.add_row(*(Text(shorten(cell)) for cell in cells))
    console.print(table)


def shorten(value: object) -> str:
    """Write a value on one line of a table, cut if it is long."""
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
