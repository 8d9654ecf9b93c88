"""Warnings of motherlode as sentences, without the line of code that they come from."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import make_inert


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

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
