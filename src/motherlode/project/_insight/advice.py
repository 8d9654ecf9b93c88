"""The forecast of a project, and its stopping rules."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import InputError
from ...session import Session
from ...stopping import as_rules, named
from ...stopping._base import BEYOND_LABELS
from ...stopping._forecast import Forecast, forecast
from .._data.settings import Settings

if TYPE_CHECKING:
    from ...estimation import Estimates


def make_forecast(
    session: Session, settings: Settings, corrected: "Estimates | None" = None
) -> Forecast:
    """Forecast counts and estimates, with the advice of the rules that the settings name.

    Estimates that are ``corrected`` for errors of annotators stand beside the plain ones.
    """
    rules = as_rules(settings.stop) if settings.stop else ()
    found = forecast(session, rules, name=name_sought_rows(settings))
    return replace(found, estimates=replace(found.estimates, corrected=corrected))


def name_sought_rows(settings: Settings) -> str:
    """Name the rows that are looked for."""
    named = settings.positive_name
    return "rows of the rarest class" if named is None else f"rows of {named}"


def check_rules(names: Sequence[str]) -> None:
    """See that stopping rules are known, and that they read the labels of a project alone."""
    for name in names:
        lacking = [what for key, what in BEYOND_LABELS.items() if key in named(name).reads]
        if lacking:
            raise InputError(
                f"The stopping rule {name} reads {' and '.join(lacking)}, which a project does not "
                f"keep; see what it would do by `motherlode simulate --stop {name}`."
            )
