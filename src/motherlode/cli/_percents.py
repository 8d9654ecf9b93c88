"""Options that are per cents, where a share of one would be taken for one, and those of shares."""

from math import isfinite
from typing import Any

import typer

from .._inert.typed_shares import read_share


def percent_option(help: str) -> Any:
    """Make an option whose value is a number of per cents."""
    return typer.Option(parser=read_percent, metavar="PERCENT", help=help)


def share_option(help: str) -> Any:
    """Make an option whose value is a number, which may be written in per cent."""
    return typer.Option(parser=_read_number, metavar="NUMBER", help=help)


def _read_number(given: str | float) -> float:
    try:
        return read_share(str(given))
    except ValueError:
        raise typer.BadParameter(f"{given!r} is no number, as 0.5 or 50% is.") from None


def read_percent(given: str | float) -> float:
    """Read a number of per cents: 10 and 10% are a tenth.

    Numbers between 0 and 1 need the sign: 0.1 is a tenth of a per cent here, and a tenth in Python.

    Parameters
    ----------
    given : str or float
        As typed, or the default.

    Raises
    ------
    typer.BadParameter
        If it is no number from 0 to 100, or may be a share.
    """
    text = str(given).strip()
    number_typed = text.removesuffix("%").rstrip()
    try:
        number = float(number_typed)
    except ValueError:
        number = float("nan")
    if not isfinite(number) or not 0 <= number <= 100:
        raise typer.BadParameter(f"{text!r} is no number of per cents from 0 to 100.")
    if 0 < number < 1 and number_typed == text:
        raise typer.BadParameter(
            f"{text} may be {number:g} % or {100 * number:g} % of the rows; write {number:g}% or "
            f"{100 * number:g}%."
        )
    return number
