"""An application on a real project, called as a client calls it."""

from collections.abc import Callable, Iterator

import pytest
from projects import make, postgres, project, url  # noqa: F401 - fixtures
from starlette.testclient import TestClient

from motherlode.project._data.folder import Project
from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._app import make_app

HOST = "http://127.0.0.1:8700"


@pytest.fixture
def serve() -> Iterator[Callable[..., TestClient]]:
    """A function that serves a project and gives a client without credentials."""
    lives = []

    def start(served: Project, *, only_own_names: bool = True) -> TestClient:
        live = Live(served)
        lives.append(live)
        app = make_app(served, live, Access(served.database), only_own_names=only_own_names)
        return TestClient(app, base_url=HOST, follow_redirects=False)

    yield start
    for live in lives:
        live.close()


@pytest.fixture
def client(project: Project, serve: Callable[..., TestClient]) -> TestClient:  # noqa: F811
    """A client that holds the start-up token."""
    client = serve(project)
    token = client.app.state.service.access.token
    client.headers["Authorization"] = f"Bearer {token}"
    return client
