"""The endpoints about what is looked for: what is stated, what it did, and how to change it."""

from fastapi import APIRouter

from ..project._data.stated import PRIOR, state_prior
from ..project._insight.engine import load_engine
from ..project._insight.prior import describe_prior
from ..project._insight.status import format_time
from ..project._serving.changing import change_settings
from ..project._training.checking import check_values
from ._bodies import PriorIn, PriorOut
from ._service import Service, TheAdmin, TheCaller, TheService, find_blind

router = APIRouter(tags=["overview"])


@router.get("/prior")
def prior(service: TheService, caller: TheCaller) -> PriorOut:
    """Get what is stated of the rows before any label, who stated it, and what it did."""
    return _describe(service, may_see_all=find_blind(caller) is None)


@router.post("/prior")
def state(service: TheService, admin: TheAdmin, body: PriorIn) -> PriorOut:
    """State what is looked for, in place of what was stated; without any, take it back."""
    stated = state_prior(body.sentence, body.keywords, body.column, body.judge)
    project, live = service.project, service.live
    if stated is not None:
        load_engine()  # here, so that nobody who labels waits for it
    check_values({PRIOR: stated}, project.settings, project.rows)
    live.run(
        lambda connection, state: change_settings(
            project, connection, state, admin.name, {PRIOR: stated}, live.clock()
        )
    )
    return _describe(service, may_see_all=True)


def _describe(service: Service, *, may_see_all: bool) -> PriorOut:
    state = service.live.now()
    with service.project.database.reading() as connection:
        found = describe_prior(connection, service.project.settings_at(state), state)
    found["at"] = None if found["at"] is None else format_time(found["at"])
    # Counts that grow by one tell a label that a second annotator is to give without knowing it.
    return PriorOut(**{**found, "did": found["did"] if may_see_all else []})
