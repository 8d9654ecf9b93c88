"""Several projects behind one server: each below a path of its own, and a page that lists them.

Accounts and sessions are those of each project: a cookie is sent below its project's path alone. So
the page that lists them knows nobody. It shows names, and its script asks each project for the
rest, which that tells to those who may know it.
"""

import hmac
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from ..project._data.folder import Project
from ..project._serving.live import Live
from ._access import Access
from ._app import make_app, protect
from ._pages import render
from ._service import Service
from ._site import Address, Site

BELOW = "/p/"
_STRANGE = re.compile(r"[^A-Za-z0-9._~-]+")


def name_projects(folders: Sequence[Path]) -> list[str]:
    """Name each project by its folder, as a path of an address has it; no two have one name.

    Examples
    --------
    >>> name_projects([Path("a/wells"), Path("b/wells"), Path("old letters")])
    ['wells', 'wells-2', 'old-letters']
    """
    found: list[str] = []
    for folder in folders:
        plain = _STRANGE.sub("-", folder.resolve().name).strip("-.") or "project"
        names = (plain, *(f"{plain}-{n}" for n in range(2, len(folders) + 2)))
        found.append(next(name for name in names if name not in found))
    return found


class Several:
    """An ASGI application of several projects.

    Parameters
    ----------
    projects : mapping from str to tuple of Project, Live and Access
        By the name that each has in its path. Until a project has accounts, programs use one token
        for all that have none.
    only_own_names, public_url
        As for `make_app`.
    """

    def __init__(
        self,
        projects: Mapping[str, tuple[Project, Live, Access]],
        *,
        only_own_names: bool,
        public_url: str | None = None,
    ) -> None:
        self.code, self.token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.code_used: Callable[[], None] = lambda: None
        self._lock, self._address = Lock(), Address(public_url)
        self._access = {name: access for name, (_, _, access) in projects.items()}
        self._titles = {name: project.settings.name for name, (project, _, _) in projects.items()}
        self._apps = {
            name: make_app(
                project, live, access, only_own_names=only_own_names, public_url=public_url,
                below=f"{BELOW}{name}",
            )
            for name, (project, live, access) in projects.items()
        }  # fmt: skip
        for access in self._access.values():
            access.token = self.token
        self._overview = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        self._overview.add_api_route("/", self._show, include_in_schema=False)
        protect(self._overview, self._address, only_own_names=only_own_names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the project that its path names, else to the page that lists them."""
        app = self._overview
        if scope["type"] == "http":
            path = scope["path"].removeprefix(self._address.root)
            name, _, rest = path.removeprefix(BELOW).partition("/")
            if path.startswith(BELOW) and name in self._apps:
                app = self._apps[name]
                scope = {**scope, "path": f"{app.state.site.root}/{rest}"}
        await app(scope, receive, send)

    def services(self) -> list[Service]:
        """Give what the endpoints of each project work with."""
        return [app.state.service for app in self._apps.values()]

    def _show(self, request: Request, code: str | None = None) -> Response:
        root = self._address.root
        if code is not None and self._use(code):
            opened = render("opened.html", root=root)
            for site, secret in self._start_sessions(request):
                site.keep_session(request, opened, secret)
            return opened
        listed = [
            {"path": f"{BELOW}{quote(name)}", "title": self._titles[name]} for name in self._apps
        ]
        return render("overview.html", root=root, projects=listed)

    def _use(self, code: str) -> bool:
        """Use the code of the printed link up, if it is that."""
        with self._lock:
            if not hmac.compare_digest(code.encode(), self.code.encode()):
                return False
            self.code = secrets.token_urlsafe(32)
        self.code_used()
        return True

    def _start_sessions(self, request: Request) -> Iterator[tuple[Site, str]]:
        """Start a session in each project that has no accounts."""
        for name, access in self._access.items():
            secret = access.open_link(access.code, request)
            if secret is not None:
                yield self._apps[name].state.site, secret
