"""Record changes of settings, and say what was changed: for every endpoint that makes some."""

from collections.abc import Callable

from sqlalchemy import Connection

from ..project._log.events import Event
from ..project._log.fold import State
from ..project._serving.changes_in_words import describe_change, list_notes
from ._bodies import Changed
from ._service import Service


def record_changes(
    service: Service, operation: Callable[[Connection, State], list[Event]]
) -> Changed:
    """Record changes of settings, and say what was changed."""

    def run(connection: Connection, state: State) -> tuple[list[Event], list[str]]:
        events = operation(connection, state)
        positive = service.project.settings_at(state).positive_classes
        return events, list_notes(events, state, positive)

    events, notes = service.live.run(run)
    return Changed(
        events=[event.id for event in events],
        said=[describe_change(event) for event in events],
        notes=notes,
    )
