"""One thread, where several would be slower.

A matrix library starts a thread for each core, and they wait for each other after every step. Where
a step takes microseconds, as in a fit on a hundred rows, or where each core works on its own block
of rows, they do little but wait. Beside another busy process that takes seconds.
"""

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    """Let matrix libraries use one thread each within the context."""
    limited: AbstractContextManager[Any] = _controller(len(sys.modules)).limit(limits=1)
    return limited


def as_worker() -> None:
    """Let this thread never start others by OpenMP."""
    # OpenMP counts threads for each thread; matrix libraries count them for the whole process.
    _controller(len(sys.modules)).select(user_api="openmp").limit(limits=1)


@lru_cache(maxsize=1)
def _controller(modules: int) -> ThreadpoolController:
    # It looks through all loaded libraries, which takes a while, and modules may bring new ones.
    return ThreadpoolController()
