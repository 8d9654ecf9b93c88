"""How a row looks in the terminal."""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
from rich.color import Color
from rich.console import Console, ConsoleDimensions, Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from ..errors import InputError
from ..project._data.folder import Project
from ._screen import make_table

_LONGEST_TEXT = 4_000
_WIDEST, _HIGHEST = 72, 36  # of a picture, in characters
_AROUND = ConsoleDimensions(4, 5)  # the frame, the name of the file, and a line to type on
_NO_COLOURS = Text("A picture, for which this terminal has too few colours.", style="dim")


def draw_row(project: Project, row: int, title: str, below: str, console: Console) -> None:
    """Print a row in a frame; a picture where the terminal has colours."""
    parts: list[RenderableType] = []
    if project.settings.kind == "image":
        has_colours = console.color_system in ("256", "truecolor")
        parts.append(_draw_image(project, row, console) if has_colours else _NO_COLOURS.copy())
    content = project.rows.content(row)
    text = Text()
    for column, value in content.items():
        shown = "" if value is None else str(value).expandtabs(4)
        text.append(f"{column}: " if len(content) > 1 else "", style="bold")
        text.append(shown[:_LONGEST_TEXT] + ("…" if len(shown) > _LONGEST_TEXT else "") + "\n")
    text.rstrip()
    parts.append(text)
    console.print(Panel(Group(*parts), title=Text(title), subtitle=Text(below, style="dim")))


def draw_keys(keys: Sequence[tuple[str, str]], console: Console) -> None:
    """Print each key, and what it does."""
    table = make_table("Key", "What it does")
    table.columns[1].justify = "left"
    for key, what in keys:
        table.add_row(Text(key), Text(what))
    console.print(table)


def _draw_image(project: Project, row: int, console: Console) -> Text:
    """Draw an image of half blocks: each character shows two dots, one above the other."""
    # It loads scikit-learn, which rows without pictures do not need.
    from ..embedding._images import decode_image

    try:
        picture = decode_image(project.rows.image(row))
    except InputError as problem:
        return Text(f"The picture can't be shown: {str(problem).rstrip('.')}.", style="dim")
    width, height = console.width - _AROUND.width, console.height - _AROUND.height
    picture.thumbnail((max(1, min(_WIDEST, width)), 2 * max(1, min(_HIGHEST, height))))
    dots = np.asarray(picture)
    text = Text(no_wrap=True)
    for above, below in zip_longest(dots[0::2], dots[1::2]):
        for at, upper in enumerate(above.tolist()):
            lower = None if below is None else Color.from_rgb(*below[at].tolist())
            text.append("▀", Style(color=Color.from_rgb(*upper), bgcolor=lower))
        text.append("\n")
    return text
