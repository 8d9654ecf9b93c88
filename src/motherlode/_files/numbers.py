"""Numbers as people and programs write them: which notation a column keeps, and what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .spellings import Gaps, Plain, ends_of, null_blanks, say_some, strings_of

_Ints = np.ndarray[Any, np.dtype[np.integer[Any]]]
_Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Sign = Literal[".", ","]
"""What stands before the decimals."""

_SPACE = " \u00a0\u2009\u202f"
_GROUP = f"[{_SPACE}'\u2019]"
_CURRENCY = (
    "(?:[$\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba\u20ab\u20b4\u20aa]|EUR|USD|GBP|CHF|JPY)"
)
_MINUS = "[-\u2212\u2013]"


def _pattern(point: str, comma: str) -> str:
    grouped = (
        rf"[1-9]\d{{0,2}}(?:{comma}\d{{2,3}})*{comma}\d{{3}}|[1-9]\d{{0,2}}(?:{_GROUP}\d{{3}})+"
    )
    body = rf"(?:(?:{grouped}|\d+)(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?|(?i:inf|infinity)"
    unit = rf"[{_SPACE}]?"
    plain = rf"{_MINUS}?(?:{_CURRENCY}{unit})?{_MINUS}?(?:{body})(?:{unit}(?:%|{_CURRENCY}))?"
    return rf"^(?:\+?{plain}|\((?:{_CURRENCY}{unit})?(?:{body})(?:{unit}{_CURRENCY})?\))$"


_READINGS: dict[Sign, str] = {".": _pattern(r"\.", ","), ",": _pattern(",", r"\.")}
_ANY = re.compile("|".join(_READINGS.values()), re.ASCII)
_CODE = rf"^(?:\+.*|{_MINUS}?0\d.*|{_MINUS}?\d{{16,}})$"
_BARE_EXPONENT = r"^\d+[eE]\d+$"  # 1e3 is how an id looks; programs write 1e+03 or 1.0e3
_IN_GROUPS = re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3})+|-?\d+", re.ASCII)
_NOISE = f"[{_SPACE}'\u2019()+]|{_CURRENCY}"
_PLAIN_PERCENT = r"^([-0-9.]+)%$"
_ZERO, _NINE, _MINUS_BYTE, _PLUS_BYTE, _POINT = b"09-+."
_EXPONENTS = b"eE"
_LONGEST = 15  # digits that a floating number keeps
_PEEK = 100


def is_like_number(cell: str) -> bool:
    """Tell whether a cell is a number in any notation, or written like one."""
    return _ANY.match(cell) is not None


@dataclass
class _Readings:
    """How many cells of a column can be read with each decimal sign."""

    fitting: dict[Sign, int] = field(default_factory=lambda: {".": 0, ",": 0})
    only: dict[Sign, int] = field(default_factory=lambda: {".": 0, ",": 0})
    examples: dict[Sign, str] = field(default_factory=dict)  # a cell that can't be read with it
    decimals: dict[Sign, bool] = field(default_factory=lambda: {".": False, ",": False})


class Numbers:
    """What is known of a column whose cells look like numbers."""

    word = "numbers"

    def __init__(self, gaps: Gaps, *, is_told: bool = False) -> None:
        self._gaps, self._is_told = gaps, is_told
        self._present = self._codes = self._exponents = self._percents = self._negatives = 0
        self._readings = _Readings()
        self._code: str | None = None
        self._exponent = self._notation = ""
        self._units: set[str] = set()
        self._longest, self._is_plain = 0, True
        self._has_points = False
        self._plain = Plain(gaps, cast_plain)

    def add(self, cells: pa.ChunkedArray) -> None:
        """Take in a block of cells."""
        looked_at, plain = self._plain.read(cells, count=True)
        if plain is None:
            self._is_plain = False
            self._add_written(looked_at)
        else:
            self._add_plain(looked_at, plain)

    @property
    def is_of_percents(self) -> bool:
        """Whether cells are per cents, which are read as shares."""
        return self._percents > 0

    @property
    def share(self) -> dict[Sign, float]:
        """Which part of the cells can be read with one decimal sign alone."""
        return {s: n / max(self._present, 1) for s, n in self._readings.only.items()}

    def decide(self, sign: Sign | None) -> tuple[pa.DataType | None, str | None, Sign]:
        """Decide the type, None for text, with the reason and the decimal sign.

        `sign` is the file's decimal sign, if it is known.
        """
        chosen = self._choose(sign)
        why_not = None if self._is_told else self._why_code()
        bad = self._present - self._readings.fitting[chosen]
        if why_not is None and bad:
            example = self._readings.examples[chosen]
            other: Sign = "," if chosen == "." else "."
            if is_like_number(example) and self._readings.fitting[other] == self._present:
                words = ("has another decimal sign", "have another decimal sign")
                why_not = say_some(bad, self._present, *words, example)
            else:
                words = ("is no number", "are no numbers")
                why_not = say_some(bad, self._present, *words, example)
        why_not = why_not or self._why_mixed()
        if why_not is not None:
            return None, why_not, chosen
        is_whole = not self._readings.decimals[chosen] and not self.is_of_percents
        whole = is_whole and self._longest <= _LONGEST
        kind = pa.int64() if whole else pa.float64()
        return kind, self._explain(chosen), chosen

    def convert(self, cells: pa.ChunkedArray, kind: pa.DataType, sign: Sign) -> pa.ChunkedArray:
        """Convert cells of the column."""
        if self._is_plain and sign == ".":
            _, plain = self._plain.read(cells)
            if plain is not None:
                return plain.cast(kind)
        return _read_written(self._gaps.drop(cells), kind, sign)

    def _choose(self, sign: Sign | None) -> Sign:
        readings, n = self._readings, self._present
        if self._is_plain and not self._has_points:
            return "."
        own: Sign = "," if readings.only[","] > readings.only["."] else "."
        if readings.only[own] * 2 > n:
            return own
        if sign is not None:
            return sign
        return "," if readings.fitting[","] == n > readings.fitting["."] else "."

    def _why_code(self) -> str | None:
        n, example = self._codes, self._code
        if self._exponents and not self._has_points:
            n, example = n + self._exponents, example or self._exponent
        if not n:
            return None
        words = ("is written like a code", "are written like codes")
        return say_some(n, self._present, *words, example or "")

    def _why_mixed(self) -> str | None:
        if 0 < self._percents < self._present:
            kind = "is a per cent" if self._percents == 1 else "are per cents"
            return f"{self._percents:,} of {self._present:,} values {kind}, others are not"
        if len(self._units) > 1:
            return f"its values have different units: {', '.join(sorted(self._units))}"
        if self._negatives * 2 > self._present and not self._is_told:
            return "most of its values stand in brackets"
        return None

    def _explain(self, sign: Sign) -> str | None:
        if self._is_plain and sign == ".":
            return self._gaps.explain()
        said = [] if not self._notation else [f"written like {self._notation!r}"]
        if not sum(self._readings.only.values()) and sign == "." and "," in self._notation:
            said.append("commas separate thousands")
        if self.is_of_percents:
            said.append("per cents are shares: 50% is 0.5")
        gaps = self._gaps.explain()
        return "; ".join([*said, *([gaps] if gaps else [])]) or None

    def _add_plain(self, cells: pa.ChunkedArray, plain: pa.ChunkedArray) -> None:
        n = len(plain) - plain.null_count
        self._present += n
        readings = self._readings
        readings.fitting["."] += n
        if pa.types.is_integer(plain.type):
            readings.fitting[","] += n
            self._longest = max(self._longest, _longest(cells))
            return
        readings.decimals["."] = self._has_points = True
        self._longest = max(self._longest, 1)
        if _is_in_groups(cells):
            readings.fitting[","] += n
        else:
            readings.only["."] += n
            present = (str(c) for c in _peek(cells) if c and not _IN_GROUPS.fullmatch(c))
            readings.examples.setdefault(",", next(present, "1.5"))

    def _add_written(self, cells: pa.ChunkedArray) -> None:
        cells = cells.drop_null()
        n = len(cells)
        if not n:
            return
        self._present += n
        readings = self._readings
        fits = {sign: pc.match_substring_regex(cells, p) for sign, p in _READINGS.items()}
        for sign, mask in fits.items():
            found = pc.sum(mask).as_py() or 0
            readings.fitting[sign] += found
            if found < n:
                readings.examples.setdefault(sign, _first(cells, pc.invert(mask)))
            readings.decimals[sign] |= _holds(cells, re.escape(sign) + "|[0-9][eE]|(?i:inf)")
        both = pc.and_(fits["."], fits[","])
        for sign, mask in fits.items():
            readings.only[sign] += pc.sum(pc.and_not(mask, both)).as_py() or 0
        either = cells.filter(pc.or_(fits["."], fits[","]))
        if not len(either):
            return
        self._longest = max(self._longest, pc.max(pc.utf8_length(either)).as_py())
        self._has_points |= _holds(either, r"[.,]|[eE][+-]")
        is_code = pc.match_substring_regex(either, _CODE)
        self._codes += pc.sum(is_code).as_py() or 0
        self._code = self._code or _first(either, is_code) or None
        bare = pc.match_substring_regex(either, _BARE_EXPONENT)
        self._exponents += pc.sum(bare).as_py() or 0
        self._exponent = self._exponent or _first(either, bare)
        self._percents += pc.sum(pc.ends_with(either, "%")).as_py() or 0
        self._negatives += pc.sum(pc.starts_with(either, "(")).as_py() or 0
        units = pc.struct_field(pc.extract_regex(either, f"(?P<unit>{_CURRENCY})"), "unit")
        self._units |= set(pc.unique(units).drop_null().to_pylist())
        odd = pc.match_substring_regex(either, r"[^-0-9.eE+]|\..*\.|^\(")
        self._notation = self._notation or _first(either, odd)


def cast_plain(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Cast cells that are all blank or written as programs write numbers, and none like a code."""
    made = []
    for chunk in cells.chunks:
        cast = _cast_chunk(strings_of(chunk))
        if cast is None:
            return None
        made.append(cast)
    is_float = any(pa.types.is_floating(part.type) for part in made)
    kind = pa.float64() if is_float else pa.int64()
    return pa.chunked_array([part.cast(kind) for part in made], kind)


