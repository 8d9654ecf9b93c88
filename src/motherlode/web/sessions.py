"""The endpoints to log in and out, where a project has accounts."""

from fastapi import APIRouter, Request, Response

from .access import COOKIE, set_cookie
from .bodies import LoginIn, Session
from .service import TheCaller, TheService

router = APIRouter(tags=["accounts"])


@router.post("/login")
def login(service: TheService, request: Request, response: Response, body: LoginIn) -> Session:
    """Start a session: its token comes back, and in a cookie too."""
    address = "" if request.client is None else request.client.host
    token = service.access.log_in(body.name, body.password, address)
    set_cookie(response, request, token)
    return Session(token=token)


@router.post("/logout", status_code=204)
def logout(service: TheService, caller: TheCaller, request: Request, response: Response) -> None:
    """End the session."""
    service.access.log_out(request)
    response.delete_cookie(COOKIE)
