"""The error for unusable input, and what may be said of other failures."""

import traceback
from pathlib import Path


class InputError(ValueError):
    """Something handed in cannot be used; the message says what, where, and what to do."""


class LeakWarning(UserWarning):
    """A column that models read gives the label away; what they learn of it is worth nothing."""


def first_line(problem: BaseException) -> str:
    """Give the first line of what an error says, or its kind if it says nothing.

    Parameters
    ----------
    problem : BaseException
        The error, as it was caught.

    Examples
    --------
    >>> first_line(ValueError("no such column")), first_line(KeyError())
    ('no such column', 'KeyError')
    """
    return next(iter(str(problem).splitlines()), "") or type(problem).__name__


def kind_and_place(problem: BaseException) -> str:
    """Name an error and where it arose, without its message, which may hold a row or a label.

    Parameters
    ----------
    problem : BaseException
        The error, as it was caught.
    """
    place = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} in {Path(place.filename).name}, line {place.lineno}"
