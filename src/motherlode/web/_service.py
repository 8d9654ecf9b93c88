"""What endpoints work with: an open project, its state, and the caller."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from anyio import CapacityLimiter
from fastapi import Depends, HTTPException, Request

from .._rows.arrays import Rows
from ..project._accounts import ADMIN, SEE_ALL
from ..project._data.folder import Project
from ..project._insight.explanations import Explanations
from ..project._insight.status import format_time, summarize
from ..project._insight.wording import name_rows, word_reason
from ..project._log.events import SETTLE, Event
from ..project._log.fold import State
from ..project._log.provenance import provenance_to_dict
from ..project._prediction.model_at_hand import ModelKeeper
from ..project._serving.leases import Lease
from ..project._serving.live import Live
from ._access import Access, Caller
from ._bodies import Answered, Offered, RowWithAnswers, Said
from ._shares import Shares
from ._site import Site

# What a caller sees of a row's provenance; exports hold all of it.
_OFFERED = ("strategy", "utility", "probability", "model_version", "channel")


_SEARCHES_AT_ONCE = 2
_PREDICTIONS_AT_ONCE = 2
_FEEDS_OF_PERSON, _FEEDS_OF_PLACE = 20, 100
_EXPORTS_OF_PERSON, _EXPORTS_OF_PLACE = 2, 10


class Service:
    """What all endpoints of an application share."""

    def __init__(self, project: Project, live: Live, access: Access, site: Site) -> None:
        self.project, self.live, self.access, self.site = project, live, access, site
        self.explanations = Explanations(project, live)
        self.searching = CapacityLimiter(_SEARCHES_AT_ONCE)
        self.models = ModelKeeper(project)
        self.predicting = CapacityLimiter(_PREDICTIONS_AT_ONCE)
        self.feeds = Shares("live feeds", _FEEDS_OF_PERSON, _FEEDS_OF_PLACE)
        self.exports = Shares("exports", _EXPORTS_OF_PERSON, _EXPORTS_OF_PLACE)

    def status(self, caller: Caller) -> dict[str, Any]:
        """Summarize where the project stands now, as the caller may know it."""
        state = self.live.now()
        with self.project.database.reading() as connection:
            guess = self.explanations.guess_positive_class
            who = find_blind(caller)
            judged = self.explanations.annotators() if who is None else None
            settings = self.project.settings_at(state)
            return summarize(connection, settings, state, guess, annotator=who, judged=judged)

    def offered(self, lease: Lease) -> Offered:
        """Describe a row and why it is asked."""
        offer, known = lease.offer, provenance_to_dict(lease.offer.how)
        name, positive = self.project.rows.name, self.project.settings.positive_name
        return Offered(
            **self.describe_row(offer.row),
            reason=word_reason(offer.reason, name, positive),
            measure=None if offer.reason is None else name_rows(offer.reason, name),
            **{name: known[name] for name in _OFFERED},
            expires_at=format_time(lease.expires_at),
        )

    def with_answers(
        self, row: int, opinions: Sequence[Event], others: Sequence[Said] = ()
    ) -> RowWithAnswers:
        """Describe a row with answers, and with what colleagues said."""
        return RowWithAnswers(
            **self.describe_row(row),
            answers=[describe_answer(o) for o in opinions],
            content_changed=bool(opinions) and self.live.now().is_outdated(row),
            others=list(others),
        )

    def describe_row(self, row: int) -> dict[str, Any]:
        """Describe a row as annotators see it, with the fields of `RowOut`."""
        is_image = self.project.settings.kind == "image"
        return {
            "row": row,
            "id": self.project.rows.name(row),
            "content": self.project.rows.content(row),
            "image": f"{self.site.root}/api/rows/{row}/image" if is_image else None,
        }


def find_blind(caller: Caller) -> str | None:
    """Name the annotator who is not shown what a second annotator is to say without knowing it.

    Reviewers and admins see all labels.
    """
    return None if caller.role in SEE_ALL else caller.name


def is_hidden(state: State, caller: Caller, row: int) -> bool:
    """Say whether a caller is not shown the label of a row, nor what it would hint at.

    Somebody else has answered it, and a second annotator is to do so without knowing what was said.
    """
    first, who = state.single.get(row), find_blind(caller)
    return first is not None and who is not None and first != who


def list_own(state: State, caller: Caller, row: int) -> list[Event]:
    """List the caller's answer to a row, if there is one."""
    known = state.rows.get(row)
    return [] if known is None else [o for o in known.opinions if o.annotator == caller.name]


def list_others(state: State, caller: Caller, row: int) -> list[Said]:
    """List what colleagues said of a row, as far as a caller may know it."""
    known = state.rows.get(row)
    if known is None or is_hidden(state, caller, row):
        return []
    others = [o for o in known.opinions if o.annotator != caller.name]
    return [Said(row=row, by=o.annotator, kind=o.kind, label=o.label) for o in others]


def find_hidden(state: State, caller: Caller) -> Rows:
    """Find all rows that are hidden from a caller; `is_hidden` tells of one at once."""
    who = find_blind(caller)
    rows = [] if who is None else [row for row, first in state.single.items() if first != who]
    return np.array(rows, np.int64)


def describe_answer(event: Event) -> Answered:
    """Describe an answer."""
    return Answered(
        event=event.id,
        row=event.row,
        kind=event.kind,
        label=event.label,
        annotator=event.annotator,
        at=format_time(event.at),
        note=event.note,
        tags=list(event.each_tag),
        settles=event.how.channel == SETTLE,
    )


async def _get_service(request: Request) -> Service:  # async, as a thread for it costs more
    """Get the service of the application."""
    return _service(request)


def get_caller(request: Request) -> Caller:
    """Find out who sent a request; 401 if nobody known did."""
    return _service(request).access.caller(request)


def _get_admin(request: Request) -> Caller:
    """Find out who sent a request; 403 if it is no admin."""
    caller = get_caller(request)
    if caller.role != ADMIN:
        raise HTTPException(403, "Only admins may do that.")
    return caller


def _get_reviewer(request: Request) -> Caller:
    """Find out who sent a request; 403 if it is neither a reviewer nor an admin."""
    caller = get_caller(request)
    if caller.role not in SEE_ALL:
        raise HTTPException(403, "Only reviewers and admins may do that.")
    return caller


def _service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


TheService = Annotated[Service, Depends(_get_service)]
TheCaller = Annotated[Caller, Depends(get_caller)]
TheAdmin = Annotated[Caller, Depends(_get_admin)]
TheReviewer = Annotated[Caller, Depends(_get_reviewer)]
"""A reviewer or an admin."""
