"""How large requests may be: small ones everywhere, but for the paths that take files."""

from collections.abc import Mapping

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_LARGEST_BODY = 1_000_000


class BodyLimits:
    """Refuses with status 413 what is larger than a path takes.

    Parameters
    ----------
    app : ASGI application
        What answers the others.
    largest : dict of str to int
        By path: how many bytes it takes, if more than others.
    """

    def __init__(self, app: ASGIApp, largest: Mapping[str, int]) -> None:
        self._usual = RequestBodyLimitMiddleware(app, _LARGEST_BODY)
        self._larger = {
            path: RequestBodyLimitMiddleware(app, most) for path, most in largest.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or refuse it."""
        path = str(scope.get("path", "")).removeprefix(str(scope.get("root_path", "")))
        await self._larger.get(path, self._usual)(scope, receive, send)
