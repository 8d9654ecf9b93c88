"""The sign of per cent in the cells of a file."""

from collections.abc import Iterable


def are_percents(cells: Iterable[str | None]) -> bool:
    """Tell whether the cells of a column of numbers are per cents.

    Parameters
    ----------
    cells : iterable of str or None
        As the file has them, each None where there is no number. Either all have the sign or none,
        so the first number tells.

    Returns
    -------
    bool

    Examples
    --------
    >>> are_percents([None, "3,5 %"]), are_percents(["3.5"]), are_percents([])
    (True, False, False)
    """
    return next((cell.endswith("%") for cell in cells if cell), False)
