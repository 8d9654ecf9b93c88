"""Send word of new labels, and of advice to stop, to the addresses that the settings name.

Each address has a thread, so one that does not answer keeps nobody waiting. What an address has
accepted is kept in a file, by its last event, so nothing is lost when the server stops. An event
may come twice, if the server stops between an answer and the file. Requests are signed as
https://www.standardwebhooks.com describes, for which most languages have a library.
"""

import base64
import hmac
import http.client
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from ipaddress import ip_address
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..._rows.whole_file import write_whole
from ...errors import InputError
from .._data.addresses import find_strange_receivers
from .._data.folder import Project
from .._data.own_files import SENT, WEBHOOK_SECRET, open_own_file
from .._data.receivers import WEBHOOK, is_refused
from .._data.secret_files import keep_secret
from .._log.events import CHANGED, Event
from .._log.fold import State
from .._log.log import read_after
from .._serving.live import Live
from .status import format_time

Forecast = Mapping[str, Any]
_AT_ONCE = 100  # events of a request
_TIMEOUT = 10.0
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 600.0
_SAID = ("rule", "stop", "why", "needs", "proved")
_LARGEST_STATE = 10**6
_log = logging.getLogger("motherlode.project")


class Refused(Exception):
    """An address did not accept a request; the reason is a sentence."""


class Webhooks:
    """Sends word as long as a ``with`` block lasts.

    Parameters
    ----------
    project : Project
        An open project.
    live : Live
        Knows its state.
    forecast : callable, optional
        Gives the forecast of now with its advice, or None; without it no word of advice is sent.
    pause : float
        Seconds between two looks at the log.
    """

    def __init__(
        self,
        project: Project,
        live: Live,
        forecast: Callable[[], Forecast | None] | None = None,
        pause: float = 1.0,
    ) -> None:
        self._project, self._live, self._forecast, self._pause = project, live, forecast, pause
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._strange: set[str] = set()
        self._watcher = threading.Thread(target=self._watch, name="webhooks", daemon=True)

    def __enter__(self) -> "Webhooks":
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watcher.join()
        for thread in self._threads.values():
            thread.join(1.0)  # it ends with its request, or with the process

    def _watch(self) -> None:
        """Start a thread for each address that the settings name."""
        while not self._stop.wait(self._pause):
            with suppress(InputError):  # a database that is away
                for address in self._addresses():
                    thread = self._threads.get(address)
                    if thread is None or not thread.is_alive():
                        self._threads[address] = threading.Thread(
                            target=self._serve, args=(address,), name="webhook", daemon=True
                        )
                        self._threads[address].start()

    def _addresses(self) -> list[str]:
        """List the addresses that the settings name and this user knows."""
        named = self._project.settings_at(self._live.now()).webhook
        strange = find_strange_receivers(named)
        for address in set(strange) - self._strange:
            # Of a project that somebody sent, it may be the sender's.
            _log.warning(
                f"No word of labels goes to {urlsplit(address).hostname}, which you have not named "
                "on this machine; if you know it, accept it by `motherlode trust` and the name of "
                "the folder."
            )
        self._strange.update(strange)
        return [address for address in named if address not in strange]

    def _serve(self, address: str) -> None:
        """Send to an address what is new, until it is no longer named."""
        failures = 0
        _log.warning(f"Word of new labels goes to {urlsplit(address).hostname}.")
        while not self._stop.wait(_wait_after(failures) if failures else self._pause):
            try:
                if address not in self._addresses():
                    return
                while self._send_next(address) and not self._stop.is_set():
                    failures = 0
            except (Refused, InputError) as problem:
                failures += 1
                if failures == 1:
                    _log.warning(
                        f"A webhook does not take what is new, and is tried again: {problem}"
                    )

    def _send_next(self, address: str) -> bool:
        """Send the next request, if there is anything new, and say whether there was."""
        state = self._live.now()
        known = self._read_sent(address, state)
        with self._project.database.reading() as connection:
            events = list(islice(read_after(connection, known["last"]), _AT_ONCE))
        if events:
            answers = [self._describe(event) for event in events if event.kind != CHANGED]
            last = events[-1].id
            if answers:
                self._post(address, f"events-{events[0].id}-{last}", "labels", events=answers)
            self._keep_sent(address, {**known, "last": last})
            return True
        return self._send_advice(address, known, state)

    def _send_advice(self, address: str, known: dict[str, Any], state: State) -> bool:
        found = None if self._forecast is None else self._forecast()
        if found is None:
            return False
        stops = {one["rule"]: one for one in found["advice"] if one["stop"]}
        told = set(known["told"])
        for rule in sorted(set(stops) - told):
            said = {name: stops[rule][name] for name in _SAID}
            said["verdict"] = found["verdict"]
            self._post(address, f"advice-{state.last}-{_name(rule)}", "advice", **said)
            told.add(rule)
            self._keep_sent(address, {**known, "told": sorted(told)})
        if told - set(stops):  # a rule that says "go on" again is told again once it says "stop"
            self._keep_sent(address, {**known, "told": sorted(stops)})
        return False

    def _describe(self, event: Event) -> dict[str, Any]:
        return {
            "event": event.id,
            "kind": event.kind,
            "row": event.row,
            "id": self._project.rows.name(event.row),
            "label": event.label,
            "annotator": event.annotator,
            "channel": event.how.channel,
            "at": format_time(event.at),
            "takes_back": event.retracts,
        }

    def _post(self, address: str, id: str, kind: str, **values: Any) -> None:
        content = {"type": kind, "project": self._project.settings.name, **values}
        body = json.dumps(content, ensure_ascii=False).encode()
        secret = keep_secret(self._project.folder, WEBHOOK_SECRET)
        post(address, body, sign(id, time.time(), body, secret))

    def _read_sent(self, address: str, state: State) -> dict[str, Any]:
        """Read what an address has accepted; at first, all up to when it was named."""
        named = [e.id for e in state.changes.events if e.setting == WEBHOOK]
        begun = {"last": max(named, default=0), "told": []}
        with self._lock:
            return {**begun, **self._read_file().get(_name(address), {})}

    def _read_file(self) -> dict[str, Any]:
        path = self._project.folder / SENT
        try:
            with open_own_file(path) as file:
                found = json.loads(file.read(_LARGEST_STATE))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise InputError(f"{path} can't be read; delete it, and all is sent again.") from None
        return found if isinstance(found, dict) else {}

    def _keep_sent(self, address: str, known: dict[str, Any]) -> None:
        path = self._project.folder / SENT
        with self._lock:
            held = {**self._read_file(), _name(address): known}
            try:
                with write_whole(path) as made:
                    made.write_text(json.dumps(held, indent=2) + "\n", encoding="ascii")
            except OSError as problem:
                raise InputError(f"{path} can't be written: {problem.strerror}.") from None


