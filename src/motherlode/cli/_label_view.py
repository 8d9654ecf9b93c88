"""How a row looks in the terminal."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from rich.color import Color
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from ..errors import InputError
from ..project._data.folder import Project
from ._screen import make_table

_LONGEST_TEXT = 4_000
_WIDEST, _HIGHEST = 72, 36  # of a picture, in half characters


def draw_row(project: Project, row: int, title: str, below: str, console: Console) -> None:
    """Print a row in a frame; a picture where the terminal has colours."""
    parts: list[RenderableType] = []
    if project.settings.kind == "image" and console.color_system in ("256", "truecolor"):
        parts.append(_draw_image(project, row))
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


def _draw_image(project: Project, row: int) -> Text:
    """Draw an image of half blocks: each character shows two dots, one above the other."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(project.rows.image(row))) as image:
            picture = ImageOps.exif_transpose(image).convert("RGB")
    except (InputError, OSError, UnidentifiedImageError, Image.DecompressionBombError) as problem:
        return Text(f"The picture can't be shown: {problem}", style="dim")
    picture.thumbnail((_WIDEST, 2 * _HIGHEST))
    dots = np.asarray(picture)
    text = Text()
    for above, below in zip(dots[0::2], dots[1::2], strict=False):
        for upper, lower in zip(above.tolist(), below.tolist(), strict=True):
            text.append("▀", Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
        text.append("\n")
    return text
