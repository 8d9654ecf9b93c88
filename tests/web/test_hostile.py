"""Requests made up from the OpenAPI description: never a 5xx, never anything out of bounds."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from projects import rows_table, settings_for
from starlette.testclient import TestClient

from motherlode.project._data.folder import create_project
from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._app import make_app

HOST = "http://127.0.0.1:8700"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    table = rows_table()
    project = create_project(
        tmp_path_factory.mktemp("hostile") / "p", settings_for(table, double=0.5), table, None
    )
    live = Live(project)
    access = Access(project.database)
    app = make_app(project, live, access, only_own_names=False)
    yield app, access.token
    live.close()
    project.close()


def test_no_request_breaks_the_server(served):
    app, token = served
    schema = schemathesis.openapi.from_asgi("/openapi.json", app).exclude(path="/api/events")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:
        _attack(operation, {"Authorization": f"Bearer {token}"})


def _attack(operation, headers):
    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
        | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
        if operation.body or list(operation.iter_parameters())
        else operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    )
    def attack(case):
        answer = case.call(headers=headers)
        assert answer.status_code < 500, (case.method, case.path, case.body)
        assert b"Traceback" not in answer.content

    attack()


def test_and_it_still_serves(served):
    app, token = served
    client = TestClient(app, base_url=HOST, headers={"Authorization": f"Bearer {token}"})
    assert client.get("/api/next").status_code == 200
