"""Run the server, with the trainer beside it."""

import gc
import ipaddress
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from ..errors import InputError
from ..project._data.folder import open_project
from ..project._serving.live import Live
from ..project._training.supervisor import Supervisor
from ._access import Access
from ._app import make_app
from ._connections import BoundedProtocol
from ._logging import ServerLog

_BACKLOG = 128


def run_server(
    folder: Path,
    host: str,
    port: int,
    *,
    with_trainer: bool,
    public_url: str | None,
    proxy: str | None,
    ready: Callable[[str, str | None], None],
    link_used: Callable[[str], None],
) -> None:
    """Serve a project until interrupted. Port 0 takes a free one.

    `ready` is called once the server listens, with the link to open, and the token for programs if
    there are no accounts. Such a link works once; `link_used` is called with the next one then.
    """
    _favour_requests()
    _check_proxy(proxy)
    with ExitStack() as stack:
        stack.enter_context(ServerLog())
        project = stack.enter_context(open_project(folder))
        access = Access(project.database)
        own = _is_loopback(host)
        open_to = None if own else f"--host {host}"
        open_to = open_to if public_url is None else f"--public-url {public_url}"
        if open_to is not None and not access.with_accounts:
            raise InputError(
                f"{open_to} can be reached by others; make accounts first with `motherlode "
                f"account {folder} NAME`."
            )
        listening = stack.enter_context(_listen(host, port))
        project.rows.check()
        live = Live(project)
        stack.callback(live.close)
        app = make_app(project, live, access, only_own_names=own, public_url=public_url)
        app.state.service.explanations.warm_up()
        if with_trainer:
            stack.enter_context(Supervisor(project))
        link = f"http://{_bracket(host)}:{listening.getsockname()[1]}/"
        if access.with_accounts:
            ready(link if public_url is None else public_url, None)
        else:
            ready(f"{link}?code={access.code}", access.token)
        access.code_used = lambda: link_used(f"{link}?code={access.code}")
        # An access log would hold what users search for. Anybody can claim to forward the requests
        # of another address, so only a proxy that was named is believed.
        config = uvicorn.Config(
            app, log_config=None, log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=2, http=BoundedProtocol, ws="none", backlog=_BACKLOG,
            proxy_headers=proxy is not None, forwarded_allow_ips=proxy,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


def _favour_requests() -> None:
    """Let short requests go before threads that compute for long."""
    # A request changes threads several times, and may wait so long each time.
    sys.setswitchinterval(0.0005)
    # Collecting garbage among all labels and libraries stops every thread for 0.2 s.
    gc.set_threshold(50_000, 10, 1_000)


def _check_proxy(proxy: str | None) -> None:
    try:
        ipaddress.ip_address("127.0.0.1" if proxy is None else proxy)
    except ValueError:
        raise InputError(
            f"--proxy is {proxy!r}; give the address that the proxy calls from, as in 127.0.0.1."
        ) from None


def _is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches off the wait for fuller packets, of 40 ms an answer, only if TCP is named.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
        return listening
    except OSError as problem:
        listening.close()
        raise InputError(
            f"{host}, port {port}, can't be listened at: {problem.strerror}; choose another --port."
        ) from None


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host
