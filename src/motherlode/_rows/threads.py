"""One thread for what several would only slow down.

A matrix library starts a thread for each core and lets them wait for each other after every step.
Where a step takes microseconds, as in a fit on a hundred rows, or where each core has a block of
rows of its own to work on, waiting is all they do; beside another busy process it takes seconds.
"""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    """Matrix libraries use one thread each meanwhile."""
    limited: AbstractContextManager[Any] = _controller().limit(limits=1)
    return limited


def as_worker() -> None:
    """Let this thread, for all its life, start no others by OpenMP."""
    # That number is each thread's own; those of the matrix products are the whole process's.
    _controller().select(user_api="openmp").limit(limits=1)


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # looks through all loaded libraries, which takes a while
