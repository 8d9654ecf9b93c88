"""Warnings of motherlode as sentences, without the line of code that they come from."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import make_inert

_UNREAD = "(invalid value|divide by zero|overflow) encountered in matmul"


@contextmanager
def show_warnings_plainly() -> Iterator[None]:
    """Write motherlode's own warnings to the standard error as one line each.

    For programs: in a script or a notebook the line of code helps, and stays.
    """
    usual = warnings.showwarning

    def show(message: Any, category: type[Warning], *where: Any, **how: Any) -> None:
        if category.__module__.startswith("motherlode") or category is UserWarning:
            sys.stderr.write(make_inert(" ".join(str(message).split())) + "\n")
        else:
            usual(message, category, *where, **how)

    with ignore_unread_lanes():
        warnings.showwarning = show
        yield


@contextmanager
def ignore_unread_lanes() -> Iterator[None]:
    """Leave out what numpy says of lanes of a matrix product whose results nobody reads.

    Kernels of matrix libraries raise such flags now and then, of numbers that are fine. Numbers
    that are not finite are refused where they are used.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _UNREAD, RuntimeWarning)
        yield
