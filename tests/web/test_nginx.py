"""A real server, alone and behind a real nginx."""

import ssl

import httpx2 as httpx
import pytest
from behind_nginx import behind_nginx, serving
from projects import rows_table, settings_for

from motherlode.project._accounts import put_account
from motherlode.project._data.folder import create_project

PASSWORD = "a long enough password"


@pytest.fixture
def folder(tmp_path):
    table = rows_table()
    project = create_project(tmp_path / "wells", settings_for(table), table, None)
    put_account(project.database, "ann", "admin", PASSWORD)
    project.close()
    return project.folder


def enter(client, **headers):
    login = {"name": "ann", "password": PASSWORD}
    done = client.post("/api/login", json=login, headers=headers)
    assert done.status_code == 200
    return done


def test_a_project_behind_a_real_nginx(folder, tmp_path):
    with behind_nginx(folder, tmp_path) as proxied:
        trust = ssl.create_default_context(cafile=proxied.certificate)
        origin = {"Origin": proxied.public.removesuffix("/wells"), "Sec-Fetch-Site": "same-origin"}
        with httpx.Client(base_url=proxied.public, verify=trust, headers=origin) as client:
            assert client.get("/").status_code == 401
            assert client.get("", follow_redirects=True).url == f"{proxied.public}/"
            cookie = enter(client, **{"X-Forwarded-For": "9.9.9.9"}).headers["set-cookie"]
            assert "Secure" in cookie
            assert "Path=/wells;" in cookie
            assert 'src="/wells/static/theme.js"' in client.get("/").text
            assert client.get("/static/label.js").status_code == 200
            (session,) = client.get("/api/sessions").json()["sessions"]
            assert (session["address"], session["here"]) == ("127.0.0.1", True)
            proof = {"X-CSRF-Token": client.get("/api/me").json()["csrf"]}
            with client.stream("GET", "/api/events") as feed:
                lines = feed.iter_lines()
                assert next(line for line in lines if line.startswith("data: "))
                body = {"labels": [{"row": 1, "label": "gold"}]}
                assert client.post("/api/labels", json=body, headers=proof).status_code == 200
                assert '"labelled": 1,' in next(line for line in lines if line.startswith("data: "))
            elsewhere = {"Origin": "https://evil.example"}
            assert client.post("/api/labels", json=body, headers=elsewhere).status_code == 403


@pytest.mark.parametrize(
    ("options", "believed"),
    [((), False), (("--proxy", "127.0.0.1"), True), (("--proxy", "10.9.8.7"), False)],
)
def test_only_a_proxy_that_was_named_says_where_requests_come_from(folder, options, believed):
    with serving(folder, *options) as address, httpx.Client(base_url=address) as client:
        sent = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"}
        done = enter(client, **sent)
        (session,) = client.get(
            "/api/sessions", headers={"Authorization": f"Bearer {done.json()['token']}"}
        ).json()["sessions"]
        assert session["address"] == ("1.2.3.4" if believed else "127.0.0.1")
        assert ("Secure" in done.headers["set-cookie"]) == believed
