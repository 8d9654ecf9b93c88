"""The endpoints to log in and out, and to see where one is logged in."""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ..project._insight.status import format_time
from ._access import find_address
from ._bodies import LoginIn, PasswordIn, Session, SessionOut, Sessions
from ._service import TheCaller, TheService

router = APIRouter(tags=["accounts"])


@router.post("/login")
async def login(
    service: TheService, request: Request, response: Response, body: LoginIn
) -> Session:
    """Log in; the answer and a cookie hold the secret of the new session.

    After some attempts that failed, further ones wait before they are answered.
    """
    access, site = service.access, service.site
    proof, address = site.read_proof(request), find_address(request)
    seconds, limits = await run_in_threadpool(access.take_turn, body.name, address, proof)
    await asyncio.sleep(seconds)
    secret = await run_in_threadpool(access.log_in, body.name, body.password, limits, request)
    site.keep_session(request, response, secret)
    known = await run_in_threadpool(access.proof, body.name)
    site.keep_proof(request, response, known or "")
    return Session(token=secret)


@router.post("/password", status_code=204)
async def change_password(
    service: TheService, caller: TheCaller, request: Request, response: Response, body: PasswordIn
) -> None:
    """Give the caller another password; their other sessions end.

    Attempts with a wrong old password wait as log-ins do.
    """
    access, site = service.access, service.site
    proof, address = site.read_proof(request), find_address(request)
    seconds, limits = await run_in_threadpool(access.take_turn, caller.name, address, proof)
    await asyncio.sleep(seconds)
    await run_in_threadpool(access.change_password, caller, body.old, body.new, request)
    access.give_back(limits)
    known = await run_in_threadpool(access.proof, caller.name)
    site.keep_proof(request, response, known or "")


@router.post("/logout", status_code=204)
def logout(service: TheService, caller: TheCaller, request: Request, response: Response) -> None:
    """Log out."""
    service.access.log_out(request)
    service.site.drop_session(request, response)


@router.post("/logout/everywhere", status_code=204)
def logout_everywhere(
    service: TheService, caller: TheCaller, request: Request, response: Response
) -> None:
    """End all sessions of the caller, this one as well."""
    service.access.log_out_everywhere(caller)
    service.site.drop_session(request, response)


@router.get("/sessions")
def sessions(service: TheService, caller: TheCaller, request: Request) -> Sessions:
    """List the sessions of the caller that have not ended, the last first."""
    found = service.access.sessions(caller, request)
    return Sessions(
        sessions=[
            SessionOut(
                id=one.id,
                started_at=None if one.started_at is None else format_time(one.started_at),
                address=one.address,
                browser=one.browser,
                here=here,
            )
            for one, here in found
        ]
    )
