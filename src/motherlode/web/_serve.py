"""Run the server, with the trainer beside it."""

import gc
import ipaddress
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from .._inert.shell_words import as_typed
from ..errors import InputError
from ..project._data.folder import Project, open_project
from ..project._data.own_files import SECRET
from ..project._data.secret_files import keep_secret
from ..project._insight.webhooks import Webhooks
from ..project._serving.live import Live
from ..project._training.supervisor import Supervisor
from ._access import Access
from ._app import make_app
from ._connections import BoundedProtocol, find_most_connections
from ._label_studio import make_label_studio
from ._logging import ServerLog
from ._several import Several, name_projects

_BACKLOG = 128  # connections that wait to be taken
_AT_ONCE = 1 / 8  # of all that there may be, taken in one turn


def run_server(
    folders: Sequence[Path],
    host: str,
    port: int,
    *,
    with_trainer: bool,
    public_url: str | None,
    proxy: str | None,
    are_several: bool,
    ready: Callable[[str, str | None], None],
    link_used: Callable[[str], None],
    beside: Callable[[Project, Live], AbstractContextManager[None]] | None = None,
) -> None:
    """Serve projects until interrupted. Port 0 takes a free one.

    If they `are_several`, each is below a path of its own, also if there is one alone. `ready` is
    called once the server listens, with the link to open, and the token for programs if there are
    no accounts. Such a link works once; `link_used` is called with the next one then. What
    runs `beside` is of the first project.
    """
    _favour_requests()
    _check_proxy(proxy)
    with ExitStack() as stack:
        stack.enter_context(ServerLog())
        projects = [stack.enter_context(open_project(folder)) for folder in folders]
        access = [Access(project.database) for project in projects]
        own = _is_loopback(host)
        open_to = None if own else f"--host {host}"
        open_to = open_to if public_url is None else f"--public-url {public_url}"
        if open_to is not None:
            _need_accounts(projects, access, open_to)
        listening = stack.enter_context(_listen(host, port))
        served = []
        for project, who in zip(projects, access, strict=True):
            project.rows.check()
            live = Live(project)
            stack.callback(live.close)
            served.append((project, live, who))
        app: ASGIApp
        door: Access | Several
        if are_several:
            by_name = dict(zip(name_projects(folders), served, strict=True))
            app = door = several = Several(by_name, only_own_names=own, public_url=public_url)
            services = several.services()
        else:
            door = access[0]
            app = alone = make_app(*served[0], only_own_names=own, public_url=public_url)
            services = [alone.state.service]
        for one in services:
            one.explanations.warm_up()
            stack.enter_context(Webhooks(one.project, one.live, one.explanations.forecast))
        for project in projects if with_trainer else ():
            stack.enter_context(Supervisor(project))
        if beside is not None:
            stack.enter_context(beside(*served[0][:2]))
        link = f"http://{_bracket(host)}:{listening.getsockname()[1]}/"
        if all(who.with_accounts for who in access):
            ready(link if public_url is None else public_url, None)
        else:
            ready(f"{link}?code={door.code}", door.token)
        door.code_used = lambda: link_used(f"{link}?code={door.code}")
        _run(app, listening, proxy)


def run_label_studio(
    folder: Path,
    host: str,
    port: int,
    *,
    names: Mapping[str, str],
    with_trainer: bool,
    ready: Callable[[str, str], None],
) -> None:
    """Serve a project to Label Studio until interrupted. Port 0 takes a free one.

    `names` are annotators by the number that Label Studio knows them by. `ready` is called with
    the address and the secret once the server listens.
    """
    _favour_requests()
    with ExitStack() as stack:
        stack.enter_context(ServerLog())
        project = stack.enter_context(open_project(folder))
        listening = stack.enter_context(_listen(host, port))
        project.rows.check()
        secret = keep_secret(project.folder, SECRET)
        live = Live(project)
        stack.callback(live.close)
        own = _is_loopback(host)
        app = make_label_studio(project, live, secret, names=names, only_own_names=own)
        app.state.backend.tasks.prepare()
        stack.enter_context(Webhooks(project, live))
        if with_trainer:
            stack.enter_context(Supervisor(project))
        ready(f"http://{_bracket(host)}:{listening.getsockname()[1]}", secret)
        _run(app, listening, None)


def _run(app: ASGIApp, listening: socket.socket, proxy: str | None) -> None:
    # An access log would hold what users search for. Anybody can claim to forward the requests
    # of another address, so only a proxy that was named is believed.
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=2, http=BoundedProtocol, ws="none",
        backlog=max(1, int(_AT_ONCE * find_most_connections())),
        proxy_headers=proxy is not None, forwarded_allow_ips=proxy,
    )  # fmt: skip
    _Server(config).run(sockets=[listening])


class _Server(uvicorn.Server):
    """One that takes few new connections in a turn, while many may wait.

    To asyncio both are one number. With many in a turn a crowd takes all files that the process may
    open before any of them can give way, and then no page can be read.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets=sockets)
        for one in sockets or ():
            one.listen(_BACKLOG)


def _need_accounts(projects: Sequence[Project], access: Sequence[Access], open_to: str) -> None:
    for project, who in zip(projects, access, strict=True):
        if not who.with_accounts:
            raise InputError(
                f"{open_to} can be reached by others; make accounts first with `motherlode "
                f"account {as_typed(project.folder)} NAME`."
            )


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