def _cast_chunk(chunk: pa.StringArray) -> pa.Array | None:
    offsets, data = ends_of(chunk), _bytes_of(chunk)
    lengths = np.diff(offsets)
    cells = null_blanks(chunk)
    # A cast that fails in all cells takes long, so whole numbers are tried only without a point.
    held = data[offsets[0] : offsets[-1]]
    least, most = (held.min(), held.max()) if len(held) else (_ZERO, _ZERO)
    # To look for each sign takes time, and digits are greater than most of them.
    has_points = least <= _POINT and bool((held == _POINT).any())
    has_letters = most > _NINE
    exponents = has_letters and any(bool((held == sign).any()) for sign in _EXPONENTS)
    # The bytes of cells that are null may be there still, and hold points.
    is_float = (has_points or exponents) and not chunk.null_count
    kinds = [pa.float64()] if is_float else [pa.int64(), pa.float64()]
    for kind in kinds:
        try:
            cells.slice(0, _PEEK).cast(kind)
            cast = cells.cast(kind)
        except pa.ArrowInvalid:
            continue
        is_int = kind == pa.int64()
        if _holds_codes(offsets, data, lengths, is_int, least):
            return None
        return None if not is_int and _is_odd(cells, cast, has_letters, exponents) else cast
    return None


def _bytes_of(chunk: pa.StringArray) -> _Bytes:
    data = chunk.buffers()[2] if len(chunk) else None
    return np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def _holds_codes(offsets: _Ints, data: _Bytes, lengths: _Ints, is_int: bool, least: int) -> bool:
    """Tell whether a cell begins with a plus, or a zero and a digit, or has too many digits.

    `least` is the least of all bytes.
    """
    if not len(data) or not len(lengths):
        return False
    starts, last = offsets[:-1], len(data) - 1
    if starts[-1] > last:  # blank cells at the end
        starts = np.minimum(starts, last)
    first = data[starts]
    digits = lengths
    if least <= _MINUS_BYTE and (is_minus := first == _MINUS_BYTE).any():
        digits = lengths - is_minus
        starts = np.minimum(starts + is_minus, last)
        first = data[starts]
    if is_int and digits.max() > _LONGEST:
        return True
    if least <= _PLUS_BYTE and bool(((first == _PLUS_BYTE) & (lengths > 0)).any()):
        return True
    zeros = (first == _ZERO) & (digits > 1)
    if is_int or not zeros.any():
        return bool(zeros.any())
    second = data[np.minimum(starts + 1, last)]
    return bool((zeros & (second >= _ZERO) & (second <= _NINE)).any())


