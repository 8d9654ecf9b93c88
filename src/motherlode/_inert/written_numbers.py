"""How a number is written with its uncertainty: the one place where estimates are rounded.

Ends of intervals are rounded outwards, so what is read holds whatever the interval holds. No number
has more digits than its interval carries, and nothing uncertain is written as 0 % or 100 %. An end
is not rounded past what is known: with 113 positives found, no interval begins at 110.
"""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from math import isfinite
from typing import Literal

Kind = Literal["count", "share", "number"]
"""What a number is: of whole things; a part of a whole, written in per cent; or any other."""

_DIGITS = 2  # of the width of an interval, and of its ends
_KNOWN_DIGITS = 3  # of a share or number that is known
_NOISE = ".12g"  # arithmetic leaves 0.07 as 0.07000000000000001, which is no 7.1 %


def write_number(
    value: float,
    low: float,
    high: float,
    level: float,
    kind: Kind,
    limits: tuple[float, float] | None = None,
) -> str:
    """Write a number and its interval.

    Parameters
    ----------
    value, low, high : float
        The number and the ends of its interval.
    level : float in (0, 1)
        Nominal coverage of the interval.
    kind : {"count", "share", "number"}
        What the number is.
    limits : (float, float), optional
        The least and the most that is possible.

    Examples
    --------
    >>> write_number(102, 55, 167, 0.95, "count")
    '100 (95 %: 55 to 170)'
    >>> write_number(0.8341, 0.7123, 0.9208, 0.95, "share")
    '83 % (95 %: 71 to 93 %)'
    >>> write_number(1.0, 0.8741, 1.0, 0.9, "share")
    'at least 87 % (90 %: 87 to 100 %)'
    >>> write_number(0.0004, 0.00011, 0.0013, 0.95, "share")
    '0.04 % (95 %: 0.011 to 0.13 %)'
    >>> write_number(12, 12, 12, 0.95, "count")
    '12 (known)'
    """
    unit = _unit(kind)
    if low == high:
        return f"{_write_known(value, kind)}{unit} (known)"
    least, most = write_ends(low, high, kind, limits)
    number = _write_uncertain(value, low, high, kind, limits)
    return f"{number} ({write_level(level)}: {least} to {most}{unit})"


def write_ends(
    low: float, high: float, kind: Kind, limits: tuple[float, float] | None = None
) -> tuple[str, str]:
    """Write the ends of an interval, rounded outwards; those of shares in per cent.

    Examples
    --------
    >>> write_ends(0.07, 0.1234, "share"), write_ends(1002, 1016, "count")
    (('7', '12.4'), ('1,002', '1,016'))
    >>> write_ends(115, 2980, "count"), write_ends(115, 2980, "count", (113, 2990))
    (('110', '3,000'), ('113', '2,990'))
    """
    scale = _find_place(high - low, kind)
    return (
        _round(low, kind, min(scale, _find_place(low, kind)), ROUND_FLOOR, limits),
        _round(high, kind, min(scale, _find_place(high, kind)), ROUND_CEILING, limits),
    )


def write_columns(
    value: float,
    low: float,
    high: float,
    kind: Kind,
    limits: tuple[float, float] | None = None,
) -> tuple[str, str, str, str]:
    """Write a number, the ends of its interval, and half the width of this, one by one.

    Examples
    --------
    >>> write_columns(0.8341, 0.7123, 0.9208, "share")
    ('83 %', '71 %', '93 %', '11 %')
    >>> write_columns(0.0, 0.0, 0.0444, "share"), write_columns(0.389, 0.389, 0.389, "number")
    (('at most 4.5 %', '0 %', '4.5 %', '2.3 %'), ('0.389', '0.389', '0.389', '0'))
    """
    unit = _unit(kind)
    if low == high:
        known = f"{_write_known(value, kind)}{unit}"
        return known, known, known, f"0{unit}"
    least, most = write_ends(low, high, kind, limits)
    return (
        _write_uncertain(value, low, high, kind, limits),
        f"{least}{unit}",
        f"{most}{unit}",
        write_half_width((high - low) / 2, kind),
    )


