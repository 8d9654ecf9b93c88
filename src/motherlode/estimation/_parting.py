"""Whether the rows that came last are like all others, as an estimate of both tells."""

from ._value import Estimate, MaybeEstimate

CAME_LAST = "among the rows that came last"


def speak_for_newest(rows: int) -> str:
    """Say of which rows an estimate speaks."""
    return f"It speaks for the {rows:,} rows that came last."


def say_parted(quantity: str, newest: MaybeEstimate | None, of_all: MaybeEstimate) -> str:
    """Say that new rows differ, and what to do; nothing where both may be alike.

    Parameters
    ----------
    quantity : str
        What is estimated, as in "precision".
    newest, of_all : Estimate or NoEstimate
        Of the rows that came last, and of all rows.

    Examples
    --------
    >>> all_rows = Estimate(0.9, 0.85, 0.94, kind="share")
    >>> print(say_parted("precision", Estimate(0.6, 0.5, 0.7, kind="share"), all_rows))
    The precision is lower among the rows that came last than among all, so they are not like those
    before: label a random sample of them, and train again.
    >>> say_parted("precision", Estimate(0.8, 0.7, 0.9, kind="share"), all_rows)
    ''
    """
    if not isinstance(newest, Estimate) or not isinstance(of_all, Estimate):
        return ""
    if of_all.low <= newest.high and newest.low <= of_all.high:
        return ""
    way = "lower" if newest.high < of_all.low else "higher"
    return (
        f"The {quantity} is {way} {CAME_LAST} than among all, so they are not like those before: "
        "label a random sample of them, and train again."
    )
