"""What a project can say of itself, and the stopping rules that it names."""

from collections.abc import Sequence

from ...errors import InputError
from ...session import Session
from ...stopping import as_rules, named
from ...stopping._base import BEYOND_LABELS
from ...stopping._forecast import Forecast, forecast
from .._data.settings import Settings


def forecast_of(session: Session, settings: Settings) -> Forecast:
    """Counts, estimates, and the advice of the rules that the settings name."""
    return forecast(session, as_rules(settings.stop))


def check_rules(names: Sequence[str]) -> None:
    """See that the names are known, and that the labels of a project are all that they read.

    Raises
    ------
    InputError
        If not, in a sentence that says why.
    """
    for name in names:
        lacking = [what for key, what in BEYOND_LABELS.items() if key in named(name).reads]
        if lacking:
            raise InputError(
                f"The stopping rule {name} reads {' and '.join(lacking)}, which a project does not "
                f"keep; see what it would do by `motherlode simulate --stop {name}`."
            )
