"""One thread, where several would be slower.

A matrix library starts a thread for each core, and they wait for each other after every step. Where
a step takes microseconds, as in a fit on a hundred rows, or where each core works on its own block
of rows, they do little but wait. Beside another busy process that takes seconds.
"""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    """Let matrix libraries use one thread each within the context."""
    limited: AbstractContextManager[Any] = _controller().limit(limits=1)
    return limited


def as_worker() -> None:
    """Let this thread never start others by OpenMP."""
    # OpenMP counts threads for each thread; matrix libraries count them for the whole process.
    _controller().select(user_api="openmp").limit(limits=1)


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # looks through all loaded libraries, which takes a while
