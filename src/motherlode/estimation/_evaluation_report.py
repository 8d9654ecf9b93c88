"""What an evaluation found: the measures with their intervals, and how they narrowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .._inert.description import Described, Description, Table, pluralise
from .._inert.written_numbers import write_level
from ._evaluation import NAMES
from ._value import Estimate, MaybeEstimate

_WIDE, _HIGH, _LEFT, _BELOW, _TOP = 420, 180, 44, 34, 18
_DASHES = ("", "7 4", "2 3", "9 3 2 3", "1 6")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>How good the model is</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:46em;padding:0 1em;
color-scheme:light dark}}</style></head>
<body><h1>How good the model is</h1><p>{sentence}</p>{body}</body></html>
"""


@dataclass(frozen=True)
class Look:
    """A moment at which the intervals were computed.

    Attributes
    ----------
    labels : int
        Rows that had a label by then.
    estimates : dict of str to Estimate or NoEstimate
        By the name of the measure.
    """

    labels: int
    estimates: Mapping[str, MaybeEstimate]

    def __str__(self) -> str:
        said = [f"{NAMES[name]} {_say(estimate)}" for name, estimate in self.estimates.items()]
        return f"{pluralise(self.labels, 'label')}: {', '.join(said)}"


@dataclass(frozen=True, repr=False)
class EvaluationReport(Described):
    """How good a model is on a pool, and what that rests on.

    Attributes
    ----------
    estimates : dict of str to Estimate or NoEstimate
        By the name of the measure, as in "f1".
    labels, positives, passed : int
        Rows that have a label, those of them that are positive, and rows that nobody could tell.
    rows : int
        Rows of the pool.
    called : int or None
        Rows that the model calls positive; None if nothing says which.
    width : float
        Half the width of the interval that was asked for.
    is_done : bool
        Whether the width is reached, the budget is spent, or no row is left.
    looks : tuple of Look
        How the intervals narrowed.
    """

    estimates: Mapping[str, MaybeEstimate]
    labels: int
    positives: int
    passed: int
    rows: int
    called: int | None
    width: float
    is_done: bool
    looks: Sequence[Look]

    @property
    def is_reached(self) -> bool:
        """Whether every interval is as narrow as asked for."""
        return are_narrow(self.estimates, self.width)

    @property
    def sentence(self) -> str:
        """What was found, in plain words."""
        parts = [f"{pluralise(self.labels, 'label')} on {self.rows:,} rows."]
        for name, estimate in self.estimates.items():
            title = NAMES[name][:1].upper() + NAMES[name][1:]
            if not isinstance(estimate, Estimate):
                parts.append(f"{title} is not known: {estimate.reason}")
                continue
            if not estimate.half_width:
                rest = "whatever labels are still to come"
                parts.append(f"{title} is {estimate.value:.3g}, {rest}.")
                continue
            sure = f"{write_level(estimate.level)} confidence"
            parts.append(
                f"{title} is {estimate.value:.3g}; with {sure} it lies "
                f"between {estimate.low:.3g} and {estimate.high:.3g}."
            )
        parts.append(self._say_end())
        if self.passed:
            parts.append(f"{pluralise(self.passed, 'row')} could not be told and left out.")
            parts += [
                f"Whatever they are, {NAMES[name]} lies between {estimate.bounds[0]:.3g} and "
                f"{estimate.bounds[1]:.3g}."
                for name, estimate in self.estimates.items()
                if isinstance(estimate, Estimate) and estimate.bounds is not None
            ]
        return " ".join(parts)

    def _say_end(self) -> str:
        if self.is_reached:
            return f"Every interval is ±{self.width:g} or narrower, as was asked for."
        if self.labels + self.passed >= self.rows:
            return "No row is left to label."
        if self.is_done:
            return f"The budget is spent before every interval is ±{self.width:g}."
        return f"Go on labelling until every interval is ±{self.width:g}."

    def to_html(self) -> str:
        """Write a page of the report that needs nothing from elsewhere."""
        return _PAGE.format(sentence=escape(self.sentence), body=self._repr_html_())

    def draw(self) -> str:
        """Draw half the width of each interval over the labels, as SVG; empty before any look."""
        return _draw(self.looks, list(self.estimates), self.width)

    def _describe(self) -> Description:
        cells = [_cells(name, estimate) for name, estimate in self.estimates.items()]
        facts = [
            ("labels", f"{self.labels:,} of {self.rows:,} rows, {self.positives:,} positive"),
            ("in words", self._say_end()),
        ]
        if self.called is not None:
            facts.insert(1, ("called positive", f"{self.called:,} rows"))
        if self.passed:
            facts.append(("could not be told", pluralise(self.passed, "row")))
        told = next((e for e in self.estimates.values() if isinstance(e, Estimate)), None)
        details = [] if told is None else [("how", told.method), ("it assumes", told.assumes)]
        headings = ("measure", "estimate", "from", "to", "±")
        table = Table("Measures of the model", headings, cells, len(cells))
        return Description("EvaluationReport", "", facts=facts, details=details, table=table)

    def _repr_html_(self) -> str:
        return self._describe().html() + self.draw()


