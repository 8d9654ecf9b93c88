"""Load the engine in a server, whose threads would else load parts of it at the same time.

Two threads that import modules in different orders may each wait for the other. Python then gives
one of them a module that is half loaded, and it fails.
"""

from threading import Lock

_LOADING = Lock()


def load_engine() -> None:
    """Load what explanations and settings need, which takes seconds once."""
    with _LOADING:
        from ...learner import _learner  # noqa: F401
        from . import advice, annotators, linear_explanation, quality  # noqa: F401