def _name(address: str) -> str:
    """Name an address, which may hold a secret, or a rule by letters and digits alone."""
    return sha256(address.encode()).hexdigest()[:32]


def _wait_after(failures: int) -> float:
    return float(min(_FIRST_WAIT * 2.0 ** min(failures - 1, 20), _LONGEST_WAIT))


def sign(id: str, at: float, body: bytes, secret: str) -> dict[str, str]:
    """Make the headers by which a receiver knows that a request is ours, and knows it again.

    Parameters
    ----------
    id : str
        The same each time that the request is sent.
    at : float
        Seconds since 1970.
    body : bytes
        What is sent.
    secret : str
        What the receiver has too.
    """
    moment = str(int(at))
    signed = f"{id}.{moment}.".encode() + body
    proof = base64.b64encode(hmac.new(secret.encode(), signed, sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": moment, "webhook-signature": f"v1,{proof}"}


def show_secret(secret: str) -> str:
    """Write a secret as libraries of Standard Webhooks take it."""
    return f"whsec_{base64.b64encode(secret.encode()).decode()}"


def describe_secret(folder: Path) -> str:
    """Say what requests of a project are signed with; the secret is made if there is none."""
    secret = keep_secret(folder, WEBHOOK_SECRET)
    return f"Requests are signed with {show_secret(secret)}; give it to the receiver."


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a request, and follow it nowhere else.

    Raises
    ------
    Refused
        If it is not accepted with a status from 200 to 299.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection = (_Https if parts.scheme == "https" else _Http)(host, parts.port, timeout=_TIMEOUT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(
            "POST",
            target,
            body,
            {"Content-Type": "application/json", "User-Agent": "motherlode", **headers},
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as problem:
        raise Refused(f"{host} can't be reached ({type(problem).__name__}).") from None
    finally:
        connection.close()
    if not 200 <= status <= 299:
        raise Refused(f"{host} answers with status {status}.")


class _Http(http.client.HTTPConnection):
    """A connection to a machine whose address is checked when its name is known."""

    def connect(self) -> None:
        """Connect to the first address of the name that answers and is not refused."""
        self.sock = _connect(self.host, self.port, self.timeout)


class _Https(http.client.HTTPSConnection):
    def connect(self) -> None:
        """Connect as for http, and then see whose certificate it is."""
        plain = _connect(self.host, self.port, self.timeout)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


def _connect(host: str, port: int, timeout: float | None) -> socket.socket:
    # The name is looked up once, so that it can't mean another machine after the check.
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    problem: OSError = OSError("no address")
    for family, kind, protocol, _, address in found:
        if is_refused(ip_address(str(address[0]).partition("%")[0])):
            raise Refused(f"{host} is a machine that no word is sent to.")
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(timeout)
        try:
            opened.connect(address)
            return opened
        except OSError as failed:
            opened.close()
            problem = failed
    raise problem
