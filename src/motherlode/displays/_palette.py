"""Colours and dashes of strategies, which colour-blind readers can tell apart, light and dark."""

from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple


class _Style(NamedTuple):
    """How a strategy is drawn: a name in `PALETTE`, the light shade, and its dashes."""

    name: str
    light: str
    dash: tuple[float, ...]


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

PALETTE = {f"c{i}": pair for i, pair in enumerate(COLOURS)} | {"baseline": BASELINE}
"""The light and the dark shade of each colour, by its name in style sheets."""

# A ninth strategy takes the first colour again, dashed.
_DASHES: tuple[tuple[float, ...], ...] = ((), (7.0, 2.0), (2.0, 1.5), (7.0, 2.0, 2.0, 2.0))


def assign_styles(strategies: Sequence[str], baseline: str | None = None) -> dict[str, _Style]:
    """Give each strategy a style, in their order; the baseline is grey and dashed.

    Examples
    --------
    >>> [style.light for style in assign_styles(["random", "margin"], baseline="random").values()]
    ['#7a7f87', '#0072b2']
    """
    others = (
        _Style(f"c{i}", light, dash)
        for dash in cycle(_DASHES)
        for i, (light, _) in enumerate(COLOURS)
    )
    grey = _Style("baseline", BASELINE[0], (4.0, 2.5))
    return {s: grey if s == baseline else next(others) for s in strategies}
