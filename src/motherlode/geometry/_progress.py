"""The way in which long work tells how far it has come."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done, from 0 to 1."""


def silent(what: str, done: float) -> None:
    """Report nothing.

    Parameters
    ----------
    what : str
        What is being done.
    done : float
        The share of it that is done, from 0 to 1.
    """