def are_narrow(estimates: Mapping[str, MaybeEstimate], width: float) -> bool:
    """Tell whether every measure has an interval of at most twice this width."""
    return all(isinstance(e, Estimate) and e.half_width <= width for e in estimates.values())


def _say(estimate: MaybeEstimate) -> str:
    if not isinstance(estimate, Estimate):
        return "not known yet"
    return f"{estimate.value:.3f} ± {estimate.half_width:.3f}"


def _cells(name: str, estimate: MaybeEstimate) -> list[str]:
    if not isinstance(estimate, Estimate):
        return [NAMES[name], "not known", "", "", ""]
    ends = (estimate.value, estimate.low, estimate.high, estimate.half_width)
    return [NAMES[name], *(f"{end:.3f}" for end in ends)]


def _draw(looks: Sequence[Look], names: Sequence[str], width: float) -> str:
    widths = {name: _widths(looks, name) for name in names}
    if not any(widths.values()):
        return ""
    last = max(look.labels for look in looks)
    most = max([width, *(w for line in widths.values() for _, w in line)])

    def x(labels: float) -> float:
        return _LEFT + (_WIDE - _LEFT - 8) * labels / last

    def y(half: float) -> float:
        return _HIGH - _BELOW - (_HIGH - _BELOW - _TOP) * half / most

    parts = [
        f'<line x1="{_LEFT}" x2="{_WIDE - 8}" y1="{y(width):.1f}" y2="{y(width):.1f}" '
        'stroke="currentColor" opacity="0.4"/>',
        f'<text x="{_LEFT - 4}" y="{y(width) + 4:.1f}" text-anchor="end">±{width:g}</text>',
        f'<text x="{_WIDE - 8}" y="{_HIGH - 18}" text-anchor="end">{last:,} labels</text>',
    ]
    for place, (name, line) in enumerate(widths.items()):
        dash = _DASHES[place % len(_DASHES)]
        points = " ".join(f"{x(n):.1f},{y(w):.1f}" for n, w in line)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        if line:
            parts.append(
                f'<text x="{x(line[0][0]):.1f}" y="{y(line[0][1]) - 5:.1f}">{NAMES[name]}</text>'
            )
    ends = [f"{NAMES[n]} ±{line[-1][1]:.3f}" for n, line in widths.items() if line]
    said = f"Half the width of the intervals, by {last:,} labels: {', '.join(ends)}."
    return (
        f'<svg role="img" aria-label="{escape(said)}" viewBox="0 0 {_WIDE} {_HIGH}" '
        f'width="{_WIDE}"><g fill="currentColor" font-size="12" font-family="sans-serif">'
        f"{''.join(parts)}</g></svg>"
    )


def _widths(looks: Sequence[Look], name: str) -> list[tuple[int, float]]:
    found = ((look.labels, look.estimates[name]) for look in looks)
    return [(n, e.half_width) for n, e in found if isinstance(e, Estimate)]
