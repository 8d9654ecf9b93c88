"""What requests are answered from: an open project, its live state, and who may call."""

import time
from collections.abc import Sequence
from threading import Lock
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from ..project.accounts import ADMIN
from ..project.events import Event
from ..project.folder import Project
from ..project.leases import Lease
from ..project.live import Live
from ..project.origins import session_of
from ..project.readings import Readings
from ..project.status import moment, status
from ..project.taken import sought_of
from .access import Access, Caller
from .bodies import Answered, Offered, RowOut, RowWithAnswers

_STATUS_SECONDS = 0.25
_OUTLOOK_SECONDS = 2.0


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
        self._lock = Lock()
        self._status: tuple[float, dict[str, Any]] = (-1.0, {})
        self._looking = Lock()
        self._outlook: tuple[float, dict[str, Any]] = (-1.0, {})

    def status(self) -> dict[str, Any]:
        """Where the project stands, at most a quarter of a second ago."""
        with self._lock:
            at, found = self._status
            if time.monotonic() - at > _STATUS_SECONDS or at < 0:
                found = self.live.run(
                    lambda connection: status(connection, self.project.settings, self.live.state),
                    durable=False,
                )
                self._status = (time.monotonic(), found)
            return found

    def outlook(self) -> dict[str, Any]:
        """What is left and whether to stop, as known at most two seconds ago."""
        from ..project.advice import outlook_of  # statistics take a second to load

        settings, live = self.project.settings, self.live
        with self._looking:
            at, found = self._outlook
            if time.monotonic() - at > _OUTLOOK_SECONDS or at < 0:
                session = live.run(
                    lambda connection: session_of(
                        live.state, settings, sought_of(connection, settings, live.state)
                    ),
                    durable=False,
                )
                found = outlook_of(session, settings).to_dict()
                self._outlook = (time.monotonic(), found)
            return found

    def row(self, row: int) -> RowOut:
        """A row as annotators see it."""
        return RowOut(**self._shown(row))

    def offered(self, lease: Lease) -> Offered:
        """A row with why it is asked."""
        offer = lease.offer
        return Offered(
            **self._shown(offer.row),
            reason=offer.reason,
            strategy=offer.strategy,
            utility=offer.utility,
            probability=offer.probability,
            model_version=offer.model_version,
            channel=offer.channel,
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


def service_of(request: Request) -> Service:
    """The application's service."""
    found: Service = request.app.state.service
    return found


def caller_of(request: Request) -> Caller:
    """Who sent the request; 401 if nobody known."""
    return service_of(request).access.caller(request)


def admin_of(request: Request) -> Caller:
    """As `caller_of`; 403 for those who only annotate."""
    caller = caller_of(request)
    if caller.role != ADMIN:
        raise HTTPException(403, "Only admins may do that.")
    return caller


TheService = Annotated[Service, Depends(service_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
TheAdmin = Annotated[Caller, Depends(admin_of)]
