"""A real browser on a real server: Debian's Chromium, driven by Playwright."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import uvicorn

from motherlode.project._data.folder import Project, create_project
from motherlode.project._data.planning import plan_rows
from motherlode.project._data.settings import Recipe, Settings
from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._app import make_app

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"There is no {CHROMIUM}; `make chromium` as root brings it")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


class Served:
    """A project behind a socket, which can be taken away and brought back."""

    def __init__(self, project: Project) -> None:
        self.project, self.live = project, Live(project)
        self.access = Access(project.database)
        self.port = 0
        self.start()

    def start(self) -> None:
        app = make_app(self.project, self.live, self.access, only_own_names=True)
        config = uvicorn.Config(
            app, port=self.port, log_level="critical", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        until(lambda: self.server.started)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()

    @property
    def link(self) -> str:
        """The link that works now; it works once."""
        return f"{self.address}?code={self.access.code}"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def answers(self) -> dict[int, str]:
        """What stands of each row: its label, or the kind of answer."""
        return {row: p.label or p.kind for row, p in self.live.now().rows.items()}


def make_project(folder: Path, table: pa.Table, **named: Any) -> Project:
    """A project of two classes."""
    found = plan_rows(table, **named)
    settings = Settings(
        name="letters", classes=("ordinary", "refund"), minority="refund", kind=found.kind,
        columns=found.columns, shown=found.shown, id=found.id, rows=0, digest="",
        image_root=str(folder.parent), recipe=Recipe("margin", "logistic_regression"),
    )  # fmt: skip
    return create_project(folder, settings, table, None)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """A function that serves a table as a project of two classes."""
    started: list[Served] = []

    def one(table: pa.Table, **named: Any) -> Served:
        project = make_project(tmp_path / f"p{len(started)}", table, **named)
        started.append(Served(project))
        return started[-1]

    yield one
    for served in started:
        served.stop()
        served.live.close()
        served.project.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """A function that opens a served project in a browser of its own, with a name."""
    contexts = []
    problems: list[str] = []

    def go(served: Served, path: str = "", name: str = "ann", **how: Any) -> Any:
        context = chromium.new_context(**how)
        context.add_init_script(f"localStorage.setItem('motherlode:name', {name!r})")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.on("dialog", lambda dialog: problems.append(f"A row ran: {dialog.message}"))
        page.goto(served.link)
        page.wait_for_selector("#row > .text, #row > .fields, #row .picture, #row .broken")
        if path:
            page.goto(served.address + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert problems == []


def until(is_right: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until something holds, and give it."""
    end = time.monotonic() + seconds
    while not (found := is_right()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
    return found
