"""Who sends a request, and what they may do.

Without accounts, whoever has the token that the server printed may do everything, under any name.
With accounts everybody logs in. Requests carry the token or the session as
``Authorization: Bearer …``, or in a cookie that scripts cannot read. With the cookie, requests that
change something also carry a proof that they come from our page.
"""

import getpass
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import BoundedSemaphore, Lock
from urllib.parse import unquote

from fastapi import HTTPException, Request, Response

from ..errors import InputError
from ..project._accounts import (
    ADMIN,
    Account,
    check_password,
    find_session,
    has_accounts,
    log_in,
    log_out,
    make_dummy_hash,
    read_password_hash,
)
from ..project._log.database import Database

COOKIE, KNOWN_COOKIE = "motherlode", "motherlode-known"
_CSRF_HEADER = "X-CSRF-Token"
_NAME_HEADER = "X-Annotator"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_REMEMBERED_SECONDS = 5.0
_PER_NAME, _PER_ADDRESS = 5, 20  # failures a minute


@dataclass(frozen=True)
class Caller:
    """Who sent a request; requests with the same cookie that change something carry `csrf`."""

    name: str
    role: str
    csrf: str


class Access:
    """Finds out who sends a request.

    Parameters
    ----------
    database : Database
        Holds the accounts; see `motherlode.project.Project`.
    clock : callable, optional
        Gives the time, in seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._had_accounts = False
        self.token = secrets.token_urlsafe(32)
        self._secret = secrets.token_bytes(32)
        self._remembered: dict[str, tuple[float, Account]] = {}
        self._lock = Lock()
        self._hashing = BoundedSemaphore(2)  # each check of a password takes 64 MB
        self.failures = Failures(clock)

    @property
    def with_accounts(self) -> bool:
        """Whether there are accounts, or were some since the server started.

        The token is valid until there is an account.
        """
        if not self._had_accounts and has_accounts(self._database):
            make_dummy_hash()
            self._had_accounts = True
        return self._had_accounts

    def caller(self, request: Request) -> Caller:
        """Find out who sent a request, or refuse it with status 401 or 403.

        Parameters
        ----------
        request : Request
            Carries a token or a session.
        """
        credential, by_cookie = _credential(request)
        who = None if credential is None else self._who(credential, request)
        if credential is None or who is None:
            raise HTTPException(401, self._explain_refusal())
        csrf = self.csrf(credential)
        if by_cookie and request.method not in _SAFE:
            sent = request.headers.get(_CSRF_HEADER, "")
            if not hmac.compare_digest(sent.encode(), csrf.encode()):
                raise HTTPException(403, f"The request lacks the right {_CSRF_HEADER} header.")
        return Caller(who.name, who.role, csrf)

    def csrf(self, credential: str) -> str:
        """Make the proof that goes with a token or session.

        Parameters
        ----------
        credential : str
            The token or session.
        """
        return hmac.new(self._secret, credential.encode(), sha256).hexdigest()

    def is_token(self, text: str) -> bool:
        """Say whether a text is the token of the server, and there are no accounts.

        Parameters
        ----------
        text : str
            What a request carried.
        """
        same = hmac.compare_digest(text.encode(), self.token.encode())
        return same and not self.with_accounts

    def log_in(self, name: str, password: str, address: str, proof: str = "") -> str:
        """Start a session and return its token, or refuse with status 401 or 429.

        Parameters
        ----------
        name, password : str
            Of the account.
        address : str
            Where the request comes from.
        proof : str
            Proof that the caller has logged in under this name before; see `proof`. The failures
            of others do not count for them.
        """
        known = self.proof(name)
        limits = _limits(name, address)
        if known is not None and hmac.compare_digest(proof.encode(), known.encode()):
            limits = {f"known {name}": _PER_NAME}
        with self._hashing:
            wait = self.failures.wait(limits)
            if wait:
                raise HTTPException(
                    429,
                    f"Too many attempts; try again in {wait:.0f} seconds.",
                    {"Retry-After": f"{wait:.0f}"},
                )
            who = check_password(self._database, name, password)
            if who is None:
                self.failures.count(limits)
        if who is None:
            raise HTTPException(401, "The name or the password is wrong.")
        return log_in(self._database, who, self._clock())

    def proof(self, name: str) -> str | None:
        """Make what a browser keeps to show that it was logged in before with this password.

        Parameters
        ----------
        name : str
            Of the account.
        """
        hashed = read_password_hash(self._database, name)
        return hashed and hmac.new(hashed.encode(), b"logged in before", sha256).hexdigest()

    def log_out(self, request: Request) -> None:
        """End the session that a request carries.

        Parameters
        ----------
        request : Request
            Carries a session.
        """
        credential, _ = _credential(request)
        if credential is not None and self.with_accounts:
            with self._lock:
                self._remembered.pop(credential, None)
            log_out(self._database, credential)

    def _who(self, credential: str, request: Request) -> Account | None:
        if not self.with_accounts:
            return Account(_chosen_name(request), ADMIN) if self.is_token(credential) else None
        now = time.monotonic()
        with self._lock:
            until, found = self._remembered.get(credential, (0.0, None))
        if found is not None and until > now:
            return found
        found = find_session(self._database, credential, self._clock())
        with self._lock:
            if len(self._remembered) > 1_000:
                self._remembered.clear()
            if found is not None:
                self._remembered[credential] = (now + _REMEMBERED_SECONDS, found)
        return found

    def _explain_refusal(self) -> str:
        if self.with_accounts:
            return "Log in first."
        return "Open the link that `motherlode serve` printed; it holds the token."


def _limits(name: str, address: str) -> dict[str, int]:
    """Say how many times a minute a log-in may fail, by name and address, and by address."""
    return {f"name {name} from {address}": _PER_NAME, f"address {address}": _PER_ADDRESS}


class Failures:
    """Attempts to log in that failed within the last minute, by the limit that they count for."""

    _SECONDS, _MOST = 60.0, 10_000

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock = clock, Lock()
        self._times: dict[str, list[float]] = {}

    def wait(self, limits: Mapping[str, int]) -> float:
        """Return the seconds until another attempt is allowed; 0 if it is now."""
        with self._lock:
            return max(self._wait(key, most) for key, most in limits.items())

    def count(self, keys: Iterable[str]) -> None:
        """Count a failure."""
        with self._lock:
            if len(self._times) > self._MOST:
                self._times.clear()
            for key in keys:
                self._times.setdefault(key, []).append(self._clock())

    def _wait(self, key: str, most: int) -> float:
        now = self._clock()
        recent = [t for t in self._times.get(key, []) if 0 <= now - t < self._SECONDS]
        if key in self._times:
            self._times[key] = recent
        return max(1.0, recent[-most] + self._SECONDS - now) if len(recent) >= most else 0.0


def set_cookie(
    response: Response, request: Request, value: str, name: str = COOKIE, age: int | None = None
) -> None:
    """Set a cookie that is sent to this site alone and that scripts cannot read."""
    response.set_cookie(
        name,
        value,
        max_age=age,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _credential(request: Request) -> tuple[str | None, bool]:
    """Find the token or session, and whether it came in a cookie."""
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and sent:
        return sent.strip(), False
    return request.cookies.get(COOKIE), True


def _chosen_name(request: Request) -> str:
    name = unquote(request.headers.get(_NAME_HEADER, "")).strip() or _user()
    if len(name) > 100 or not name.isprintable():
        raise InputError(f"{_NAME_HEADER} holds no name of 1 to 100 printable characters.")
    return name


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "annotator"
