"""Charts as SVG elements, coloured by the style sheet and described in words for screen readers."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from .._inert.description import pluralise
from .._inert.written_numbers import write_ends

_WIDTH, _HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 14, 34
_MOST_STEPS = 400
_NO_LINES = 4


def draw_found_curve(found: Sequence[int], name: str) -> Markup:
    """Draw how many rows of the class `name` were found after 0, 1, 2, … labels."""
    labels, most = len(found) - 1, max(found[-1], 1)
    step = max(1, labels // _MOST_STEPS)
    at = sorted({*range(0, labels + 1, step), labels})

    def x(label: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * label / max(labels, 1)

    def y(count: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * count / most

    line = " ".join(f"{x(i):.1f},{y(found[i]):.1f}" for i in at)
    ground = f"{x(labels):.1f},{y(0):.1f} {x(0):.1f},{y(0):.1f}"
    grid = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text x="{_LEFT - 8}" y="{y(t) + 4:.1f}" text-anchor="end">{t:,}</text>'
        for t in _choose_ticks(most)
    )
    across = "".join(
        f'<text x="{x(t):.1f}" y="{_HEIGHT - 14}" text-anchor="middle">{t:,}</text>'
        for t in _choose_ticks(labels)
    )
    are_found = pluralise(found[-1], f"row of {name} is", f"rows of {name} are")
    said = f"After {pluralise(labels, 'label')} {are_found} found."
    return _svg(
        said,
        f'{grid}{across}<polygon class="area" points="{line} {ground}"/>'
        f'<polyline class="line" points="{line}"/>',
        _HEIGHT,
    )


def draw_share(low: float, high: float, said: str) -> Markup:
    """Draw the interval of a share on a scale from 0 to 100 %, described by the sentence `said`."""
    first, last = write_ends(low, high, "share")
    wide, left, right, top, thick = 420, 16, 24, 30, 14

    def x(share: float) -> float:
        return left + (wide - left - right) * min(max(share, 0.0), 1.0)

    width = max(x(high) - x(low), 3.0)
    scale = "".join(
        f'<line class="grid" x1="{x(t / 4):.1f}" x2="{x(t / 4):.1f}" y1="{top - 6}" '
        f'y2="{top + thick + 6}"/><text x="{x(t / 4):.1f}" y="{top + thick + 22}" '
        f'text-anchor="middle">{25 * t} %</text>'
        for t in range(5)
    )
    if width > 48:
        ends = {f"{first} %": x(low), f"{last} %": x(high)}
    else:  # side by side they would touch
        ends = {f"{first} to {last} %": (x(low) + x(high)) / 2}
    labels = "".join(
        f'<text class="count" x="{_keep_inside(at, end, wide):.1f}" y="{top - 12}" '
        f'text-anchor="middle">{end}</text>'
        for end, at in ends.items()
    )
    return _svg(
        said,
        f'{scale}<rect class="track" x="{left}" y="{top}" rx="7" '
        f'width="{wide - left - right}" height="{thick}"/>'
        f'<rect class="share" x="{x(low):.1f}" y="{top}" rx="7" width="{width:.1f}" '
        f'height="{thick}"/>{labels}',
        top + thick + 30,
        wide,
    )


def _keep_inside(at: float, text: str, wide: int) -> float:
    """Give the middle of a text near a place, so that nothing of it is cut off."""
    half = 4 * len(text)  # a letter of the charts is at most 8 wide
    return min(max(at, half), wide - half)


def draw_class_counts(counts: Mapping[str, int]) -> Markup:
    """Draw how many rows are labelled with each class, as bars."""
    most, bar, gap, room = max([*counts.values(), 1]), 22, 12, 180
    parts = []
    for place, (name, count) in enumerate(counts.items()):
        top = _TOP + place * (bar + gap)
        width = (_WIDTH - room - 90) * count / most
        short = name if len(name) <= 24 else f"{name[:23]}…"
        parts.append(
            f'<text x="{room - 12}" y="{top + 16}" text-anchor="end">{escape(short)}</text>'
            f'<rect class="bar-of c{place % 9}" x="{room}" y="{top}" rx="3" '
            f'width="{max(width, 2):.1f}" height="{bar}"/>'
            f'<text class="count" x="{room + max(width, 2) + 8:.1f}" y="{top + 16}">'
            f"{count:,}</text>"
        )
    said = "Labels of each class: " + ", ".join(f"{n} {c:,}" for n, c in counts.items()) + "."
    return _svg(said, "".join(parts), 2 * _TOP + len(counts) * (bar + gap))


def draw_days(days: Mapping[str, int]) -> Markup:
    """Draw how many answers were given on each day, as small bars."""
    width, gap, height, below = 14, 4, 48, 2
    most = max([*days.values(), 1])
    parts = []
    for place, (day, count) in enumerate(days.items()):
        tall = max(height * count / most, 1.0)
        parts.append(
            f'<rect class="share" x="{place * (width + gap)}" y="{height - tall:.1f}" rx="2" '
            f'width="{width}" height="{tall:.1f}"><title>{escape(day)}: {count:,}</title></rect>'
        )
    told = [f"{day} {count:,}" for day, count in days.items() if count]
    said = f"Answers a day in the last {len(days)} days: {', '.join(told) or 'none'}."
    return _svg(said, "".join(parts), height + below, len(days) * (width + gap) - gap)


def _choose_ticks(most: int) -> list[int]:
    """Choose round whole numbers from 0 to at most `most`.

    Examples
    --------
    >>> _choose_ticks(23)
    [0, 10, 20]
    >>> _choose_ticks(1)
    [0, 1]
    """
    for size in (10**power * lead for power in range(18) for lead in (1, 2, 5)):
        if most / size <= _NO_LINES:
            return list(range(0, most + 1, size))
    return [0]


def _svg(said: str, inside: str, height: int, width: int = _WIDTH) -> Markup:
    return Markup(  # texts are escaped  # nosec B704
        f'<svg class="chart" role="img" viewBox="0 0 {width} {height}" '
        f'aria-label="{escape(said)}">{inside}</svg>'
    )
