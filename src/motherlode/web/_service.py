"""What requests are answered from: an open project, its live state, and who may call."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from ..project._accounts import ADMIN
from ..project._data.folder import Project
from ..project._insight.readings import Readings
from ..project._insight.status import moment, status
from ..project._log.events import Event
from ..project._log.provenance import told
from ..project._serving.leases import Lease
from ..project._serving.live import Live
from ._access import Access, Caller
from ._bodies import Answered, Offered, RowOut, RowWithAnswers

# What a caller is told of how a row comes to be asked; exports hold all of it.
_OFFERED = ("strategy", "utility", "probability", "model_version", "channel")


class Service:
    """One for an application.

    Parameters
    ----------
    project : Project
    live : Live
    access : Access
    """

    def __init__(self, project: Project, live: Live, access: Access) -> None:
        self.project, self.live, self.access = project, live, access
        self.readings = Readings(project, live)

    def status(self) -> dict[str, Any]:
        """Where the project stands now."""
        state = self.live.now()
        with self.project.database.reading() as connection:
            return status(connection, self.project.settings, state, self.readings.told)

    def row(self, row: int) -> RowOut:
        """A row as annotators see it."""
        return RowOut(**self._shown(row))

    def offered(self, lease: Lease) -> Offered:
        """A row with why it is asked."""
        offer, known = lease.offer, told(lease.offer.how)
        return Offered(
            **self._shown(offer.row),
            reason=offer.reason,
            **{name: known[name] for name in _OFFERED},
            expires_at=moment(lease.expires_at),
        )

    def with_answers(self, row: int, opinions: Sequence[Event]) -> RowWithAnswers:
        """A row with these answers."""
        return RowWithAnswers(**self._shown(row), answers=[answered(o) for o in opinions])

    def _shown(self, row: int) -> dict[str, Any]:
        is_image = self.project.settings.kind == "image"
        return {
            "row": row,
            "id": self.project.rows.name(row),
            "content": self.project.rows.content(row),
            "image": f"/api/rows/{row}/image" if is_image else None,
        }


def answered(event: Event) -> Answered:
    """An event as the API tells it."""
    return Answered(
        event=event.id,
        row=event.row,
        kind=event.kind,
        label=event.label,
        annotator=event.annotator,
        at=moment(event.at),
        note=event.note,
        tags=event.tags.split("\n") if event.tags else [],
    )


async def service_of(request: Request) -> Service:  # async, as a thread for it costs more
    """The application's service."""
    return _service(request)


def caller_of(request: Request) -> Caller:
    """Who sent the request; 401 if nobody known."""
    return _service(request).access.caller(request)


def admin_of(request: Request) -> Caller:
    """As `caller_of`; 403 for those who only annotate."""
    caller = caller_of(request)
    if caller.role != ADMIN:
        raise HTTPException(403, "Only admins may do that.")
    return caller


def _service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


TheService = Annotated[Service, Depends(service_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
TheAdmin = Annotated[Caller, Depends(admin_of)]
