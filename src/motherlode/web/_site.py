"""Where browsers find the project: its public address, and the cookies that it sets there.

A cookie goes to all ports of a machine, so its name holds the project and the port. Two projects on
one machine keep their sessions apart.
"""

import re
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response

from ..errors import InputError
from ..project._data.settings import Settings

_PORTS = {"http": 80, "https": 443}
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
_SESSION, _KNOWN = "", "-known"
_KNOWN_SECONDS = 180 * 86_400


class Address:
    """Where browsers find what a server shows.

    Parameters
    ----------
    public_url : str or None
        What people type, as in ``https://host/path``, if a proxy stands before the server.
    below : str
        The path below that address, as in ``/p/wells``, or nothing.
    """

    def __init__(self, public_url: str | None = None, below: str = "") -> None:
        self.origin: str | None
        self.origin, path = (None, "") if public_url is None else _split(public_url)
        self.root = path + below

    def is_own(self, origin: str, host: str) -> bool:
        """Say whether a request comes from a page of ours, by its headers."""
        if origin == self.origin:
            return True
        return origin != "null" and urlsplit(origin).netloc == host and not self.is_public(host)

    def is_public(self, host: str) -> bool:
        """Say whether a host is that of the public address."""
        return self.origin is not None and urlsplit(self.origin).netloc == host.lower()

    def complete(self, scope: Any) -> None:
        """Write the path of a request below the public one, which the proxy may have cut off."""
        if not self.root:
            return
        path, scope["root_path"] = scope["path"], self.root
        if path == self.root:
            scope["path"] = f"{path}/"
        elif not path.startswith(f"{self.root}/"):
            scope["path"] = self.root + path


class Site(Address):
    """The address of a project and its cookies.

    Parameters
    ----------
    settings : Settings
        That the project began with.
    public_url : str or None
        What people type, as in ``https://host/path``, if a proxy stands before the server.
    below : str
        The path of the project below that address, if the server has several.
    """

    def __init__(self, settings: Settings, public_url: str | None = None, below: str = "") -> None:
        super().__init__(public_url, below)
        content = repr((settings.digest, settings.classes, settings.name)).encode()
        self.space = blake2b(content, digest_size=9).hexdigest()
        self.overview = f"{self.root.removesuffix(below)}/" if below else None
        """Where all projects of the server are listed, if it has several."""

    def read_session(self, request: Request) -> str | None:
        """Read the secret of a session."""
        return request.cookies.get(self._name(request, _SESSION))

    def keep_session(self, request: Request, response: Response, secret: str) -> None:
        """Have the browser keep the secret of a session until it is closed."""
        self._set(request, response, secret, _SESSION, None)

    def drop_session(self, request: Request, response: Response) -> None:
        """Have the browser forget the secret of a session."""
        response.delete_cookie(self._name(request, _SESSION), path=self.root or "/")

    def read_proof(self, request: Request) -> str:
        """Read the proof that this browser was logged in before."""
        return request.cookies.get(self._name(request, _KNOWN), "")

    def keep_proof(self, request: Request, response: Response, proof: str) -> None:
        """Have the browser keep the proof that it was logged in."""
        self._set(request, response, proof, _KNOWN, _KNOWN_SECONDS)

    def _set(
        self, request: Request, response: Response, value: str, kind: str, age: int | None
    ) -> None:
        """Set a cookie that is sent to this site alone and that scripts cannot read."""
        response.set_cookie(
            self._name(request, kind),
            value,
            max_age=age,
            path=self.root or "/",
            httponly=True,
            samesite="strict",
            secure=(self.origin or str(request.url.scheme)).startswith("https"),
        )

    def _name(self, request: Request, kind: str) -> str:
        _, port = request.scope.get("server") or ("", 0)
        return f"motherlode-{self.space}-{port}{kind}"


def _split(public_url: str) -> tuple[str, str]:
    """Split a public address into its origin, as browsers write it, and its path."""
    try:
        found = urlsplit(public_url)
        host, port = found.hostname, found.port
    except ValueError:
        host = port = None
    rest = host and (found.username, found.password, found.query, found.fragment)
    if not host or any(rest or ()) or found.scheme not in _PORTS or not _PATH.fullmatch(found.path):
        raise InputError(
            f"--public-url is {public_url!r}; give what people type, as in https://host/path."
        )
    if not host.isascii():
        host = host.encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    end = "" if port in (None, _PORTS[found.scheme]) else f":{port}"
    return f"{found.scheme}://{host}{end}", found.path.rstrip("/")
