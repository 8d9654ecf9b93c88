"""One colour and dash for each strategy, told apart by colour-blind readers, on white and black."""

from collections.abc import Sequence
from typing import NamedTuple

Dash = tuple[float, ...]


class Style(NamedTuple):
    """How a strategy is drawn: a name for style sheets, its two colours, and its dashes."""

    name: str
    light: str
    dark: str
    dash: Dash


# After Okabe & Ito (2008), Color universal design, with the yellow left out, which vanishes on
# white, and two of Paul Tol's; the dark variants are lighter tints of the same hues.
COLOURS = (
    ("#0072b2", "#4ba3e3"),
    ("#d55e00", "#ff8a45"),
    ("#009e73", "#2fc99b"),
    ("#b0569c", "#e59ad2"),
    ("#e69f00", "#f7bd46"),
    ("#56b4e9", "#a3dcff"),
    ("#332288", "#a79bf2"),
    ("#7d7a1f", "#c9c45a"),
)
BASELINE = ("#7a7f87", "#959ca6")

# A ninth strategy takes the first colour again, dashed.
DASHES: tuple[Dash, ...] = ((), (7.0, 2.0), (2.0, 1.5), (7.0, 2.0, 2.0, 2.0))


def styles(strategies: Sequence[str], baseline: str | None = None) -> dict[str, Style]:
    """A style for each strategy, in their order; the baseline is grey and dashed.

    Examples
    --------
    >>> [style.light for style in styles(["random", "margin"], baseline="random").values()]
    ['#7a7f87', '#0072b2']
    """
    drawn: dict[str, Style] = {}
    others = 0
    for strategy in strategies:
        if strategy == baseline:
            drawn[strategy] = Style("baseline", *BASELINE, (4.0, 2.5))
            continue
        lap, place = divmod(others, len(COLOURS))
        drawn[strategy] = Style(f"c{place}", *COLOURS[place], DASHES[lap % len(DASHES)])
        others += 1
    return drawn


def style_sheet(dark: bool = False) -> str:
    """The colours as CSS custom properties, ``--c0`` and on, and ``--baseline``."""
    named = [(f"c{i}", pair) for i, pair in enumerate(COLOURS)] + [("baseline", BASELINE)]
    return " ".join(f"--{name}: {pair[dark]};" for name, pair in named)
