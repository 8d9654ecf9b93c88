"""What a value says of itself, as plain text for a terminal and as HTML for a notebook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from . import make_inert

_MOST_ROWS = 10
_MOST_TEXT_ROWS = 5
_WIDEST = 60  # characters of a cell as text
_LONGEST = 400  # characters of a cell as HTML

# No colour of ours but a half-transparent grey, which shows on light and on dark ground.
_LINE = "1px solid rgba(128, 128, 128, 0.4)"
_BLOCK = f"display: inline-block; max-width: 60em; border: {_LINE}; padding: 0.4em 0.8em"
_TABLE = "border-collapse: collapse; background: transparent; color: inherit; margin: 0.3em 0"
_CELL = "text-align: left; vertical-align: top; padding: 0.1em 1.2em 0.1em 0"
_CAPTION = "text-align: left; caption-side: top; color: inherit; padding: 0.3em 0"


@dataclass(frozen=True)
class Table:
    """Rows of cells under headings; the first rows are shown, and how many there are.

    Attributes
    ----------
    caption : str
        What the rows are.
    headings : sequence of str
        One for each column.
    rows : sequence of sequences
        The cells of the rows that may be shown.
    count : int
        How many rows there are in all.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    count: int


@dataclass(frozen=True)
class Description:
    """A title, facts by name and perhaps a table. Any text may be of a user: all are made safe.

    Attributes
    ----------
    title : str
        What is described, as its class is called.
    summary : str
        The most important, in some words.
    facts : sequence of (str, str)
        What is known, each under its name.
    details : sequence of (str, str)
        More facts, which only HTML has room for.
    table : Table, optional
        What comes in rows.
    curve : sequence of int
        Numbers that only grow, drawn as a small picture; none by default.
    curve_says : str
        What the picture shows, for those who do not see it.
    table_in_text : bool
        Whether the text has the table too.
    """

    title: str
    summary: str = ""
    facts: Sequence[tuple[str, str]] = ()
    details: Sequence[tuple[str, str]] = ()
    table: Table | None = None
    curve: Sequence[int] = ()
    curve_says: str = ""
    table_in_text: bool = True

    def line(self) -> str:
        """Write it on one line, without table and picture."""
        facts = [f"{_flatten(name)}: {_flatten(said)}" for name, said in self.facts]
        return "; ".join([self._head(), *facts])

    def _head(self) -> str:
        title, summary = _flatten(self.title), _flatten(self.summary)
        return f"{title}({summary})" if title.isidentifier() else f"{title}: {summary}"

    def text(self) -> str:
        """Write it as plain text: a line, and one more for each fact and row."""
        lines = [self._head()]
        lines += [f"  {_flatten(name)}: {_flatten(said)}" for name, said in self.facts]
        if self.curve:
            lines.append(f"  {draw_in_text(self.curve)}  {_flatten(self.curve_says)}")
        return "\n".join([*lines, *self._table_as_text()])

    def _table_as_text(self) -> list[str]:
        if self.table is None or not self.table.rows or not self.table_in_text:
            return []
        shown = self.table.rows[:_MOST_TEXT_ROWS]
        cells = [list(self.table.headings), *shown]
        texts = [[_cut(_flatten(cell), _WIDEST) for cell in row] for row in cells]
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        lines = ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in texts]
        more = self.table.count - len(shown)
        return [*lines, f"  and {more:,} more"] if more else lines

    def html(self) -> str:
        """Write it as HTML that needs nothing from elsewhere, with tables that have headings."""
        facts = [(n, s) for n, s in (*self.facts, *self.details) if s]
        parts = [
            f'<div class="motherlode" style="{_BLOCK}">',
            f"<div><strong>{_escape(self.title)}</strong> {_escape(self.summary)}</div>",
        ]
        if facts:
            body = "".join(
                f'<tr style="background: transparent"><th scope="row" style="{_CELL}">'
                f'{_escape(name)}</th><td style="{_CELL}">{_escape(said)}</td></tr>'
                for name, said in facts
            )
            parts.append(f'<table style="{_TABLE}"><tbody>{body}</tbody></table>')
        if self.curve:
            parts.append(draw_in_svg(self.curve, self.curve_says))
        return "".join([*parts, *self._table_as_html(), "</div>"])

    def _table_as_html(self) -> Iterable[str]:
        if self.table is None or not self.table.rows:
            return
        shown = self.table.rows[:_MOST_ROWS]
        more = self.table.count - len(shown)
        caption = f"{self.table.caption}, the first {len(shown)} of {self.table.count:,}"
        caption = caption if more else self.table.caption
        yield f'<table style="{_TABLE}"><caption style="{_CAPTION}">{_escape(caption)}</caption>'
        head = "".join(
            f'<th scope="col" style="{_CELL}; border-bottom: {_LINE}">{_escape(name)}</th>'
            for name in self.table.headings
        )
        yield f"<thead><tr>{head}</tr></thead><tbody>"
        for row in shown:
            cells = "".join(f'<td style="{_CELL}">{_escape(cell)}</td>' for cell in row)
            yield f'<tr style="background: transparent">{cells}</tr>'
        yield "</tbody></table>"


def pluralise(n: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun, as in "1 label" and "2,000 labels"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def enumerate_words(words: Sequence[str]) -> str:
    """Write words one after the other, as in "precision, recall and F1"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


class Described:
    """What describes itself: its ``repr`` is the text, and notebooks show the HTML."""

    def _describe(self) -> Description:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self._describe().text()

    def _repr_html_(self) -> str:
        return self._describe().html()


_BARS = "▁▂▃▄▅▆▇█"
_TEXT_WIDTH = 40
_SVG_WIDTH, _SVG_HEIGHT, _SVG_POINTS = 320, 80, 160


def draw_in_text(curve: Sequence[int]) -> str:
    """Draw a curve that starts at 0 and grows as a line of bars.

    Examples
    --------
    >>> draw_in_text([0, 0, 1, 3, 7])
    '▁▁▂▄█'
    """
    most = max(curve[-1], 1)
    return "".join(_BARS[(len(_BARS) - 1) * curve[i] // most] for i in _spread(curve, _TEXT_WIDTH))


def draw_in_svg(curve: Sequence[int], says: str) -> str:
    """Draw a curve that starts at 0 and grows as an SVG in the colour of the text around it."""
    across, most = max(len(curve) - 1, 1), max(curve[-1], 1)
    points = " ".join(
        f"{_SVG_WIDTH * i / across:.1f},{_SVG_HEIGHT - (_SVG_HEIGHT - 4) * curve[i] / most - 2:.1f}"
        for i in _spread(curve, _SVG_POINTS)
    )
    return (
        f'<svg role="img" aria-label="{_escape(says)}" viewBox="0 0 {_SVG_WIDTH} {_SVG_HEIGHT}" '
        f'width="{_SVG_WIDTH}" height="{_SVG_HEIGHT}" style="display: block; color: inherit">'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/></svg>'
    )


def _spread(curve: Sequence[int], most: int) -> list[int]:
    """Choose places of a curve, the first and the last among them, at most so many."""
    last = len(curve) - 1
    steps = min(last, most - 1)
    return [last * i // steps for i in range(steps + 1)] if steps else [0]


def _flatten(value: Any) -> str:
    return " ".join(make_inert(str(value)).split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _escape(value: Any) -> str:
    return escape(_cut(_flatten(value), _LONGEST))