def write_half_width(half: float, kind: Kind) -> str:
    """Write half the width of an interval, rounded up.

    Examples
    --------
    >>> write_half_width(0.05, "share"), write_half_width(0.1234, "number")
    ('5 %', '0.13')
    """
    return f"{_round(half, kind, _find_place(half, kind), ROUND_CEILING)}{_unit(kind)}"


def write_share(part: int, whole: int) -> str:
    """Write the share that some of a known number of things are; 0 % and 100 % are none and all.

    Examples
    --------
    >>> write_share(4, 3000), write_share(1500, 3000), write_share(2999, 3000), write_share(0, 5)
    ('0.133 %', '50 %', 'over 99.9 %', '0 %')
    """
    return f"{_write_known(part / whole, 'share')} %"


def write_level(level: float) -> str:
    """Write the coverage of an interval, as in "95 %"."""
    return f"{100 * level:.12g} %"


def _unit(kind: Kind) -> str:
    return " %" if kind == "share" else ""


def _write_uncertain(
    value: float, low: float, high: float, kind: Kind, limits: tuple[float, float] | None
) -> str:
    """Write a number with its unit; a share that is not known is never none or all."""
    least, most = write_ends(low, high, kind, limits)
    number = _write_value(value, low, high, kind, limits)
    if kind == "share" and number == "0":
        return f"at most {most} %"
    if kind == "share" and number == "100":
        return f"at least {least} %"
    return f"{number}{_unit(kind)}"


def _write_value(
    value: float, low: float, high: float, kind: Kind, limits: tuple[float, float] | None
) -> str:
    """Write the number as exactly as its interval allows; never as 0 if it is more."""
    place = min(_find_place(high - low, kind), _find_place(value, kind))
    return _round(value, kind, place, ROUND_HALF_EVEN, limits)


def _write_known(value: float, kind: Kind, rounding: str = ROUND_HALF_EVEN) -> str:
    most_digits = _take(value, kind).adjusted() - _KNOWN_DIGITS + 1
    said = _round(value, kind, 0 if kind == "count" else most_digits, rounding)
    return "over 99.9" if kind == "share" and value < 1 and said == "100" else said


def _take(value: float, kind: Kind) -> Decimal:
    return Decimal(f"{value:{_NOISE}}") * (100 if kind == "share" else 1)


def _find_place(value: float, kind: Kind) -> int:
    """Find the decimal place of the last digit that is written, as a power of ten."""
    least = 0 if kind == "count" else -12
    if not isfinite(value):
        return 12
    if not value:
        return least
    return max(_take(value, kind).adjusted() - _DIGITS + 1, least)


def _round(
    value: float,
    kind: Kind,
    place: int,
    rounding: str,
    limits: tuple[float, float] | None = None,
) -> str:
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    unit = Decimal(1).scaleb(place)
    rounded = (_take(value, kind) / unit).quantize(Decimal(1), rounding) * unit
    for limit in limits or ():
        # A number on the other side of a limit, as of more rows, is no matter of rounding.
        if _lies_between(_take(limit, kind), rounded, _take(value, kind)):
            return _write_known(limit, kind, rounding)
    said = f"{rounded:,.{max(-place, 0)}f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def _lies_between(limit: Decimal, rounded: Decimal, value: Decimal) -> bool:
    return rounded < limit <= value or value <= limit < rounded


def write_span(counts: Iterable[int]) -> str:
    """Write counts that may be one: as "25", or as "25 to 26".

    Examples
    --------
    >>> write_span([26, 25, 26]), write_span([1_000, 1_000])
    ('25 to 26', '1,000')
    """
    of = set(counts)
    return f"{min(of):,}" if len(of) == 1 else f"{min(of):,} to {max(of):,}"
