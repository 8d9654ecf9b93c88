"""Shares as people type them: as a number, or in per cent with the sign."""


def read_share(text: str) -> float:
    """Read a number; one in per cent is a part of a whole, as in a column of a table.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> read_share("0.5"), read_share("50%"), read_share("7.93 %")
    (0.5, 0.5, 0.0793)
    """
    number = text.strip().removesuffix("%").rstrip()
    return float(number if number == text.strip() else f"{number}e-2")
