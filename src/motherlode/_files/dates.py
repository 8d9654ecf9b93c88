"""Dates as people and programs write them: which form a column keeps, and what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .spellings import Gaps, Plain, null_blanks, say_some, strings_of

Order = Literal["day", "month"]
"""What stands first in dates of numbers."""

_Numbers = NDArray[np.int64]
_Flags = NDArray[np.bool_]
_ORDERS: tuple[Order, ...] = ("day", "month")

_TIME = (
    r"(?:(?:,? +|[T_])(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = rf"(?P<name>(?i:{'|'.join(_MONTHS)})[a-z]*)\.?"
_FORMS = {
    "iso": rf"^(?P<year>\d{{4}})-(?P<b>\d{{1,2}})-(?P<a>\d{{1,2}}){_TIME}$",
    "zone": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+]\d\d:?\d\d)$",
    "y/": rf"^(?P<year>\d{{4}})/(?P<b>\d{{1,2}})/(?P<a>\d{{1,2}}){_TIME}$",
    "y.": rf"^(?P<year>\d{{4}})\.(?P<b>\d{{1,2}})\.(?P<a>\d{{1,2}})\.?{_TIME}$",
    ".": rf"^(?P<a>\d{{1,2}})\. ?(?P<b>\d{{1,2}})\. ?(?P<year>\d{{4}}){_TIME}$",
    "/": rf"^(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<year>\d{{4}}){_TIME}$",
    "-": rf"^(?P<a>\d{{1,2}})-(?P<b>\d{{1,2}})-(?P<year>\d{{4}}){_TIME}$",
    "d name": rf"^(?P<a>\d{{1,2}})\.?[ -]{_NAME}[ -](?P<year>\d{{4}}){_TIME}$",
    "name d": rf"^{_NAME} (?P<a>\d{{1,2}})(?:[snrt][tdh])?,? (?P<year>\d{{4}}){_TIME}$",
}
_SHAPES = {name: re.compile(pattern, re.ASCII) for name, pattern in _FORMS.items()}
_EITHER = ("/", "-")  # forms in which day or month may stand first
_ISO_TYPES = (pa.date32(), pa.timestamp("s"), pa.timestamp("us"))
_PEEK = 64
_WIDEST = {pa.date32(): 0, pa.timestamp("s"): 1, pa.timestamp("us"): 2}


def forms_of(cell: str) -> list[str]:
    """List the forms of dates that a cell may have."""
    return [name for name, shape in _SHAPES.items() if shape.match(cell)]


def find_order(cells: pa.ChunkedArray, days: pa.ChunkedArray) -> Order | None:
    """Tell what stands first in cells that days were read from; None if they do not tell."""
    cells = pc.utf8_trim_whitespace(cells.filter(days.is_valid()))
    days = days.drop_null().cast(pa.timestamp("us"))
    first = cells[0].as_py() if len(cells) else None
    form = next((one for one in forms_of(first or "") if one in _EITHER), None)
    if form is None:
        return None
    fitting = []
    for order in _ORDERS:
        moments, fits, _ = _parse(cells, form, order)
        if fits.all() and (moments == np.asarray(days)).all():
            fitting.append(order)
    return fitting[0] if len(fitting) == 1 else None


@dataclass
class _Found:
    """How many cells are dates, with the one thing or the other first."""

    fitting: dict[Order, int] = field(default_factory=lambda: {"day": 0, "month": 0})
    examples: dict[Order, str] = field(default_factory=dict)


class Dates:
    """What is known of a column whose cells look like dates of one form."""

    word = "dates"

    def __init__(self, form: str, gaps: Gaps, *, is_told: bool = False) -> None:
        self._form, self._gaps, self._is_told = form, gaps, is_told
        self._plain = Plain(gaps, lambda cells: _cast_iso(cells, form))
        self._present = 0
        self._found = _Found()
        self._example = ""
        self._kind: pa.DataType = pa.date32()

    def add(self, cells: pa.ChunkedArray) -> None:
        """Take in a block of cells."""
        looked_at, plain = self._plain.read(cells, count=True)
        if plain is not None:
            self._add_plain(looked_at, plain)
            return
        dropped = looked_at.drop_null()
        n = len(dropped)
        if not n:
            return
        self._present += n
        self._example = self._example or dropped[0].as_py()
        for order in self._orders():
            _, fits, kind = _parse(dropped, self._form, order)
            self._found.fitting[order] += int(fits.sum())
            self._widen(kind)
            if not fits.all():
                self._found.examples.setdefault(order, dropped[int(np.argmin(fits))].as_py())

    def order(self) -> Order | None:
        """Say what stands first, if the column alone tells it."""
        fits = [order for order in self._orders() if self._found.fitting[order] == self._present]
        return fits[0] if len(fits) == 1 and self._form in _EITHER else None

    def decide(self, order: Order | None) -> tuple[pa.DataType | None, str | None, Order]:
        """Decide the type, None for text, with the reason and what stands first.

        `order` is what stands first in other columns of the file.
        """
        fitting = self._found.fitting
        chosen: Order = "day"
        if self._form in _EITHER:
            likelier: Order = "day" if fitting["day"] >= fitting["month"] else "month"
            is_open = fitting["day"] == fitting["month"] == self._present
            if is_open and order is None and not self._is_told:
                return None, f"day or month may stand first, as in {self._example!r}", "day"
            chosen = order if is_open and order is not None else likelier
        bad = self._present - self._found.fitting[chosen]
        if bad:
            example = self._found.examples[chosen]
            said = say_some(bad, self._present, "is no date", "are no dates", example)
            if self._form in _EITHER:
                said += f", with the {chosen} first"
            return None, said, chosen
        parts = []
        if self._form in _EITHER:
            parts.append(f"the {chosen} stands first, as in {self._example!r}")
        elif self._form not in ("iso", "zone"):
            parts.append(f"written like {self._example!r}")
        gaps = self._gaps.explain()
        return self._kind, "; ".join([*parts, *([gaps] if gaps else [])]) or None, chosen

    def convert(self, cells: pa.ChunkedArray, kind: pa.DataType, order: Order) -> pa.ChunkedArray:
        """Convert cells of the column."""
        looked_at, plain = self._plain.read(cells)
        if plain is not None:
            return plain.cast(kind)
        values, fits, _ = _parse(looked_at, self._form, order)
        made = pa.array(values, pa.timestamp("us"), mask=~fits).cast(kind)
        return pa.chunked_array([made])

    def _add_plain(self, cells: pa.ChunkedArray, plain: pa.ChunkedArray) -> None:
        n = len(plain) - plain.null_count
        if not n:
            return
        self._present += n
        self._example = self._example or cells[pc.index(plain.is_valid(), True).as_py()].as_py()
        self._widen(plain.type)
        for order in self._found.fitting:
            self._found.fitting[order] += n

    def _orders(self) -> Sequence[Order]:
        return ("day", "month") if self._form in _EITHER else ("day",)

    def _widen(self, kind: pa.DataType) -> None:
        if self._form == "zone" or _WIDEST[kind] > _WIDEST[self._kind]:
            self._kind = kind


def _cast_iso(cells: pa.ChunkedArray, form: str) -> pa.ChunkedArray | None:
    kinds = {"iso": _ISO_TYPES, "zone": (pa.timestamp("us", "UTC"),)}.get(form, ())
    chunks = [null_blanks(strings_of(chunk)) for chunk in cells.chunks] if kinds else []
    cells = pa.chunked_array(chunks, pa.string())
    for kind in kinds:
        try:
            cells.slice(0, _PEEK).cast(kind)  # a cast that fails in all cells takes long
            return cells.cast(kind)
        except pa.ArrowInvalid:
            continue
    return None


def _parse(
    cells: pa.ChunkedArray, form: str, order: Order
) -> tuple[NDArray[Any], _Flags, pa.DataType]:
    """Read moments, and tell which cells are dates; the type holds the finest of them."""
    if form == "zone":
        cast = [
            _cast_iso(pa.chunked_array([cells[i : i + 1].combine_chunks()]), form)
            for i in range(len(cells))
        ]
        fits = np.array([one is not None for one in cast], bool)
        return np.zeros(len(cells), "datetime64[us]"), fits, pa.timestamp("us", "UTC")
    parts = _read_parts(cells, form, order)
    moments, fits = _join_parts(parts)
    if parts.microsecond.any():
        kind = pa.timestamp("us")
    else:
        kind = pa.timestamp("s") if parts.has_time else pa.date32()
    return np.where(fits, moments, np.datetime64(0, "us")), fits, kind


class _Parts(NamedTuple):
    """The numbers that cells hold, in range or not; 0 where one is not written."""

    matched: _Flags
    year: _Numbers
    month: _Numbers
    day: _Numbers
    hour: _Numbers
    minute: _Numbers
    second: _Numbers
    microsecond: _Numbers
    half: _Numbers  # 0 for a.m., 1 for p.m., -1 for a clock of 24 hours
    has_time: bool


def _read_parts(cells: pa.ChunkedArray, form: str, order: Order) -> _Parts:
    """Take cells of a form apart."""
    found = pc.extract_regex(cells, _FORMS[form])
    names = {f.name for f in found.type}

    def number(name: str) -> _Numbers:
        if name not in names:
            return np.zeros(len(cells), np.int64)
        texts = pc.struct_field(found, name)
        texts = pc.if_else(pc.equal(texts, ""), None, texts)
        return np.asarray(pc.fill_null(texts.cast(pa.int64()), 0))

    def text(name: str) -> pa.ChunkedArray:
        return pc.fill_null(pc.struct_field(found, name), "")

    def place(starts: pa.ChunkedArray, known: Sequence[str]) -> _Numbers:
        return np.asarray(pc.fill_null(pc.index_in(starts, pa.array(known)), -1))

    day, month = number("a"), number("b")
    if "name" in names:
        month = place(pc.utf8_slice_codeunits(pc.utf8_lower(text("name")), 0, 3), _MONTHS) + 1
    if order == "month" and form in _EITHER:
        day, month = month, day
    micro = pc.utf8_slice_codeunits(pc.utf8_rpad(text("part"), 6, "0"), 0, 6)
    return _Parts(
        np.asarray(pc.fill_null(pc.is_valid(found), False)),
        number("year"),
        month,
        day,
        number("hour"),
        number("minute"),
        number("second"),
        np.asarray(micro.cast(pa.int64())),
        place(pc.utf8_lower(text("half")), ["a", "p"]),
        bool(pc.any(pc.not_equal(pc.struct_field(found, "hour"), "")).as_py()),
    )


def _join_parts(of: _Parts) -> tuple[NDArray[Any], _Flags]:
    """Make moments of their parts, and tell which are dates; the others are any moment."""
    fits = of.matched & (of.year > 0) & (of.month >= 1) & (of.month <= 12)
    fits &= (of.hour < 24) & (of.minute < 60) & (of.second < 60)
    fits &= (of.half < 0) | ((of.hour >= 1) & (of.hour <= 12))
    months = (of.year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (of.month - 1)
    months = np.where(fits, months, np.datetime64(0, "M"))
    days = months.astype("datetime64[D]")
    length = ((months + 1).astype("datetime64[D]") - days).astype(np.int64)
    fits &= (of.day >= 1) & (of.day <= length)
    hour = np.where(of.half < 0, of.hour, of.hour % 12 + 12 * (of.half == 1))
    seconds = (of.day - 1) * 86_400 + hour * 3_600 + of.minute * 60 + of.second
    moments = (
        days.astype("datetime64[us]")
        + seconds.astype("timedelta64[s]")
        + of.microsecond.astype("timedelta64[us]")
    )
    return moments, fits
