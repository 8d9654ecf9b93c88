"""Whether the rows that came last are like all others, as an estimate of both tells."""

from dataclasses import replace

from ._value import Estimate, MaybeEstimate, NoEstimate

CAME_LAST = "among the rows that came last"


def speak_for_newest(answer: MaybeEstimate, rows: int) -> MaybeEstimate:
    """Say of which rows an estimate speaks, or of which a reason why there is none.

    Parameters
    ----------
    answer : Estimate or NoEstimate
        What is known of the rows that came last, as if there were no others.
    rows : int
        How many they are.

    Examples
    --------
    >>> print(speak_for_newest(NoEstimate("No row is labelled, so nothing is known yet."), 400))
    Of the 400 rows that came last, no row is labelled, so nothing is known yet.
    """
    came_last = f"the {rows:,} rows that came last"
    if isinstance(answer, Estimate):
        return replace(answer, speaks_for=f"It speaks for {came_last}.")
    return NoEstimate(f"Of {came_last}, {answer.reason[:1].lower()}{answer.reason[1:]}")


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
