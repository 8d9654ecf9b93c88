"""Who sends a request, and what they may do.

Without accounts, whoever has the token or the link that the server printed may do everything, under
any name. With accounts everybody logs in. Programs send the token or the secret of a session as
``Authorization: Bearer …``. Browsers have a session in a cookie that scripts cannot read; then
requests that change something also carry a proof that they come from our page.
"""

import getpass
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from threading import BoundedSemaphore, Lock
from urllib.parse import unquote

from fastapi import HTTPException, Request

from ..errors import InputError
from ..project._accounts import (
    ADMIN,
    Account,
    change_own_password,
    check_password,
    has_accounts,
    make_dummy_hash,
    note_seen,
    read_password_hash,
)
from ..project._log.database import Database, Unavailable
from ..project._sessions import (
    Session,
    end_session,
    end_sessions,
    find_owner,
    list_sessions,
    make_id,
    start_session,
)
from ._pace import Limit, Pace, make_limits
from ._site import Site

_CSRF_HEADER = "X-CSRF-Token"
_NAME_HEADER = "X-Annotator"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_SEEN_SECONDS = 300.0  # between two notes of when somebody was here last


@dataclass(frozen=True)
class Caller:
    """Who sent a request.

    Requests with the same cookie that change something carry `csrf`. `owner` is whom the sessions
    of the caller belong to.
    """

    name: str
    role: str
    csrf: str
    owner: str


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
        self.code = secrets.token_urlsafe(32)
        self.code_used: Callable[[], None] = lambda: None
        self._secret = secrets.token_bytes(32)
        # No account has a name that is not printable.
        self._visitors = f"\n{secrets.token_hex(16)}"
        self._lock = Lock()
        self._hashing = BoundedSemaphore(2)  # each check of a password takes 64 MB
        self._pace = Pace()
        self._seen: dict[str, float] = {}

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
        who = None if credential is None else self._who(credential, by_cookie, request)
        if credential is None or who is None:
            raise HTTPException(401, self._explain_refusal())
        csrf = self.csrf(credential)
        if by_cookie and request.method not in _SAFE:
            sent = request.headers.get(_CSRF_HEADER, "")
            if not hmac.compare_digest(sent.encode(), csrf.encode()):
                raise HTTPException(403, f"The request lacks the right {_CSRF_HEADER} header.")
        owner = who.name if self.with_accounts else self._visitors
        return Caller(who.name, who.role, csrf, owner)

    def csrf(self, credential: str) -> str:
        """Make the proof that goes with a token or session.

        Parameters
        ----------
        credential : str
            The token or session.
        """
        return hmac.new(self._secret, credential.encode(), sha256).hexdigest()

    def open_link(self, code: str, request: Request) -> str | None:
        """Start a session with the code of the printed link, and return its secret.

        A code works once; the next is `code` then, and `code_used` is called.

        Parameters
        ----------
        code : str
            From the link.
        request : Request
            Carries the code.
        """
        with self._lock:
            if self.with_accounts or not _is_same(code, self.code):
                return None
            self.code = secrets.token_urlsafe(32)
        secret = self._start_session(self._visitors, request)
        self.code_used()
        return secret

    def take_turn(self, name: str, address: str, proof: str = "") -> tuple[float, Sequence[Limit]]:
        """Return how many seconds an attempt to log in waits, and the limits that it counts for.

        It is refused with status 429 where too many wait.

        Parameters
        ----------
        name : str
            Of the account.
        address : str
            Where the request comes from.
        proof : str
            Proof that the caller has logged in under this name before; see `proof`. The attempts
            of others do not count for them.
        """
        known = self.proof(name)
        limits = make_limits(name, address, known=known is not None and _is_same(proof, known))
        return self._pace.take_turn(limits), limits

    def log_in(self, name: str, password: str, limits: Sequence[Limit], request: Request) -> str:
        """Start a session and return its secret, or refuse with status 401.

        Parameters
        ----------
        name, password : str
            Of the account.
        limits : sequence of Limit
            That the attempt was counted for; see `take_turn`.
        request : Request
            Carries the name and the password.
        """
        with self._hashing:
            who = check_password(self._database, name, password)
        if who is None:
            raise HTTPException(401, "The name or the password is wrong.")
        self.give_back(limits)
        if who.disabled:
            raise HTTPException(403, "This account is disabled; ask an admin to enable it.")
        return self._start_session(who.name, request)

    def change_password(self, caller: Caller, old: str, new: str, request: Request) -> None:
        """Give a caller another password; all their sessions but this one end.

        The old password is tried at the pace of log-ins, and refused if it is wrong.

        Parameters
        ----------
        caller : Caller
            Who sent the request.
        old, new : str
            Passwords.
        request : Request
            Carries a session.
        """
        if not self.with_accounts:
            raise InputError("There are no accounts, so there is no password to change.")
        here = make_id(_credential(request)[0] or "")
        with self._hashing:
            change_own_password(self._database, caller.name, old, new, here)

    def give_back(self, limits: Sequence[Limit]) -> None:
        """Count an attempt that went well no longer.

        Parameters
        ----------
        limits : sequence of Limit
            That the attempt was counted for; see `take_turn`.
        """
        self._pace.give_back(limits)

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
        if credential is not None:
            end_session(self._database, credential)

    def log_out_everywhere(self, caller: Caller) -> None:
        """End all sessions of a caller.

        Parameters
        ----------
        caller : Caller
            Who sent a request.
        """
        end_sessions(self._database, caller.owner)

    def sessions(self, caller: Caller, request: Request) -> list[tuple[Session, bool]]:
        """List the sessions of a caller, each with whether the request carries it.

        Parameters
        ----------
        caller : Caller
            Who sent the request.
        request : Request
            Carries a token or a session.
        """
        here = make_id(_credential(request)[0] or "")
        found = list_sessions(self._database, caller.owner, self._clock())
        return [(session, session.id == here) for session in found]

    def _start_session(self, owner: str, request: Request) -> str:
        browser = request.headers.get("user-agent", "")
        return start_session(self._database, owner, self._clock(), find_address(request), browser)

    def _who(self, credential: str, by_cookie: bool, request: Request) -> Account | None:
        # The database is asked each time, so that a session that ended opens nothing at once.
        with_accounts = self.with_accounts
        if not with_accounts and not by_cookie and _is_same(credential, self.token):
            return Account(_choose_name(request), ADMIN)
        owner, role = find_owner(self._database, credential, self._clock()) or (None, None)
        if with_accounts:
            if owner is None or role is None:
                return None
            self._note_seen(owner)
            return Account(owner, role)
        return Account(_choose_name(request), ADMIN) if owner == self._visitors else None

    def _note_seen(self, name: str) -> None:
        now = self._clock()
        if now - self._seen.get(name, -_SEEN_SECONDS) < _SEEN_SECONDS:
            return
        self._seen[name] = now
        with suppress(Unavailable):  # who is here can still read
            note_seen(self._database, name, now)

    def _explain_refusal(self) -> str:
        if self.with_accounts:
            return "Log in first."
        return "Open the link that `motherlode serve` printed last; each link works once."


def _credential(request: Request) -> tuple[str | None, bool]:
    """Find the token or the secret of a session, and whether it came in a cookie."""
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and sent:
        return sent.strip(), False
    site: Site = request.app.state.site
    return site.read_session(request), True


def find_address(request: Request) -> str:
    """Find where a request comes from."""
    return "" if request.client is None else request.client.host


def _is_same(sent: str, right: str) -> bool:
    return hmac.compare_digest(sent.encode(), right.encode())


def _choose_name(request: Request) -> str:
    name = unquote(request.headers.get(_NAME_HEADER, "")).strip() or _user()
    if len(name) > 100 or not name.isprintable():
        raise InputError(f"{_NAME_HEADER} holds no name of 1 to 100 printable characters.")
    return name


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "annotator"
