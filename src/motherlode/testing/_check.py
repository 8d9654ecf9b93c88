"""What a check is, and how it says what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that every strategy, or every stopping rule, keeps.

    Calling it with a strategy or a rule raises an `AssertionError` with one sentence if that one
    does not keep it.

    Attributes
    ----------
    name : str
        What it is called, as in ``leave_out``.
    asks : str
        What it asks for, in one sentence.
    """

    name: str
    asks: str
    _run: Callable[[Any], None] = field(repr=False)

    def __call__(self, subject: Any) -> None:
        """Run the check.

        Parameters
        ----------
        subject : Strategy or Rule
            What is checked.

        Raises
        ------
        AssertionError
            If it does not pass, with what is wrong.
        """
        try:
            self._run(subject)
        except AssertionError as wrong:
            said = " ".join(str(wrong).split())  # pytest explains assertions in many lines
            raise AssertionError(f"{subject} does not pass {self.name}: {said}") from wrong
        except Exception as error:
            said = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise AssertionError(
                f"{subject} does not pass {self.name}: {said}. What is asked: {self.asks}"
            ) from error


def make_check(function: Callable[..., None], *bound: Any) -> Check:
    """Make a check of a function of a subject, and of values that all checks of a run share."""
    said = " ".join((function.__doc__ or "").split()).removeprefix("Require that ")
    asks = said[:1].upper() + said[1:]
    return Check(function.__name__, asks, lambda subject: function(subject, *bound))


def require(is_kept: Any, otherwise: str) -> None:
    """Raise an error with the sentence unless something is kept; also under ``python -O``."""
    if not is_kept:
        raise AssertionError(otherwise)