def _is_odd(
    cells: pa.StringArray, cast: pa.DoubleArray, has_letters: bool, has_exponents: bool
) -> bool:
    """Tell whether cells that are floating numbers need a look at how each is written."""
    ends = pc.min_max(cast).as_py()
    largest = max(abs(ends["min"] or 0), abs(ends["max"] or 0))
    if not has_letters and largest < 10.0**_LONGEST:
        return False
    values = cast.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        large = np.abs(values) >= 10.0**_LONGEST
    if cast.null_count < np.isnan(values).sum():
        return True  # "nan" is a gap
    if large.any() and _holds(cells.filter(pa.array(large)), r"^-?\d+$"):
        return True
    return has_exponents and _holds(cells, _BARE_EXPONENT)


def _longest(cells: pa.ChunkedArray) -> int:
    return int(pc.max(pc.binary_length(cells)).as_py() or 0)


def _peek(cells: pa.ChunkedArray) -> Iterator[str | None]:
    return (cells[i].as_py() for i in range(0, len(cells), max(1, len(cells) // _PEEK)))


def _is_in_groups(cells: pa.ChunkedArray) -> bool:
    """Tell whether all points could separate thousands, as in 1.234."""
    if not all(_IN_GROUPS.fullmatch(cell) for cell in _peek(cells) if cell):
        return False
    pattern = f"^(?:{_IN_GROUPS.pattern})?$"
    return bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _read_written(cells: pa.ChunkedArray, kind: pa.DataType, sign: Sign) -> pa.ChunkedArray:
    is_negative = pc.starts_with(cells, "(")
    bare = pc.replace_substring_regex(cells, _NOISE, "")
    bare = pc.replace_substring_regex(bare, _MINUS, "-")
    if sign == ",":
        bare = pc.replace_substring(pc.replace_substring(bare, ".", ""), ",", ".")
    else:
        bare = pc.replace_substring(bare, ",", "")
    values = _cast_shares(bare) if _holds(bare, "%$") else bare.cast(kind)
    return pc.if_else(is_negative, pc.negate(values), values)


def _cast_shares(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cast per cents to shares; the point is moved in the text, since a division rounds twice."""
    moved = pc.replace_substring_regex(cells, _PLAIN_PERCENT, r"\1e-2")
    bare = pc.replace_substring(moved, "%", "").cast(pa.float64())
    return pc.if_else(pc.ends_with(moved, "%"), pc.divide(bare, 100.0), bare)


def _first(cells: pa.ChunkedArray, mask: pa.ChunkedArray) -> str:
    place = pc.index(mask, True).as_py()
    return "" if place < 0 else str(cells[place].as_py())


def _holds(cells: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(cells, pattern)).as_py())
