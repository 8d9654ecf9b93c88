"""What goes wrong because of what somebody handed in, and what may be told of other failures."""

import traceback
from pathlib import Path


class InputError(ValueError):
    """Something handed in cannot be used; the message says what, where, and what to do."""


def kind_and_place(problem: BaseException) -> str:
    """What an error is and where it arose; its message may hold a row or a label."""
    place = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} in {Path(place.filename).name}, line {place.lineno}"
