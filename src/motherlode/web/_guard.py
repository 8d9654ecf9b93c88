"""The guard, which checks the host and origin of each request and sets the headers of each answer.

A cookie does not prove that a person meant a request, since any page in the same browser can send
one. So the origin must be the server's own. On a machine's own address the host must be one of its
names, which a rebound domain name is not.
"""

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import kind_and_place
from ._problems import describe_problem
from ._site import Address

_OWN_NAMES = {"127.0.0.1", "localhost", "::1"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
_FAILED = "Something went wrong here; nothing was recorded."
_log = logging.getLogger("motherlode.web")


class Guard:
    """Refuses requests from other sites, sets the headers of every answer, and catches errors.

    With `only_own_names` the host must be a name of this machine's own address, or the public one.
    """

    def __init__(self, app: ASGIApp, site: Address, only_own_names: bool) -> None:
        self._app, self._site, self._only_own_names = app, site, only_own_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        self._site.complete(scope)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._find_fault(Headers(scope=scope))
        answer = None if refused is None else describe_problem(scope, refused, 403)
        if answer is None:
            try:
                await self._app(scope, receive, send_with_headers)
            except Exception as problem:
                _log.error(kind_and_place(problem))
                answer = None if started else describe_problem(scope, _FAILED, 500)
        if answer is not None:
            await answer(scope, receive, send_with_headers)

    def _find_fault(self, headers: Headers) -> str | None:
        host = headers.get("host", "")
        is_own = _name(host) in _OWN_NAMES or self._site.is_public(host)
        if self._only_own_names and not is_own:
            return "This server answers under its own address only."
        origin = headers.get("origin")
        if origin is not None and not self._site.is_own(origin, host):
            return "The request comes from another site."
        elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if elsewhere and headers.get("sec-fetch-mode") != "navigate":
            return "The request comes from another site."
        return None


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
