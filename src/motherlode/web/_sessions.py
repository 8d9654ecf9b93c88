"""The endpoints to log in and out, where a project has accounts."""

from fastapi import APIRouter, Request, Response

from ._access import COOKIE, KNOWN_COOKIE, set_cookie
from ._bodies import LoginIn, Session
from ._service import TheCaller, TheService

router = APIRouter(tags=["accounts"])
_KNOWN_SECONDS = 180 * 86_400


@router.post("/login")
def login(service: TheService, request: Request, response: Response, body: LoginIn) -> Session:
    """Log in; the answer and a cookie hold the token of the new session."""
    address = "" if request.client is None else request.client.host
    proof = request.cookies.get(KNOWN_COOKIE, "")
    token = service.access.log_in(body.name, body.password, address, proof)
    set_cookie(response, request, token)
    known = service.access.proof(body.name) or ""
    set_cookie(response, request, known, KNOWN_COOKIE, _KNOWN_SECONDS)
    return Session(token=token)


@router.post("/logout", status_code=204)
def logout(service: TheService, caller: TheCaller, request: Request, response: Response) -> None:
    """Log out."""
    service.access.log_out(request)
    response.delete_cookie(COOKIE)
