"""What an evaluation found: the measures with their intervals, and how they narrowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .._inert.description import Described, Description, Table, enumerate_words, pluralise
from .._inert.written_numbers import write_half_width, write_level
from ._bounds import are_bounds_apart
from ._evaluation import MEANINGS, NAMES
from ._value import Estimate, MaybeEstimate

_WIDE, _HIGH, _LEFT, _BELOW, _TOP = 420, 180, 44, 34, 18
_LINE, _SAMPLE = 18, 40  # of the legend
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
        known = {n: e for n, e in self.estimates.items() if isinstance(e, Estimate)}
        parts = [f"{pluralise(self.labels, 'label')} on {pluralise(self.rows, 'row')}."]
        if self.called is not None:
            parts.append(f"The model calls {pluralise(self.called, 'row')} positive.")
        parts += [_say_one(name, estimate) for name, estimate in known.items()]
        parts += self._say_missing()
        parts.append(self._say_end())
        if self.passed:
            parts.append(self._say_passed(known))
        return " ".join(parts)

    def list_cells(self) -> list[list[str]]:
        """List each measure as a line of a table: name, estimate, from, to, ±, what it is.

        Terminal, page and report show these lines, so that they write every number alike.
        """
        return [
            [NAMES[name], *_write_columns(estimate), MEANINGS[name]]
            for name, estimate in self.estimates.items()
        ]

    def list_grounds(self) -> list[str]:
        """List how the estimates were made and what they assume, each once."""
        told = [e for e in self.estimates.values() if isinstance(e, Estimate)]
        grounds = [e.method for e in told] + [f"It assumes: {e.assumes}" for e in told]
        return list(dict.fromkeys(grounds))

    def _say_missing(self) -> list[str]:
        """Say why measures are not known, each reason once."""
        missing: dict[str, list[str]] = {}
        for name, estimate in self.estimates.items():
            if not isinstance(estimate, Estimate):
                missing.setdefault(estimate.reason, []).append(NAMES[name])
        return [
            f"{_begin(enumerate_words(names))} {'is' if len(names) == 1 else 'are'} not known: "
            f"{reason}"
            for reason, names in missing.items()
        ]

    def _say_passed(self, known: Mapping[str, Estimate]) -> str:
        """Say what the rows that nobody could tell leave open."""
        one = self.passed == 1
        said = f"{pluralise(self.passed, 'row')} could not be told and {'is' if one else 'are'}"
        said += " left out."
        bounded = [
            f"{NAMES[name]} lies between {estimate.write_bounds('and')}"
            for name, estimate in known.items()
            if estimate.bounds is not None
        ]
        if bounded:
            they = "it is" if one else "they are"
            said += f" Whatever {they}, {enumerate_words(bounded)}."
        if any(are_bounds_apart(estimate) for estimate in known.values()):
            said += (
                " That is much wider than the intervals, so let somebody who knows more answer "
                f"{'this row' if one else 'these rows'}."
            )
        return said

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
        cells = self.list_cells()
        facts = [
            ("labels", f"{self.labels:,} of {self.rows:,} rows, {self.positives:,} positive"),
            ("in words", self._say_end()),
        ]
        if self.called is not None:
            facts.insert(1, ("called positive", f"{self.called:,} rows"))
        if self.passed:
            facts.append(("could not be told", pluralise(self.passed, "row")))
        details = [("how", ground) for ground in self.list_grounds()]
        headings = ("measure", "estimate", "from", "to", "±", "what it is")
        table = Table("Measures of the model", headings, cells, len(cells))
        return Description("EvaluationReport", "", facts=facts, details=details, table=table)

    def _repr_html_(self) -> str:
        return self._describe().html() + self.draw()


def are_narrow(estimates: Mapping[str, MaybeEstimate], width: float) -> bool:
    """Tell whether every measure has an interval of at most twice this width."""
    return all(isinstance(e, Estimate) and e.half_width <= width for e in estimates.values())


def _say_one(name: str, estimate: Estimate) -> str:
    """Say what is known of a measure."""
    number, low, high, _ = estimate.write_columns()
    title = _begin(NAMES[name])
    if estimate.half_width:
        return (
            f"{title} is {number}; with {write_level(estimate.level)} confidence it lies between "
            f"{low} and {high}."
        )
    if estimate.bounds in (None, (estimate.low, estimate.high)):
        return f"{title} is {number}, whatever labels are still to come."
    return f"{title} is {number} of the rows that could be told."


def _begin(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _say(estimate: MaybeEstimate) -> str:
    if not isinstance(estimate, Estimate):
        return "not known yet"
    number, _, _, half = estimate.write_columns()
    return f"{number} ± {half}"


def _write_columns(estimate: MaybeEstimate) -> tuple[str, str, str, str]:
    return estimate.write_columns() if isinstance(estimate, Estimate) else ("not known", "", "", "")


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
    known = [(name, line) for name, line in widths.items() if line]
    ends = [f"{NAMES[n]} ±{write_half_width(line[-1][1], 'number')}" for n, line in known]
    for place, ((_, line), end) in enumerate(zip(known, ends, strict=True)):
        points = " ".join(f"{x(n):.1f},{y(w):.1f}" for n, w in line)
        below = _HIGH + _LINE * place  # a name beside its line would lie upon others
        style = (
            'fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-dasharray="{_DASHES[place % len(_DASHES)]}"'
        )
        parts += [
            f'<polyline points="{points}" {style}/>',
            f'<polyline points="{_LEFT},{below - 4} {_LEFT + _SAMPLE},{below - 4}" {style}/>',
            f'<text x="{_LEFT + _SAMPLE + 8}" y="{below}">{end}</text>',
        ]
    said = f"Half the width of the intervals, by {last:,} labels: {', '.join(ends)}."
    high = _HIGH + _LINE * len(known)
    return (
        f'<svg role="img" aria-label="{escape(said)}" viewBox="0 0 {_WIDE} {high}" '
        f'width="{_WIDE}"><g fill="currentColor" font-size="12" font-family="sans-serif">'
        f"{''.join(parts)}</g></svg>"
    )


def _widths(looks: Sequence[Look], name: str) -> list[tuple[int, float]]:
    found = ((look.labels, look.estimates[name]) for look in looks)
    return [(n, e.half_width) for n, e in found if isinstance(e, Estimate)]
