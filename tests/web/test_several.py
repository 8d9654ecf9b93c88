"""Several projects behind one server, each below a path of its own."""

import pytest
from projects import rows_table, settings_for
from starlette.testclient import TestClient

from motherlode.project._accounts import put_account
from motherlode.project._data.folder import create_project
from motherlode.project._serving.live import Live
from motherlode.web._access import Access
from motherlode.web._several import Several

PASSWORD = "a long enough password"


@pytest.fixture
def served(tmp_path):
    made = {}
    for name in ("wells", "letters"):
        project = create_project(
            tmp_path / name, settings_for(rows_table(), name=f"Our {name}"), rows_table(), None
        )
        made[name] = (project, Live(project), Access(project.database))
    yield made
    for project, live, _ in made.values():
        live.close()
        project.close()


def browser(app, base="http://127.0.0.1:8700"):
    return TestClient(app, base_url=base, follow_redirects=False)


def test_one_link_opens_all_projects_and_each_keeps_its_labels(served):
    app = Several(served, only_own_names=True)
    client = browser(app)
    assert client.get("/p/wells/api/status").status_code == 401
    code = app.code
    opened = client.get(f"/?code={code}")
    paths = [line.split("Path=")[1].split(";")[0] for line in opened.headers.get_list("set-cookie")]
    assert sorted(paths) == ["/p/letters", "/p/wells"]
    assert "set-cookie" not in client.get(f"/?code={code}").headers  # it works once
    csrf = client.get("/p/wells/api/me").json()["csrf"]
    body = {"labels": [{"row": 3, "label": "gold"}]}
    sent = client.post("/p/wells/api/labels", json=body, headers={"X-CSRF-Token": csrf})
    assert sent.status_code == 200
    counts = [client.get(f"/p/{name}/api/status").json()["labelled"] for name in served]
    assert counts == [1, 0]
    assert client.get("/p/wells/api/status").json()["last_answer_at"] is not None


def test_the_overview_lists_names_and_pages_lead_back_to_it(served):
    app = Several(served, only_own_names=True)
    client = browser(app)
    page = client.get("/").text
    assert 'href="/p/wells/">Our wells</a>' in page
    assert client.get("/static/overview.js").status_code == 200
    headers = {"Authorization": f"Bearer {app.token}"}
    for path in ("/", "/search", "/settings", "/dashboard"):
        text = client.get(f"/p/letters{path}", headers=headers).text
        assert f'href="/p/letters{path}" aria-current="page"' in text
        assert 'href="/" title="All projects"' in text
        assert 'src="/static' not in text
    assert client.get("/p/letters", headers=headers).status_code == 200
    assert client.get("/p/nowhere/").status_code == 404
    assert client.get("/api/status", headers=headers).status_code == 404


def test_who_may_enter_one_project_may_not_enter_another(served):
    for name, (project, _, _) in served.items():
        put_account(project.database, name, "admin", PASSWORD)
    app = Several(served, only_own_names=True)
    client = browser(app)
    assert client.get("/").status_code == 200
    assert client.get(f"/?code={app.code}").headers.get("set-cookie") is None
    assert client.get(
        "/p/wells/api/status", headers={"Authorization": f"Bearer {app.token}"}
    ).status_code == 401  # fmt: skip
    login = {"name": "wells", "password": PASSWORD}
    done = client.post("/p/wells/api/login", json=login)
    assert "Path=/p/wells;" in done.headers["set-cookie"]
    assert client.get("/p/wells/api/status").status_code == 200
    assert client.get("/p/letters/api/status").status_code == 401
    token = {"Authorization": f"Bearer {done.json()['token']}"}
    assert client.get("/p/letters/api/status", headers=token).status_code == 401


@pytest.mark.parametrize("cut", [False, True])
def test_a_proxy_may_cut_the_public_path_off(served, cut):
    app = Several(served, only_own_names=True, public_url="https://label.example/all")
    client = browser(app)
    before = "" if cut else "/all"
    headers = {"Authorization": f"Bearer {app.token}", "Host": "label.example"}
    assert 'href="/all/p/wells/"' in client.get(f"{before}/", headers=headers).text
    text = client.get(f"{before}/p/wells/search", headers=headers).text
    assert 'href="/all/p/wells/search" aria-current="page"' in text
    assert 'href="/all/" title="All projects"' in text
    assert client.get(f"{before}/p/wells/static/api.js", headers=headers).status_code == 200


def test_requests_under_another_name_are_refused_everywhere(served):
    client = browser(Several(served, only_own_names=True), "http://evil.example")
    for path in ("/", "/p/wells/", "/p/nowhere"):
        assert client.get(path).status_code == 403
