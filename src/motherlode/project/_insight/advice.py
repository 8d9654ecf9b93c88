"""The forecast of a project, and its stopping rules."""

from collections.abc import Sequence

from ...errors import InputError
from ...session import Session
from ...stopping import as_rules, named
from ...stopping._base import BEYOND_LABELS
from ...stopping._forecast import Forecast, forecast
from .._data.settings import Settings


def make_forecast(session: Session, settings: Settings) -> Forecast:
    """Forecast counts and estimates, with the advice of the rules that the settings name."""
    named = settings.positive_name
    name = "rows of the rarest class" if named is None else f"rows of {named}"
    return forecast(session, as_rules(settings.stop), name=name)


def check_rules(names: Sequence[str]) -> None:
    """See that stopping rules are known, and that they read the labels of a project alone."""
    for name in names:
        lacking = [what for key, what in BEYOND_LABELS.items() if key in named(name).reads]
        if lacking:
            raise InputError(
                f"The stopping rule {name} reads {' and '.join(lacking)}, which a project does not "
                f"keep; see what it would do by `motherlode simulate --stop {name}`."
            )
